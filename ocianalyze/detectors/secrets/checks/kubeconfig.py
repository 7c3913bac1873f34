"""Values of a kubeconfig's users: tokens, client keys in base64 of PEM, passwords."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _armour, jwt, pem_key
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, disproved, well_formed

_PEM = b"LS0tLS1CRUdJTi"
"""Base64 of `-----BEGIN`."""


def prove(match: Match) -> Proof | None:
    """Parse what it is."""
    value = match.secret
    if value.startswith(_PEM):
        return client_key(value)
    if value.startswith(b"eyJ"):
        return jwt.prove(match)
    return PLACEHOLDER if is_placeholder(value) else well_formed("")


def client_key(encoded: bytes) -> Proof | None:
    """Return what the key in base64 of PEM is."""
    text = decode(encoded)
    block = _armour.read(text, 0) if text else None
    proof = pem_key.of(block) if block else None
    return proof or disproved("no private key under its base64")


CHECK: Check = prove

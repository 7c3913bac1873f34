"""Files that are one private key in DER, whatever their names."""

from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets.checks import der_key
from ocianalyze.detectors.secrets.inside._stored import Stored

_RULE = "der-private-key"
SHORT = tuple(b"0%c\x02\x01" % size for size in range(0x20, 0x80))
"""First bytes of keys of fewer than 128 bytes: those of curves."""


def is_one(head: bytes, _path: bytes) -> bool:
    """Tell by the outer sequence and what it begins with."""
    return der_key.begins(head)


def read(data: bytes, _budget: Budget) -> Stored | None:
    """Return what the key is; None for what is none, or is cut off."""
    proof = der_key.of(data)
    if proof is None or proof.proven == "no-secret":
        return None
    severity = "info" if proof.proven == "disproved" else proof.severity
    return Stored(_RULE, proof.detail, severity, proof.facts, proof.proven)

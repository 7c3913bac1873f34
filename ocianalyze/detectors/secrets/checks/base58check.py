"""Private keys of wallets in Base58Check: WIF, and the extended keys of BIP-32."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base58 import decode, decode_checked
from ocianalyze.detectors.secrets.proofs import NO_SECRET, disproved, verified

# SLIP-0132's numbers of private keys
_EXTENDED = {
    "0488ade4": "extended private key",
    "04358394": "extended private key of a test network",
    "049d7878": "extended private key (P2WPKH in P2SH)",
    "044a4e28": "extended private key (P2WPKH in P2SH) of a test network",
    "04b2430c": "extended private key (P2WPKH)",
    "045f18bc": "extended private key (P2WPKH) of a test network",
}
_PUBLIC = {"0488b21e", "043587cf", "049d7cb2", "04b24746"}


def prove(match: Match) -> Proof | None:
    """Compare the checksum, then say what it is by version and length."""
    if decode(match.secret) is None:
        return None
    body = decode_checked(match.secret)
    if body is None:
        return disproved("checksum wrong")
    if len(body) == 78:
        return _extended(body)
    if len(body) == 33 or (len(body) == 34 and body[-1] == 1):
        return verified(f"private key in WIF, version {body[0]}")
    return NO_SECRET


def _extended(body: bytes) -> Proof:
    version = body[:4].hex()
    if version in _PUBLIC or body[45]:
        return NO_SECRET
    return verified(_EXTENDED.get(version, "extended private key"), depth=body[4])


CHECK: Check = prove

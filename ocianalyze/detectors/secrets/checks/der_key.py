"""Private keys in DER: PKCS#1, PKCS#8 (RFC 5958), SEC 1 (RFC 5915), encrypted PKCS#8."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _keys
from ocianalyze.detectors.secrets.proofs import NO_SECRET, well_formed

_SIZE = rb"(?:[\x20-\x7f]|\x81.|\x82[\x00-\x3f].)"
_INNER = rb"(?:[\x05-\x7f]|\x81.|\x82[\x00-\x3f].)"
_CLEAR = re.compile(
    # version, and the modulus; version, and the algorithm; version, and the number
    rb"0" + _SIZE + rb"\x02\x01(?:\x00\x02|[\x00\x01]0[\x05-\x7f]\x06|\x01\x04[\x10-\x48])",
    re.DOTALL,
)
_ENCRYPTED = re.compile(
    # an algorithm of PKCS#5 or of PKCS#12
    rb"0%b0%b\x06[\x09\x0a]\x2a\x86\x48\x86\xf7\x0d\x01(?:\x05|\x0c\x01)" % (_SIZE, _INNER),
    re.DOTALL,
)


def begins(head: bytes) -> bool:
    """Tell by the first two values whether a private key of at most 16 KiB may follow."""
    return bool(_CLEAR.match(head) or _ENCRYPTED.match(head))


def of(data: bytes) -> Proof | None:
    """Return what the key is that data begins with; None where it begins with none."""
    der = _keys.whole(data) if begins(data[:64]) else None
    if der is None:
        return None
    if _ENCRYPTED.match(der):
        return well_formed("PKCS#8, encrypted", "low")
    key = _keys.load(der)
    return _keys.proof(key, format_name="DER") if key else None


def prove(match: Match) -> Proof | None:
    """Parse the structure that begins with the match."""
    return of(match.around[match.start :]) or NO_SECRET


CHECK: Check = prove

"""AWS's key ids: the account's number is inside, in base 32."""

import base64
import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._canaries import CANARIES
from ocianalyze.detectors.secrets.proofs import EXAMPLE, disproved, well_formed

_ID = re.compile(
    rb"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA)([A-Z0-9]{16})"
)
_BASE32 = re.compile(rb"[A-Z2-7]{16}")
_ACCOUNTS = 10**12


def prove(match: Match) -> Proof | None:
    """Read the account; ids of before 2019 hold none."""
    found = _ID.fullmatch(match.secret)
    if found is None:
        return None
    if match.secret.endswith(b"EXAMPLE"):
        return EXAMPLE
    if not _BASE32.fullmatch(found[1]):
        return disproved("not base 32")
    if found[1][:1] in b"IJ":
        return well_formed("made before 2019")
    return _of_account(account(found[1]))


def account(text: bytes) -> int:
    """Return the account of the 16 characters after the prefix: 40 bits after the first."""
    return int.from_bytes(base64.b32decode(text)[:6], "big") >> 7 & 0xFF_FFFF_FFFF


def _of_account(number: int) -> Proof:
    if number >= _ACCOUNTS:
        return disproved("its account has more than 12 digits")
    name = f"{number:012}"
    if name in CANARIES:
        trap = "a canary: whoever uses it alarms its owner"
        return well_formed(trap, "info", account=name)
    return well_formed("", account=name)


CHECK: Check = prove

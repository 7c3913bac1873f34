"""Discord's bot tokens begin with base64 of the bot's number, which holds when it was made."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._placeholders import is_monotonous
from ocianalyze.detectors.secrets.proofs import (
    NO_SECRET,
    PLACEHOLDER,
    moment,
    verified,
)

_TOKEN = re.compile(rb"([A-Za-z0-9_-]{22,28})\.([A-Za-z0-9_-]{6})\.([A-Za-z0-9_-]{27,38})")
_NUMBER = re.compile(rb"[1-9]\d{16,19}")
_EPOCH = 1_420_070_400_000  # milliseconds from 1970 to 2015


def prove(match: Match) -> Proof | None:
    """Read the number; the form alone is that of many dotted names."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    number = decode(found[1]) or b""
    if not _NUMBER.fullmatch(number):
        return NO_SECRET
    if is_monotonous(found[3]):
        return PLACEHOLDER
    made = ((int(number) >> 22) + _EPOCH) // 1000
    return verified("holds a bot's number", bot=number, created=moment(made))


CHECK: Check = prove

"""Telegram's bot tokens: the bot's number, a colon, 35 characters that begin with `AA`."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.proofs import NO_SECRET, PLACEHOLDER, well_formed

_TOKEN = re.compile(rb"[1-9]\d{6,11}:(A[A-Za-z0-9_-]{33,34})")
_FEWEST = 12
"""Different characters that 35 random ones of 64 have, all but surely."""


def prove(match: Match) -> Proof | None:
    """Tell a token from a number before a word or a placeholder."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    if is_placeholder(found[1]):
        return PLACEHOLDER
    return well_formed("") if len(set(found[1])) >= _FEWEST else NO_SECRET


CHECK: Check = prove

"""Shared access signatures of Azure: until when they are good (`se`, signedExpiry)."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import well_formed

_PART = re.compile(rb"[\w%&=.:;,+/*\-]*")
_EXPIRY = re.compile(rb"(?<![A-Za-z0-9%])se=(20\d\d-[01]\d-[0-3]\d)(?!\d)")
_LONGEST = 1024
"""Bytes of the other parameters on either side."""


def prove(match: Match) -> Proof | None:
    """Read the end; one without it ends by a stored policy, which the account alone knows."""
    before = match.around[max(0, match.start - _LONGEST) : match.start][::-1]
    behind = match.around[match.start : match.start + _LONGEST]
    query = _parameters(before)[::-1] + _parameters(behind)
    found = _EXPIRY.search(query)
    return well_formed("", expires=found[1]) if found else None


def _parameters(text: bytes) -> bytes:
    found = _PART.match(text)
    return found[0] if found else b""


CHECK: Check = prove

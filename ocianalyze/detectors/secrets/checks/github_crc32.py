"""GitHub and npm tokens: the last six of 36 characters are the CRC-32 of the others."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._digits import BASE62, crc32
from ocianalyze.detectors.secrets.proofs import NO_SECRET, disproved, verified

_TOKEN = re.compile(rb"(?:gh[pousr]|npm)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})")

_WORD = re.compile(rb"[0-9A-Za-z_]")


def prove(match: Match) -> Proof | None:
    """Compare the checksum; longer and fine-grained tokens have none that is known."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    if crc32(found[1], BASE62, 6) == found[2]:
        return verified("checksum right")
    return NO_SECRET if _is_part(match) else disproved("checksum wrong")


def _is_part(match: Match) -> bool:
    """Tell whether it goes on to the left or right: databases and bytecode join their texts."""
    end = match.start + len(match.secret)
    before = match.around[max(match.start - 1, 0) : match.start]
    return bool(_WORD.match(before) or _WORD.match(match.around, end))


CHECK: Check = prove

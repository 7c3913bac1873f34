"""GitHub and npm tokens: the last six of 36 characters are the CRC-32 of the others."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._digits import BASE62, crc32
from ocianalyze.detectors.secrets.checks._proofs import disproved, verified

_TOKEN = re.compile(rb"(?:gh[pousr]|npm)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})")


def prove(match: Match) -> Proof | None:
    """Compare the checksum; longer and fine-grained tokens have none that is known."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    if crc32(found[1], BASE62, 6) == found[2]:
        return verified("checksum right")
    return disproved("checksum wrong")


CHECK: Check = prove

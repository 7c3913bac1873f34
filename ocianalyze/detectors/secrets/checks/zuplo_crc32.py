"""Zuplo's keys: 32 characters and their CRC-32 in hexadecimal digits."""

import re
import zlib

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import checksum

_TOKEN = re.compile(rb"zpka_([0-9A-Za-z]{32})_([0-9A-Fa-f]{8})")


def prove(match: Match) -> Proof | None:
    """Compare the checksum."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    return checksum(is_right=zlib.crc32(found[1]) == int(found[2], 16))


CHECK: Check = prove

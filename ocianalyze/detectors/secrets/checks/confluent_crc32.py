"""Confluent's secrets: six characters of base64 of the CRC-32 of what stands before them."""

import binascii
import re
import zlib

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import checksum

_TOKEN = re.compile(rb"cflt([A-Za-z0-9+/]{54})([A-Za-z0-9+/]{6})")


def prove(match: Match) -> Proof | None:
    """Compare the checksum."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    summed = zlib.crc32(found[1]).to_bytes(4, "little")
    return checksum(is_right=binascii.b2a_base64(summed)[:6] == found[2])


CHECK: Check = prove

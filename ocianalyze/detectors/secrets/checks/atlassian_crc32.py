"""Atlassian's tokens end with the CRC-32 of all before it, in upper-case hexadecimal digits."""

import re
import zlib

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import checksum

_TOKEN = re.compile(rb"((?:ATATT3|ATCTT3|ATBB)[A-Za-z0-9_=-]+)([0-9A-F]{8})")


def prove(match: Match) -> Proof | None:
    """Compare the checksum; the sign `=` may be escaped as in addresses."""
    text = match.secret.replace(b"\\=", b"=").replace(b"%3D", b"=").replace(b"%3d", b"=")
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    return checksum(is_right=zlib.crc32(found[1]) == int(found[2], 16))


CHECK: Check = prove

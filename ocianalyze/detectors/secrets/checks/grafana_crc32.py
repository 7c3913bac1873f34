"""Grafana's service account tokens end with a CRC-32, its bytes turned round."""

import re
import zlib

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import checksum

_TOKEN = re.compile(rb"(glsa_[A-Za-z0-9_-]{32})_([0-9A-Fa-f]{8})")


def prove(match: Match) -> Proof | None:
    """Compare the checksum of prefix and value."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    return checksum(
        is_right=zlib.crc32(found[1]).to_bytes(4, "little") == bytes.fromhex(found[2].decode())
    )


CHECK: Check = prove

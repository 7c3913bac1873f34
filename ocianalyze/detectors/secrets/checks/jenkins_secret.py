"""Jenkins's encrypted values: version 1, an initial vector, blocks of AES."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, verified

_BLOCK = 16


def prove(match: Match) -> Proof | None:
    """Compare the two lengths that it begins with; the master key lies beside it, or not."""
    data = decode(match.secret.strip().removeprefix(b"{").removesuffix(b"}"))
    if data is None or data[:1] != b"\x01":
        return None
    vector, size = (int.from_bytes(data[at : at + 4], "big") for at in (1, 5))
    if vector != _BLOCK or not size or size % _BLOCK or len(data) != 9 + vector + size:
        return disproved("its lengths are wrong")
    return verified("encrypted with the master key of the instance")


CHECK: Check = prove

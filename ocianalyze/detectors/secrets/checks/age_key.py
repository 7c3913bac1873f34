"""Secret keys of age: 32 bytes of X25519 in Bech32."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._bech32 import read
from ocianalyze.detectors.secrets.checks._published import origin
from ocianalyze.detectors.secrets.proofs import disproved, verified

_PREFIX = b"age-secret-key-"
_SIZE = 32


def prove(match: Match) -> Proof | None:
    """Compare the checksum and the length."""
    if not match.secret.lower().startswith(_PREFIX):
        return None
    if name := origin(match.secret.upper()):
        return disproved(f"a published example: {name}")
    found = read(match.secret)
    if found is None:
        return disproved("checksum wrong")
    if found.prefix != _PREFIX:
        return verified("checksum right")
    data = found.data()
    return verified("X25519") if data and len(data) == _SIZE else disproved("not 32 bytes")


CHECK: Check = prove

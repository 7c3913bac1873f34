"""Keys in Bech32, such as Nostr's `nsec1...`."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._bech32 import read
from ocianalyze.detectors.secrets.proofs import disproved, verified

_LONGEST = 1200


def prove(match: Match) -> Proof | None:
    """Compare the checksum."""
    if len(match.secret) > _LONGEST or b"1" not in match.secret:
        return None
    found = read(match.secret)
    if found is None:
        return disproved("checksum wrong")
    return verified(f"{found.kind} checksum right")


CHECK: Check = prove

"""Azure storage keys: 64 bytes in base64."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import canonical, decode
from ocianalyze.detectors.secrets.checks._placeholders import is_monotonous
from ocianalyze.detectors.secrets.checks._published import origin
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, disproved, well_formed


def prove(match: Match) -> Proof | None:
    """Expect 64 bytes; the emulators' keys are the same everywhere."""
    if name := origin(match.secret):
        return disproved(f"a published example: {name}")
    value = decode(match.secret)
    if value is None or len(value) != 64 or not canonical(match.secret):
        return None
    if is_monotonous(value) or is_monotonous(match.secret[:-2]):
        return PLACEHOLDER
    return well_formed("64 bytes")


CHECK: Check = prove

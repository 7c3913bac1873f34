"""Values that providers print in their own documentation, or build into their emulators."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import says_so
from ocianalyze.detectors.secrets.checks._published import origin
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, disproved


def prove(match: Match) -> Proof | None:
    """Speak only of what is published, or says itself that it is a placeholder."""
    if name := origin(match.secret):
        return disproved(f"a published example: {name}")
    return PLACEHOLDER if says_so(match.secret) else None


CHECK: Check = prove

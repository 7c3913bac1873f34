"""Values of any kind that say of themselves that they stand for another."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER


def prove(match: Match) -> Proof | None:
    """Speak only of placeholders."""
    return PLACEHOLDER if is_placeholder(match.secret) else None


CHECK: Check = prove

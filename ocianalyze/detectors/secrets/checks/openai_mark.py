"""OpenAI's keys have base64 of `OpenAI` in their middle."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_monotonous
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, verified, well_formed

_KEY = re.compile(
    rb"sk-(?:[a-z]+-)?(?P<left>[A-Za-z0-9_-]{20,})T3BlbkFJ(?P<right>[A-Za-z0-9_-]{20,})"
)


def prove(match: Match) -> Proof | None:
    """Expect the mark between two parts of one length, neither of them monotonous."""
    found = _KEY.fullmatch(match.secret[:512])
    if found is None:
        return None
    left, right = found["left"], found["right"]
    if is_monotonous(left) or is_monotonous(right):
        return PLACEHOLDER
    mark = "has OpenAI's mark"
    return verified(mark) if len(left) == len(right) else well_formed(mark)


CHECK: Check = prove

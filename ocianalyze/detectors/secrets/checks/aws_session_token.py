"""AWS's session tokens: base64 of a message whose first field names the service."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._placeholders import is_monotonous
from ocianalyze.detectors.secrets.proofs import EXAMPLE, verified, well_formed

_HEAD = re.compile(rb".\n(?:\x06er/aws|\torigin_[a-z]{2})", re.DOTALL)
_LEAST = 200
_SAMPLES = (b"EXAMPLE", b"X2IQoJb3JpZ2lu")


def prove(match: Match) -> Proof | None:
    """Read the head; AWS's documentation repeats it, or writes EXAMPLE into it."""
    value = match.secret
    if any(sample in value for sample in _SAMPLES) or is_monotonous(value[16:]):
        return EXAMPLE
    body = decode(value)
    if body is None or not _HEAD.match(body):
        return None
    if len(body) < _LEAST:
        return well_formed("shorter than any that AWS gives out")
    return verified("head of a session token")


CHECK: Check = prove

"""SendGrid's keys: 16 and 32 bytes in base64."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import canonical
from ocianalyze.detectors.secrets.checks._placeholders import is_monotonous
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, verified, well_formed

_KEY = re.compile(rb"SG\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")


def prove(match: Match) -> Proof | None:
    """Expect that the bits too many are zero in both: one text in 64 has that by chance."""
    found = _KEY.fullmatch(match.secret)
    if found is None:
        return None
    if is_monotonous(found[1]) or is_monotonous(found[2]):
        return PLACEHOLDER
    if canonical(found[1]) and canonical(found[2]):
        return verified("16 and 32 bytes")
    return well_formed("")


CHECK: Check = prove

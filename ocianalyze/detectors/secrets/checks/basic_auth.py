"""Basic authentication (RFC 7617): base64 of user and password."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._proofs import NO_SECRET
from ocianalyze.detectors.secrets.checks._user_pass import encoded_pair


def prove(match: Match) -> Proof | None:
    """Decode it; without a colon it is no credential."""
    return encoded_pair(match.secret) or NO_SECRET


CHECK: Check = prove

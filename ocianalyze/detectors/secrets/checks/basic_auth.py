"""Basic authentication (RFC 7617): base64 of user and password."""

from dataclasses import replace

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._user_pass import encoded_pair
from ocianalyze.detectors.secrets.proofs import NO_SECRET


def prove(match: Match) -> Proof | None:
    """Decode it; without a colon it is no credential, with one it still proves nothing."""
    found = encoded_pair(match.secret)
    if found is None:
        return NO_SECRET
    return replace(found, proven="well-formed") if found.proven == "verified-offline" else found


CHECK: Check = prove

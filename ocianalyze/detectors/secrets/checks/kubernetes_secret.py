"""Values under `data` of Kubernetes's Secrets, which are base64."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.checks.kubeconfig import client_key
from ocianalyze.detectors.secrets.proofs import (
    NO_SECRET,
    PLACEHOLDER,
    verified,
    well_formed,
)

_KIND = re.compile(rb"(?:^|[\s{,])[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?Secret\b")
_PUBLIC = (b"-----BEGIN CERTIFICATE", b"-----BEGIN PUBLIC KEY")


def prove(match: Match) -> Proof | None:
    """Decode it; certificates lie in Secrets too, and are none."""
    if is_placeholder(match.secret):
        return PLACEHOLDER
    value = decode(match.secret)
    if not value or len(match.secret) % 4:
        return None
    if value.lstrip().startswith(_PUBLIC):
        return NO_SECRET
    if b"PRIVATE KEY-----" in value[:80]:
        return client_key(match.secret)
    if is_placeholder(value):
        return PLACEHOLDER
    detail = f"{len(value)} bytes under base64"
    return verified(detail) if _KIND.search(match.around) else well_formed(detail)


CHECK: Check = prove

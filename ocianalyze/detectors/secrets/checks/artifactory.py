"""Artifactory's API keys (base58) and reference tokens (base64)."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _base58
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, moment, verified, well_formed

_REFERENCE = re.compile(rb"reftkn:\d{1,3}:(\d{1,12}):[\w/+-]{8,}")
_SIZE = 54


def prove(match: Match) -> Proof | None:
    """Expect 54 bytes in a key; a token says when it expires."""
    value = match.secret
    if value.startswith(b"AKCp"):
        data = _base58.decode(value)
        return well_formed("54 bytes") if data and len(data) == _SIZE else disproved("not 54 bytes")
    if value.startswith(b"cmVmdGtu"):
        found = _REFERENCE.fullmatch(decode(value) or b"")
        if found is None:
            return disproved("no reference token")
        expires = int(found[1])
        return verified("reference token", expires=moment(expires) if expires else "never")
    return None


CHECK: Check = prove

"""Secrets that are of use only with an id: both beside each other are a whole credential."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import verified

_ID = re.compile(rb"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z2-7]{16}|AC[0-9a-f]{32})(?![A-Za-z0-9])")
"""Of AWS; of an account of Twilio."""
_EXAMPLE = b"EXAMPLE"
_FAR = 512
"""Bytes on both sides: as many as the lines of one profile have."""


def prove(match: Match) -> Proof | None:
    """Say that its id is beside it; nothing where it is not."""
    end = match.start + len(match.secret) + _FAR
    for found in _ID.finditer(match.around[max(0, match.start - _FAR) : end]):
        if not found[0].endswith(_EXAMPLE):
            return verified("its id is beside it")
    return None


CHECK: Check = prove

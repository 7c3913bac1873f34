"""Sentry's organization tokens: base64 of JSON between a prefix and 43 random characters."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _json
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, moment, verified

_TOKEN = re.compile(rb"sntrys_([A-Za-z0-9+/=_-]{20,4000})_([A-Za-z0-9+/]{43})")


def prove(match: Match) -> Proof | None:
    """Read the object: `iat`, `url`, `region_url`, `org`."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    claims = _json.load(decode(found[1]) or b"")
    if claims is None or "org" not in claims or "url" not in claims:
        return disproved("holds no JSON object of an organization")
    created = moment(claims.get("iat"))
    return verified("", organization=claims["org"], url=claims["url"], created=created)


CHECK: Check = prove

"""Fly.io's tokens: macaroons in MessagePack."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._msgpack import items, text
from ocianalyze.detectors.secrets.proofs import disproved, verified

_TOKEN = re.compile(rb"fm(?:1[ar]|2)_([A-Za-z0-9+/_=-]{20,})")
_MOST = 16


def prove(match: Match) -> Proof | None:
    """Expect nonce, location, caveats and 32 bytes of signature in every one of the list."""
    tokens = match.secret.removeprefix(b"FlyV1 ").split(b",", _MOST)[:_MOST]
    bodies = [found[1] for token in tokens if (found := _TOKEN.fullmatch(token))]
    if not bodies:
        return None
    locations = [_location(decode(body) or b"") for body in bodies]
    if not any(locations):
        return disproved("no whole macaroon")
    return verified("whole macaroon", location=next(filter(None, locations)))


def _location(data: bytes) -> bytes:
    try:
        parts = items(data)
    except ValueError:
        return b""
    if len(parts) != 4 or len(text(parts[3])) != 32:
        return b""
    return text(parts[1])


CHECK: Check = prove

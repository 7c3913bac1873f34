"""GitLab's routable tokens: a payload that says where to route, its length, a CRC-32."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._digits import BASE36, crc32, written
from ocianalyze.detectors.secrets.proofs import disproved, verified

_TOKEN = re.compile(
    rb"(?:[A-Za-z0-9]{2,12}-)(?P<kind>t\d_)?(?P<payload>[A-Za-z0-9_-]{27,300})"
    rb"(?P<version>\.\d\d)?\.(?P<length>[0-9a-z]{2})(?P<crc>[0-9a-z]{7})"
)
_ROUTE = re.compile(rb"(?:[a-z]:[0-9a-z]{1,20}\n){0,9}[a-z]:[0-9a-z]{1,20}")


def prove(match: Match) -> Proof | None:
    """Compare the checksum, and the length with the payload's."""
    found = _TOKEN.fullmatch(match.secret)
    if found is None:
        return None
    payload = found["payload"]
    right = crc32(match.secret[:-7], BASE36, 7) == found["crc"]
    if right and written(len(payload), BASE36, 2) == found["length"]:
        return verified("checksum right", **_route(payload))
    # what the checksum of later versions covers is not published
    return None if found["version"] else disproved("checksum wrong")


def _route(payload: bytes) -> dict[str, object]:
    """Return the numbers of the organization, project and user, which are written in base 36.

    Random bytes follow, and the last byte says how many.
    """
    data = decode(payload) or b"\0"
    route = _ROUTE.fullmatch(data[: -1 - data[-1]])
    if route is None:
        return {}
    fields = dict(line.split(b":", 1) for line in route[0].split(b"\n"))
    known = {b"o": "organization", b"g": "group", b"p": "project", b"u": "user"}
    return {known[key]: int(value, 36) for key, value in fields.items() if key in known}


CHECK: Check = prove

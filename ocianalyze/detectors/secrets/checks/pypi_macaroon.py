"""PyPI's tokens: a macaroon whose caveats say what it may do, and until when."""

from typing import Any

import orjson

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _macaroon
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, moment, verified

_PREFIX = b"pypi-"
_EXPIRES, _PROJECTS, _PROJECT_IDS, _USER = 0, 1, 2, 3


def prove(match: Match) -> Proof | None:
    """Read location and caveats."""
    if not match.secret.startswith(_PREFIX):
        return None
    found = _macaroon.read(decode(match.secret.removeprefix(_PREFIX)) or b"")
    if found is None:
        return disproved("no whole macaroon")
    facts: dict[str, object] = {"location": found.location}
    for caveat in found.caveats:
        facts |= _meaning(caveat)
    return verified("whole macaroon", **facts)


def _meaning(caveat: bytes) -> dict[str, object]:
    try:
        says = orjson.loads(caveat)
    except ValueError:
        return {}
    if isinstance(says, dict):
        return _first_format(says)
    return _tuple(says) if isinstance(says, list) and len(says) >= 2 else {}


def _first_format(says: dict[str, Any]) -> dict[str, object]:
    """Read `{"version": 1, "permissions": ...}` and `{"exp": ..., "nbf": ...}`."""
    allowed = says.get("permissions")
    facts: dict[str, object] = {"expires": moment(says.get("exp"))}
    if allowed == "user":
        facts["scope"] = "every project of the user"
    elif isinstance(allowed, dict):
        facts["scope"] = _names(allowed.get("projects"))
    return {name: value for name, value in facts.items() if value}


def _tuple(says: list[Any]) -> dict[str, object]:
    """Read caveats that begin with the number of their kind."""
    kind, value = says[0], says[1]
    if kind == _EXPIRES:
        return {"expires": moment(value)}
    if kind in {_PROJECTS, _PROJECT_IDS}:
        return {"scope": _names(value)}
    return {"scope": "every project of the user"} if kind == _USER else {}


def _names(value: object) -> str:
    if not isinstance(value, list):
        return ""
    return ", ".join(str(name)[:100] for name in value[:10] if isinstance(name, str))


CHECK: Check = prove

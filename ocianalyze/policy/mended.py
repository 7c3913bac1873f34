"""A profile of which the form is broken, with something harmless in each broken place.

So that the rest of it can be examined; nobody is ever judged by it. Places keep their positions.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from ocianalyze.policy.document import Location
from ocianalyze.policy.wording import Told

_NEEDED: Mapping[str, Any] = {
    "version": 1,
    "name": "x",
    "control": "*",
    "reason": "x",
    "id": "0" * 64,
    "title": "x",
    "query": "SELECT 1",
    "expect": "empty",
    "passed": "x",
    "failed": "x",
}
"""By key what stands for a value that must be there; others are left out."""
_OWN = ("id", "title", "query", "expect", "passed", "failed")
_ITEMS: Mapping[str, Any] = {
    "controls": "l1",
    "without": "*",
    "allow": {key: _NEEDED[key] for key in ("control", "reason")},
    "custom": {key: _NEEDED[key] for key in _OWN},
}
"""By list what stands for an item."""
_OF_KEY = "[key]"
"""Last part of where an error is that is about a key itself."""


def mended(value: Any, told: Collection[Told]) -> Any:
    """Return a document with each broken value replaced, or left out where it may be.

    Args:
        value: the document.
        told: what is wrong with it.

    """
    copied = deepcopy(value)
    for error in told:
        location = tuple(part for part in error["loc"] if part != _OF_KEY)
        _mend(copied, location, is_extra=error["type"] == "extra_forbidden")
    return copied


def _mend(value: Any, location: Location, *, is_extra: bool) -> None:
    for part in location[:-1]:
        value = _inner(value, part)
    last = location[-1] if location else None
    if isinstance(value, list) and isinstance(last, int) and last < len(value):
        before = location[-2] if len(location) > 1 else ""
        value[last] = deepcopy(_ITEMS.get(str(before)))
    elif isinstance(value, dict) and isinstance(last, str):
        value.pop(last, None)
        if last in _NEEDED and not is_extra:
            value[last] = _NEEDED[last]


def _inner(value: Any, part: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(part))
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None

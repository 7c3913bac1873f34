"""When general support of a distribution's release ends (`eol.toml`)."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

_EXACT = frozenset({"sles", "opensuse-leap"})
"""Each minor release is supported on its own, so a date of `15` says nothing of `15.7`."""
_ALIASES = {"opensuse": "opensuse-leap"}
"""What Leap 42 calls itself."""
_PARTS = 4
"""Parts of a version that are looked at."""


@cache
def releases() -> Mapping[str, Mapping[str, date]]:
    """Return the dates of all releases, by os-release ID and version."""
    path = Path(__file__).with_name("eol.toml")
    return tomllib.loads(path.read_text("utf-8"))


def end_of_life(id_: str, version: str, variant: str = "") -> str:
    """Return the date as `2026-06-10`, empty when it is unknown.

    Args:
        id_: as in os-release ID.
        version: as in VERSION_ID.
        variant: `stream` has dates of its own.

    """
    id_ = _ALIASES.get(id_, id_)
    known = releases().get(f"{id_}-{variant}") or releases().get(id_, {})
    parts = version.split(".", _PARTS)[:_PARTS]
    shortest = min(len(parts), 2) if id_ in _EXACT else 1
    prefixes = (".".join(parts[:length]) for length in range(len(parts), shortest - 1, -1))
    return next((known[prefix].isoformat() for prefix in prefixes if prefix in known), "")

"""When support of a distribution's release ends (`eol.toml`)."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

_EXACT = frozenset({"sles", "opensuse-leap"})
"""Each minor release is supported on its own, so a date of `15` says nothing of `15.7`."""
_ALIASES = {"opensuse": "opensuse-leap"}
"""What Leap 42 calls itself."""
_PARTS = 4
"""Parts of a version that are looked at."""


class Ends(NamedTuple):
    """Dates as `2026-06-10`, empty when there is none or none is known."""

    general: str = ""
    long_term: str = ""
    """Of support after the general end that costs nothing (Debian LTS)."""


@cache
def releases() -> Mapping[str, Mapping[str, Ends]]:
    """Return the dates of all releases, by os-release ID and version."""
    path = Path(__file__).with_name("eol.toml")
    tables = tomllib.loads(path.read_text("utf-8"))
    return {
        id_: {version: _ends(said) for version, said in table.items()}
        for id_, table in tables.items()
    }


def _ends(said: date | list[date]) -> Ends:
    return Ends(*(x.isoformat() for x in (said if isinstance(said, list) else [said])))


def ends_of_support(id_: str, version: str, variant: str = "") -> Ends:
    """Return the dates of a release.

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
    return next((known[prefix] for prefix in prefixes if prefix in known), Ends())

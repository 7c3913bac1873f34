"""Categories of what an image rarely needs (`categories.toml`), and whose packages are of which."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ocianalyze.model.anomaly import Severity
from ocianalyze.model.package import Package

_SPECIAL = re.compile(r"[*?[]")
"""What makes a pattern more than a name."""


class Names(NamedTuple):
    """Patterns of a shell, told apart so that few names meet one that must be compiled."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    ends: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    """Each behind the text that it begins with."""

    def match(self, name: str) -> bool:
        """Tell whether a name fits one of them."""
        return (
            name in self.whole
            or name.startswith(self.beginnings)
            or name.endswith(self.ends)
            or any(
                name.startswith(begin) and fnmatchcase(name, pattern)
                for begin, pattern in self.others
            )
        )


class Category(NamedTuple):
    """One table of `categories.toml`; the most telling is the least."""

    rank: int
    name: str
    severity: Severity
    denied: int
    """Level of the CIS Docker Benchmark from which it is denied; 0 for none."""
    names: Names
    exceptions: Names

    def holds(self, name: str) -> bool:
        """Tell whether a package is of the category, by its name as `categories.toml` writes it."""
        return self.names.match(name) and not self.exceptions.match(name)


def category(name: str) -> Category:
    """Return the category of a name.

    Raises:
        KeyError: there is none.

    """
    return _categories()[name]


def category_of(package: Package) -> Category | None:
    """Return the first category that a package's name gives it."""
    name = package.name if package.is_of_distribution else f"{package.type}:{package.name}"
    if not _all_names().match(name):
        return None
    return next((one for one in _categories().values() if one.holds(name)), None)


def cache_directories() -> tuple[str, ...]:
    """Return the directories whose contents no program of the image needs."""
    return tuple(_rows()["cache"]["directories"])


@cache
def _categories() -> Mapping[str, Category]:
    return {
        name: Category(
            rank,
            name,
            row["severity"],
            row.get("denied", 0),
            _sorted(row.get("names", ())),
            _sorted(row.get("except", ())),
        )
        for rank, (name, row) in enumerate(_rows().items())
    }


@cache
def _all_names() -> Names:
    """Return the names of all categories: most packages have none of them."""
    return _sorted(name for row in _rows().values() for name in row.get("names", ()))


@cache
def _rows() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("categories.toml").read_text("utf-8"))


def _sorted(patterns: Iterable[str]) -> Names:
    kinds: dict[str, list[str]] = {"whole": [], "beginnings": [], "ends": [], "others": []}
    for pattern in patterns:
        kind, text = _kind(pattern)
        kinds[kind].append(text)
    others = tuple((_SPECIAL.split(text, maxsplit=1)[0], text) for text in kinds["others"])
    whole, beginnings, ends = kinds["whole"], tuple(kinds["beginnings"]), tuple(kinds["ends"])
    return Names(frozenset(whole), beginnings, ends, others)


def _kind(pattern: str) -> tuple[str, str]:
    """Tell what must fit of a name, and its text."""
    if not _SPECIAL.search(pattern):
        return "whole", pattern
    if not _SPECIAL.search(pattern[:-1]) and pattern[-1] == "*":
        return "beginnings", pattern[:-1]
    if not _SPECIAL.search(pattern[1:]) and pattern[0] == "*":
        return "ends", pattern[1:]
    return "others", pattern

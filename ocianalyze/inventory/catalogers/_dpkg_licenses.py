"""Which licences Debian's packages have: those of their copyright files.

A package may share another one's documentation, and then has a link in the place of its directory
(Debian Policy 12.5): what the copyright file behind it says is said of both.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._gathered import inside
from ocianalyze.inventory.catalogers._table import PACKAGES, strings
from ocianalyze.model.entry import Entry, Kind

LICENSES = "dpkg-licenses"
"""The observer of copyright files."""
_LINKS = "dpkg-paths"
_DOCUMENTATION = "usr/share/doc"
_HOPS = 8
"""Links behind each other."""

Licenses = dict[str, tuple[str, ...]]


def links(tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Yield the links among the directories of documentation."""
    for name, entry in islice(tree.children(_DOCUMENTATION), PACKAGES):
        path = f"{_DOCUMENTATION}/{name}"
        if entry.kind is Kind.SYMLINK and entry.path == path:
            yield path, entry


def licenses(beside: Iterable[Kept], named: Collection[str]) -> Licenses:
    """Return the licences of packages.

    Args:
        beside: kept values of copyright files, and links.
        named: names of the packages.

    """
    told: Licenses = {}
    said: dict[str, str] = {}
    for kept in beside:
        if kept.observer == LICENSES:
            told[kept.path.split("/")[-2]] = strings(kept.value)
        elif kept.observer == _LINKS:
            target = inside(_DOCUMENTATION, kept.value.decode("utf-8", "surrogateescape"))
            said[kept.path.rpartition("/")[2]] = _name(target)
    return {name: told[at] for name in named if (at := _behind(name, said)) in told}


def _name(target: str) -> str:
    """Return the package whose directory a link leads to; empty for any other place."""
    directory, _, name = target.rpartition("/")
    return name if directory == _DOCUMENTATION else ""


def _behind(name: str, said: dict[str, str]) -> str:
    for _ in range(_HOPS):
        if name not in said:
            break
        name = said[name]
    return name

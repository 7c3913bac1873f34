"""Packages that somebody asked a package manager for and that are not installed.

apk's `world` is what it serves: each name in it is installed, or the file was changed by hand or
the database cut afterwards.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory.catalogers.apk import called
from ocianalyze.model.entry import Entry, State
from ocianalyze.model.package import Package, Presence

_OBSERVER = "apk-world"


class Wanted(NamedTuple):
    """Names of one file that no package answers to."""

    entry: Entry
    names: tuple[str, ...]


def wanted(tree: Tree, packages: Iterable[Package]) -> Iterator[Wanted]:
    """Yield what is asked for and not there; nothing where no package was read at all."""
    installed = [x for x in packages if x.type == "apk" and x.presence is Presence.VISIBLE]
    answering = {name for package in installed for name in called(package.found)}
    for entry, value in tree.observations(_OBSERVER) if answering else ():
        if entry.state is State.VISIBLE:
            names = dict.fromkeys(map(str, orjson.loads(value)))
            if absent := tuple(name for name in names if name not in answering):
                yield Wanted(entry, absent)

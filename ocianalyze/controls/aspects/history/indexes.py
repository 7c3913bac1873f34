"""What a layer tells of package indexes: refreshed, while no package changed (catalogue, 4.7)."""

import re
from typing import NamedTuple

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.homes import APK, DPKG, PACMAN, RPM, placed
from ocianalyze.model.entry import Entry, Kind


class _Traces(NamedTuple):
    """Where a family keeps its index and its database."""

    lists: re.Pattern[str]
    database: re.Pattern[str]


_RPM = placed(RPM, "Packages|rpmdb|Index")
_FAMILIES: dict[str, _Traces] = {
    "apt": _Traces(
        re.compile(r"var/lib/apt/lists/[^/]*_Packages[^/]*\Z"),
        placed(DPKG, r"status\Z|status\.d/"),
    ),
    "apk": _Traces(
        re.compile(r"(?:(?:usr/)?lib|var/cache|etc)/apk/(?:cache/)?APKINDEX\."),
        placed(APK, r"installed\Z"),
    ),
    "dnf": _Traces(
        re.compile(r"var/cache/(?:dnf|yum|libdnf5|tdnf)/.*/repodata/."),
        _RPM,
    ),
    "zypper": _Traces(
        re.compile(r"var/cache/zypp/raw/."),
        _RPM,
    ),
    "pacman": _Traces(
        placed(PACMAN, r"sync/[^/]+\.db\Z"),
        placed(PACMAN, r"local/[^/]+/desc\Z"),
    ),
}


_WITHIN = (
    *("var/lib/apt/lists", "var/cache", "lib/apk", "usr/lib/apk", "etc/apk"),
    *(*DPKG, *RPM, *PACMAN),
)
"""Directories that hold all of that."""


class Refreshed(NamedTuple):
    """An index that a layer brought without changing packages."""

    family: str
    entry: Entry
    """One file of the index."""


def refreshed_alone(view: ImageView, layer: int) -> tuple[Refreshed, ...]:
    """Return the families whose index came with a layer that changed no package of theirs."""
    index: dict[str, Entry] = {}
    changed: set[str] = set()
    for entry in view.tree.layer(layer, _WITHIN):
        if entry.kind not in (Kind.FILE, Kind.HARDLINK) or "/" not in entry.path:
            continue
        for family, traces in _FAMILIES.items():
            if traces.lists.match(entry.path):
                index.setdefault(family, entry)
            elif traces.database.match(entry.path) and _is_new(view, entry):
                changed.add(family)
    return tuple(Refreshed(f, entry) for f, entry in index.items() if f not in changed)


def changed_databases(view: ImageView, layer: int) -> frozenset[str]:
    """Return the families whose database of packages a layer changed."""
    return frozenset(
        family
        for entry in view.tree.layer(layer, _WITHIN)
        if entry.kind in (Kind.FILE, Kind.HARDLINK)
        for family, traces in _FAMILIES.items()
        if traces.database.match(entry.path) and _is_new(view, entry)
    )


def _is_new(view: ImageView, entry: Entry) -> bool:
    """Tell whether no lower layer has the same content at this path."""
    below = [x for x in view.tree.versions(entry.path) if x.layer < entry.layer]
    return not below or below[-1].sha256 != entry.sha256

"""Packages of which nothing records what they brought, so that nobody seems to own it.

dpkg has a list for each package that is installed; slimmed images lack some or all. Of packages
that went, the lists went too.
"""

import re
from collections.abc import Container, Iterator, Sequence

from ocianalyze.inventory.databases import RECORD, counted, is_removed
from ocianalyze.inventory.hidden import Hidden
from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.places import INSTALLED
from ocianalyze.inventory.unowned import executables
from ocianalyze.model.package import Package, Presence

_LISTING = "deb"
_REPACKED = re.compile(r"[+~]|\.dfsg|\.ds")
"""Behind the version of the authors."""
Software = tuple[str, str, Presence]


def unlisted(owned: Owning, packages: Sequence[Package]) -> Iterator[Hidden]:
    """Tell that some, or all, packages that are there have no list of files."""
    there = [number for number, x in enumerate(packages) if _is_there(x)]
    silent = [packages[number] for number in there if number not in owned.claimed]
    number = sum(1 for _ in _alone(owned)) if silent else 0
    if not number:
        return
    names = ", ".join(package.name for package in silent[:3])
    detail = (
        f"{len(silent):,} of {counted(len(there), 'package')} ({names}{' ...' * (len(silent) > 3)})"
        f" have no list of files: {counted(number, 'program')} may be theirs, and count as nobody's"
    )
    path = silent[0].evidence[0]
    entry = owned.tree.get(path)
    title = "what packages brought is not recorded"
    layer = entry.layer if entry else None
    yield Hidden(path, layer, detail, title, RECORD, severity="medium", is_loss=False)


def _alone(owned: Owning) -> Iterator[str]:
    """Yield programs of a distribution that no list names."""
    for entry, _ in executables(owned.tree):
        path = entry.path
        if path.startswith(INSTALLED) and path not in owned.ownership.files:
            yield path


def _is_there(package: Package) -> bool:
    return package.type == _LISTING and not is_removed(package)


def brought(owned: Owning, packages: Sequence[Package]) -> frozenset[Software]:
    """Return what software such packages hold: name, version, whether it is there."""
    rows = enumerate(packages)
    silent = (x for n, x in rows if x.type == _LISTING and n not in owned.claimed)
    return frozenset(software for package in silent for software in _softwares(package))


def is_brought(package: Package, known: Container[Software]) -> bool:
    """Tell a version string in a program that one of those packages brought."""
    mine = package.name, package.found.version, package.presence
    return mine in known and package.evidence[0].startswith(INSTALLED)


def _softwares(package: Package) -> Iterator[Software]:
    """Yield name and source with the version of their authors (deb-version(7))."""
    found = package.found
    for name, version in ((found.name, found.version), (found.source, found.source_version)):
        upstream = (version or found.version).rpartition("-")[0] or found.version
        for each in (name, name.rstrip("0123456789.")):
            yield each, _REPACKED.split(upstream)[0], package.presence

"""Inventories that are hidden from the start: programs of a distribution that no record names.

What a layer took away from a lower one is told by `databases` and `lost_records`. Here nothing was
ever read: a database behind a link, emptied before its layer was written, or kept elsewhere.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.databases import DATABASE, RECORD, Gone, How, counted, is_removed
from ocianalyze.inventory.homes import APK, DPKG, PACMAN, RPM, RPM_DATABASES, alone, within
from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.places import INSTALLED
from ocianalyze.inventory.redirected import redirects
from ocianalyze.inventory.unowned import executable, executables
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Distribution, Found, Package

_DATABASES: Mapping[str, Sequence[str]] = {
    "deb": within(DPKG, "status"),
    "apk": within(APK, "installed"),
    "rpm": within(RPM, *RPM_DATABASES),
    "alpm": within(PACMAN, "local"),
}
_TRACES: Mapping[str, Sequence[str]] = {
    "deb": (*alone(DPKG), "usr/bin/dpkg-query", "usr/bin/apt-get"),
    "apk": (*APK, "sbin/apk", "usr/sbin/apk", "usr/bin/apk", "etc/apk/world"),
    "rpm": (*RPM, "usr/bin/rpmkeys"),
    "alpm": (*PACMAN, "usr/bin/pacman"),
}
"""What only a package manager that works there has: its directory, its programs, what it was asked
for. BusyBox has programs called dpkg and rpm, but not these; its other files come with a copy of
`/usr/lib` or `/usr/share`."""
_LISTING = OS_TYPES | {"pypi"}
"""purl types whose lists of files are other files than what names the package."""
_LISTED = 10_000
"""Paths looked at of one list."""
_Key = tuple[str, str, str]
_LIBRARIES = ("libc.so.", "libc-2.", "libc.musl-", "ld-linux", "ld-musl-")


class _Trace(NamedTuple):
    """What tells that packages were installed."""

    path: str
    state: str
    """Of the database, for people."""
    severity: Severity
    """Whether something hides it, or it is only not there."""


class Hidden(NamedTuple):
    """Package data that is not read, or not there, although what it would name is."""

    path: str
    layer: int | None
    detail: str
    title: str
    code: str = DATABASE
    how: How | None = None
    severity: Severity = "high"
    is_loss: bool = True


def unnamed(
    owned: Owning,
    packages: Sequence[Package],
    distribution: Distribution,
    told: Iterable[Gone],
    damaged: Container[str],
) -> Iterator[Hidden]:
    """Tell that a distribution's programs are there, and no package of one.

    Args:
        owned: the claims of packages that are there.
        packages: of all layers.
        distribution: as the image says.
        told: what is told of databases that were there.
        damaged: paths of package data that could not be read.

    """
    is_named = any(x.type in OS_TYPES and not is_removed(x) for x in packages)
    if is_named or any(each.code == DATABASE for each in told):
        return
    tree = owned.tree
    number, has_libc = _installed(tree)
    none = _Trace(distribution.path, f"no package of {distribution.id} is named", "medium")
    found = next(_traces(tree), none if distribution.id and has_libc else None)
    if number and found and found.path not in damaged:
        there = f"{counted(number, 'program')} of a distribution {_are(number)} there"
        title = "programs of a distribution are there, and no package database names them"
        detail = f"{found.state}, and {there}"
        layer = _layer(tree, found.path)
        yield Hidden(found.path, layer, detail, title, severity=found.severity)


def _installed(tree: Tree) -> tuple[int, bool]:
    """Count what runs where distributions install, and tell whether a C library is among it."""
    number, has_libc = 0, False
    for entry, _ in executables(tree):
        if entry.path.startswith(INSTALLED):
            number += 1
            has_libc = has_libc or _is_libc(entry.path)
    return number, has_libc


def _is_libc(path: str) -> bool:
    """Tell a C library or its loader, without which hardly a program of a distribution runs."""
    return path.rpartition("/")[2].startswith(_LIBRARIES)


def beside(owned: Owning, packages: Iterable[Package]) -> Iterator[Hidden]:
    """Yield programs of packages that are not recorded, and databases that are kept elsewhere.

    Args:
        owned: the claims of packages that are there.
        packages: of all layers; `lost_records` tells those that were recorded once.

    """
    if owned.unmatched:
        yield from _unrecorded(owned, {_key(x.found) for x in packages})
    for entry, home in redirects(owned.tree):
        detail = f"package database is set to be in {home}, which is not read"
        title = "package manager keeps its database where it is not read"
        yield Hidden(entry.path, entry.layer, detail, title)


def _traces(tree: Tree) -> Iterator[_Trace]:
    """Yield what package managers left, and how their databases are."""
    for kind, paths in _TRACES.items():
        trace = next((path for path in paths if tree.real(path) is not None), None)
        if trace is None:
            continue
        for database in _DATABASES[kind]:
            if tree.real(database) is not None:
                yield _Trace(database, _state(tree, database, kind), "high")
        yield _Trace(trace, f"no package database ({kind}) is there", "medium")


def _state(tree: Tree, database: str, kind: str) -> str:
    """Say why a database names nothing."""
    entry = tree.resolve(database)
    real = tree.real(database) or database
    if real not in _DATABASES[kind]:
        return f"package database ({kind}) is in {real}, which is not read"
    if entry is None or (entry.kind is Kind.DIRECTORY and kind != "alpm"):
        return f"a directory is where the package database ({kind}) should be"
    return f"package database ({kind}) names no package"


def _unrecorded(owned: Owning, recorded: Container[_Key]) -> Iterator[Hidden]:
    """Tell lists of files without a package: dpkg keeps them only for settings that stay."""
    lists = (claim for claim in owned.unmatched if claim.type in _LISTING)
    left = {
        path: claim
        for claim in lists
        if _key(claim) not in recorded
        for path in _left(owned, claim)
    }
    if not left:
        return
    names = sorted({claim.name for claim in left.values()})
    path = min(left)
    detail = (
        f"{counted(len(names), 'list')} of files without a package "
        f"({', '.join(names[:3])}{' ...' * (len(names) > 3)}), "
        f"and {counted(len(left), 'file')} of theirs {_are(len(left))} there"
    )
    title = "lists of files name what is there, and their packages are not recorded"
    yield Hidden(path, _layer(owned.tree, path), detail, title, code=RECORD)


def _left(owned: Owning, claim: Claim) -> Iterator[str]:
    """Yield the files that a list names and no package does; of a distribution's the programs."""
    for recorded in claim.paths[:_LISTED]:
        path = owned.canonical.path(recorded)
        if path in owned.ownership.files or path.startswith("etc/"):
            continue
        entry = owned.tree.get(path) if claim.type not in OS_TYPES else None
        is_file = entry is not None and entry.kind is Kind.FILE
        if is_file or executable(owned.tree, path):
            yield path


def _key(named: Found | Claim) -> _Key:
    return named.type, named.name, named.location


def _layer(tree: Tree, path: str) -> int | None:
    entry = tree.get(path)
    return entry.layer if entry else None


def _are(number: int) -> str:
    return "is" if number == 1 else "are"

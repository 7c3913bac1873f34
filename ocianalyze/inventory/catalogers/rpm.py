"""Packages of rpm databases, without librpm: SQLite with its log, ndb, Berkeley DB, manifests."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import orjson

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers import (
    _rpm_bdb,
    _rpm_manifest,
    _rpm_ndb,
    _rpm_reasons,
    _rpm_rows,
    _rpm_sqlite,
    _rpm_wal,
)
from ocianalyze.inventory.catalogers._rpm_found import found_of, is_key, paths_of
from ocianalyze.inventory.catalogers._rpm_package import Facts
from ocianalyze.inventory.catalogers._rpm_value import (
    Collection,
    Tree,
    Value,
    files_of,
    head_of,
    problem,
)
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

DATABASE_BYTES = 128 * MIB
"""Read of one database; what lies beyond is a problem of the inventory."""

_LOG_BYTES = 64 * MIB
_REASON_BYTES = 32 * MIB
_MANIFEST_BYTES = 8 * MIB
_FOLDERS = (b"var/lib/rpm/", b"usr/lib/sysimage/rpm/", b"usr/share/rpm/")
_LOG = b"rpmdb.sqlite-wal"
_LOG_ENDING = "-wal"
_MANIFEST = b"var/lib/rpmmanifest/container-manifest-2"
_STATES = frozenset(
    {
        b"usr/lib/sysimage/libdnf5/packages.toml",
        b"var/lib/dnf/history.sqlite",
        b"usr/lib/sysimage/dnf/history.sqlite",
    }
)

_Reader = Callable[[memoryview, int], bytes | None]
"""Given the content, and the size of the whole."""


@dataclass(slots=True)
class _Whole:
    """Collects one content up to a bound and reads it at its end."""

    reader: _Reader
    limit: int
    size: int
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.data += piece[: self.limit - len(self.data)]
        return len(self.data) < self.limit

    def close(self) -> bytes | None:
        """Return what the reader made of the content."""
        return self.reader(memoryview(self.data), self.size)


def _database(data: memoryview, size: int) -> bytes:
    collection, tree = Collection(len(data)), None
    if data[:16] == _rpm_sqlite.MAGIC:
        tree = Tree(root=0, children=[], rows=[])
        try:
            collection.take(_rpm_rows.of_database(_rpm_sqlite.pages_of(data), tree))
        except ValueError as error:
            return problem(str(error))
    elif data[:4] == _rpm_ndb.MAGIC:
        collection.take(_rpm_ndb.records(data))
    else:
        collection.take(_rpm_bdb.records(data))
    _note_cut(collection, len(data), size)
    return collection.value(tree)


def _log(data: memoryview, size: int) -> bytes | None:
    """Return the rows of a log; None when nothing in it was committed."""
    tree = Tree(root=0, children=[], rows=[])
    collection = Collection(len(data))
    try:
        pages = _rpm_wal.pages_of(data)
    except ValueError as error:
        return problem(str(error))
    if not pages.at:
        return None
    collection.take(_rpm_rows.of_log(pages, tree))
    _note_cut(collection, len(data), size)
    return collection.value(tree)


def _note_cut(collection: Collection, read: int, size: int) -> None:
    if read < size:
        collection.problems.append(f"only the first {read} of {size} bytes were read")


def _manifest(data: memoryview, _size: int) -> bytes:
    return _rpm_manifest.observed(bytes(data))


def _reasons(data: memoryview, _size: int) -> bytes | None:
    return _rpm_reasons.observed(bytes(data))


def _open_database(seen: Seen, _head: memoryview) -> Tap:
    return _Whole(_database, DATABASE_BYTES, seen.size)


def _open_log(seen: Seen, _head: memoryview) -> Tap:
    return _Whole(_log, _LOG_BYTES, seen.size)


def _open_manifest(seen: Seen, _head: memoryview) -> Tap:
    return _Whole(_manifest, _MANIFEST_BYTES, seen.size)


def _open_reasons(seen: Seen, _head: memoryview) -> Tap:
    return _Whole(_reasons, _REASON_BYTES, seen.size)


def read(kept: Kept, distribution: Distribution) -> Iterator[Found]:
    """Yield the packages of one database, then raise for what could not be read of it.

    Raises:
        ValueError: the database is damaged, or larger than what is read.

    """
    if kept.observer == _REASONS.name:
        return
    head = head_of(kept.value)
    if kept.observer != _WAL.name or _rpm_rows.is_whole(head):
        for facts in head["packages"]:
            if not is_key(facts):
                yield found_of(facts, distribution)
    _complain(kept, head["problems"])


def _complain(kept: Kept, problems: list[str]) -> None:
    if problems:
        more = f", and {len(problems) - 1} more problems" if len(problems) > 1 else ""
        raise ValueError(f"{problems[0]}{more}")
    if not kept.complete:
        raise ValueError("a limit cut the content")


def claims(kept: Kept, _distribution: Distribution) -> Iterator[Claim]:
    """Yield the files of each package of one database, without directories.

    Raises:
        ValueError: the kept value is damaged.

    """
    if kept.observer not in (_DATABASE.name, _WAL.name):
        return
    for facts, files in files_of(kept.value):
        paths = paths_of(files)
        if paths:
            yield Claim("rpm", facts["name"], facts.get("arch", ""), paths=paths)


def joins(found: Iterable[Found], kept: Iterable[Kept]) -> Iterator[Found]:
    """Yield the packages of one database with its log applied and with dnf's reasons.

    A log is applied when the database's own value is among `kept`; one that holds the whole table
    is read on its own, and replaces the database.
    """
    values = list(kept)
    packages = list(found)
    for log in values:
        if log.observer == _WAL.name:
            packages = _apply(packages, log, values)
    reasons: _rpm_reasons.Reasons = {}
    for each in values:
        if each.observer == _REASONS.name:
            reasons.update(orjson.loads(each.value))
    for package in packages:
        reason = reasons.get(f"{package.name}.{package.arch}", "")
        yield replace(package, reason=reason) if reason else package


def _apply(packages: list[Found], log: Kept, values: list[Kept]) -> list[Found]:
    """Return the packages as the log changes them; as they are when they are not its own."""
    path = log.path.removesuffix(_LOG_ENDING)
    own = next((x for x in values if x.path == path and x.observer == _DATABASE.name), None)
    changes = head_of(log.value)
    database = head_of(own.value) if own else None
    if database is None or not _is_of(packages, database):
        return packages
    if _rpm_rows.is_whole(changes):
        return []
    known = {_identity(package): package for package in packages}
    merged = [each for each in _rpm_rows.merged(database, changes) if not is_key(each)]
    return [known.get(_name_of(each)) or _beside(packages, each) for each in merged]


def _is_of(packages: list[Found], database: Value) -> bool:
    names = {_name_of(each) for each in database["packages"] if not is_key(each)}
    return names == {_identity(package) for package in packages}


def _identity(package: Found) -> tuple[str, ...]:
    return package.name, package.epoch, package.version, package.arch


def _name_of(facts: Facts) -> tuple[str, ...]:
    return _identity(found_of(facts, Distribution()))


def _beside(packages: list[Found], facts: Facts) -> Found:
    """Return a package with the namespace and the distribution of those that were read."""
    package = found_of(facts, Distribution())
    like = packages[0] if packages else package
    distro = [(key, value) for key, value in like.qualifiers if key == "distro"]
    return replace(package, namespace=like.namespace, qualifiers=(*distro, *package.qualifiers))


_DATABASE = Observer(
    name="rpm",
    version=1,
    interest=Interest(
        paths=frozenset(
            folder + name
            for folder in _FOLDERS
            for name in (b"rpmdb.sqlite", b"Packages.db", b"Packages")
        )
    ),
    open=_open_database,
    summary="packages and their files in rpm databases: SQLite, ndb, Berkeley DB",
)
_WAL = Observer(
    name="rpm-wal",
    version=1,
    interest=Interest(paths=frozenset(folder + _LOG for folder in _FOLDERS)),
    open=_open_log,
    summary="committed changes in the write-ahead logs of rpm databases",
)
_MANIFESTS = Observer(
    name="rpm-manifest",
    version=1,
    interest=Interest(paths=frozenset({_MANIFEST})),
    open=_open_manifest,
    summary="packages in the manifests of images without an rpm database",
)
_REASONS = Observer(
    name="rpm-reasons",
    version=1,
    interest=Interest(paths=_STATES),
    open=_open_reasons,
    summary="why packages were installed, from dnf's state and history",
)

CATALOGER = Cataloger(
    name="rpm",
    types=("rpm",),
    observers=(_DATABASE, _WAL, _MANIFESTS, _REASONS),
    summary=(
        "rpm databases in var/lib/rpm, usr/lib/sysimage/rpm and usr/share/rpm (SQLite and its "
        "write-ahead log, ndb, Berkeley DB hash), var/lib/rpmmanifest/container-manifest-2, and "
        "install reasons of dnf 5 (packages.toml) and dnf 4 (history.sqlite)"
    ),
    read=read,
    claims=claims,
    joins=joins,
)

"""Packages of rpm databases, without librpm: SQLite with its log, ndb, Berkeley DB, manifests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Claim, Kept, Records
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
from ocianalyze.inventory.catalogers._rpm_joins import (
    DATABASE,
    LOG,
    LOG_ENDING,
    REASONS,
    survivors,
    with_logs,
    with_reasons,
)
from ocianalyze.inventory.catalogers._rpm_recorded import links, recorded
from ocianalyze.inventory.catalogers._rpm_value import (
    Collection,
    Tree,
    files_of,
    head_of,
    problem,
)
from ocianalyze.inventory.homes import RPM, RPM_DATABASES, below
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

DATABASES = (DATABASE, LOG)
"""Names of the observers that keep packages and keys."""
DATABASE_BYTES = 128 * MIB
"""Read of one database; what lies beyond is a problem of the inventory."""

_LOG_BYTES = 64 * MIB
_REASON_BYTES = 32 * MIB
_MANIFEST_BYTES = 8 * MIB
_PATH_CHARS = 128 * MIB
"""All paths that the packages of one database claim."""
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
        collection.problems += _rpm_sqlite.shortage(data) if len(data) == size else ()
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
    if kept.observer == REASONS:
        return
    head = head_of(kept.value)
    evidence: tuple[str, ...] = ()
    packages = head["packages"]
    if kept.observer == LOG:
        packages = _rpm_rows.alone(head)
        evidence = (kept.path.removesuffix(LOG_ENDING),)
    for facts in packages:
        if not is_key(facts):
            yield replace(found_of(facts, distribution), evidence=evidence)
    if head["problems"]:
        more = len(head["problems"]) - 1
        raise ValueError(head["problems"][0] + (f", and {more} more problems" if more else ""))
    if not kept.complete:
        raise ValueError("a limit cut the content")


def trusted_keys(value: bytes) -> Iterator[str]:
    """Yield how a database names the keys that it holds: 8, 16 or 40 hexadecimal digits each."""
    for facts in head_of(value)["packages"]:
        if is_key(facts):
            named = (name for name in facts.get("provides", ()) if name.startswith("gpg("))
            yield from (name[4:-1].lower() for name in named)
            yield facts.get("version", "").lower()


def claims(kept: Kept, _distribution: Distribution) -> Iterator[Claim]:
    """Yield the files of each package of one database, without directories.

    Raises:
        ValueError: the kept value is damaged, or too many paths follow from it.

    """
    if kept.observer not in (DATABASE, LOG):
        return
    room = _PATH_CHARS
    for facts, files in files_of(kept.value):
        paths = paths_of(files, room)
        room -= sum(map(len, paths))
        if paths:
            yield Claim("rpm", facts["name"], facts.get("arch", ""), paths=paths)


def records(kept: Sequence[Kept]) -> Iterator[Records]:
    """Yield the digests of each package's files, those of a log before its database's."""
    alive = survivors(kept)
    for each in kept:
        if each.observer not in (DATABASE, LOG):
            continue
        wanted = alive.get((each.observer, each.path))
        try:
            for facts, files in files_of(each.value):
                if not is_key(facts) and (wanted is None or facts["row"] in wanted):
                    package = Records("rpm", facts["name"], facts.get("arch", ""))
                    yield package._replace(links=tuple(links(files))).having(recorded(files))
        except (ValueError, LookupError, TypeError, AttributeError) as damage:
            yield Records("rpm", "", problem=str(damage))


def joins(found: Iterable[Found], kept: Iterable[Kept]) -> Iterator[Found]:
    """Yield the packages of one database with its log applied and with dnf's reasons.

    A log can only remove packages when the database's own value is among `kept`.
    """
    beside = list(kept)
    yield from with_reasons(with_logs(list(found), beside), beside)


_DATABASE = Observer(
    name=DATABASE,
    version=2,
    interest=Interest(paths=below(RPM, *RPM_DATABASES)),
    open=_open_database,
    summary="packages and their files in rpm databases: SQLite, ndb, Berkeley DB",
)
_WAL = Observer(
    name=LOG,
    version=2,
    interest=Interest(paths=below(RPM, "rpmdb.sqlite-wal")),
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
_STATE = Observer(
    name=REASONS,
    version=1,
    interest=Interest(paths=_STATES),
    open=_open_reasons,
    summary="why packages were installed, from dnf's state and history",
)

CATALOGER = Cataloger(
    name="rpm",
    types=("rpm",),
    lists_all=True,
    observers=(_DATABASE, _WAL, _MANIFESTS, _STATE),
    summary=(
        "rpm databases in var/lib/rpm, usr/lib/sysimage/rpm and usr/share/rpm (SQLite and its "
        "write-ahead log, ndb, Berkeley DB hash), var/lib/rpmmanifest/container-manifest-2, and "
        "install reasons of dnf 5 (packages.toml) and dnf 4 (history.sqlite)"
    ),
    read=read,
    claims=claims,
    joins=joins,
    records=records,
)

"""rpm headers and databases made for tests, and those made by others."""

import lzma
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers.rpm import CATALOGER
from ocianalyze.model.package import Distribution, Found
from tests.images import facts

Tag = int | str | bytes | Sequence[int] | Sequence[str]
SQLITE = "var/lib/rpm/rpmdb.sqlite"
WAL = "var/lib/rpm/rpmdb.sqlite-wal"
NDB = "usr/lib/sysimage/rpm/Packages.db"
BDB = "var/lib/rpm/Packages"
MANIFEST = "var/lib/rpmmanifest/container-manifest-2"
STATE = "usr/lib/sysimage/libdnf5/packages.toml"
HISTORY = "var/lib/dnf/history.sqlite"


def header(tags: Mapping[int, Tag]) -> bytes:
    """Return a header with texts, 32-bit numbers, bytes and arrays of the first two."""
    index, data = b"", b""
    for tag, value in tags.items():
        kind, count, raw = _encoded(value)
        data += bytes(-len(data) % 4)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += raw
    return struct.pack(">II", len(tags), len(data)) + index + data


def _encoded(value: Tag) -> tuple[int, int, bytes]:
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, str):
        return 6, 1, value.encode() + b"\0"
    if isinstance(value, int):
        return 4, 1, struct.pack(">I", value)
    if value and isinstance(value[0], str):
        return 8, len(value), b"".join(str(x).encode() + b"\0" for x in value)
    return 4, len(value), b"".join(struct.pack(">I", int(x)) for x in value)


def package(name: str, version: str = "1", size: int = 0, **more: Tag) -> bytes:
    """Return the header of a package with one file, and `size` bytes that nobody reads."""
    numbers = {"epoch": 1003, "arch": 1022, "source": 1044, "rpmmod": 5096, "signature": 268}
    tags: dict[int, Tag] = {1000: name, 1001: version, 1002: "1.el9", 1022: "x86_64"}
    tags |= {1116: [0], 1117: [name], 1118: ["/usr/bin/"]}
    tags |= {numbers[key]: value for key, value in more.items()}
    return header(tags | {9999: bytes(size)})


HEADERS = [package(f"p{n}", size=n * 50, signature=b"\x88\x46\x04\x00\x01\x08") for n in range(9)]


def ndb(headers: Sequence[bytes]) -> bytes:
    """Return an ndb database as rpm writes it."""
    slots, blobs, at = b"", b"", 4096
    for number, blob in enumerate(headers, 1):
        size = -(-(len(blob) + 28) // 16) * 16
        body = struct.pack("<4sIII", b"BlbS", number, 7, len(blob)) + blob
        body += bytes(size - 12 - len(body))
        body += struct.pack("<II4s", zlib.adler32(body), len(blob), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, at // 16, size // 16)
        blobs, at = blobs + body, at + size
    head = struct.pack("<4sIIIIIII", b"RpmP", 0, 1, 1, len(headers) + 1, 0, 0, 0)
    free = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    page = (head + slots).ljust(4096, b"\0")
    filled = (len(head) + len(slots)) // 16
    return page[: filled * 16] + free * (256 - filled) + blobs


def sqlite(headers: Iterable[bytes]) -> bytes:
    """Return an SQLite database with rpm's table of packages."""
    with sqlite3.connect(":memory:") as connection:
        create(connection)
        insert(connection, headers)
    data = connection.serialize()
    connection.close()
    return data


def create(connection: sqlite3.Connection) -> None:
    """Create rpm's table of packages."""
    connection.execute(
        "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)"
    )


def insert(connection: sqlite3.Connection, headers: Iterable[bytes]) -> None:
    """Install packages."""
    rows = [(blob,) for blob in headers]
    connection.executemany("INSERT INTO Packages(blob) VALUES (?)", rows)
    connection.commit()


@cache
def logged() -> tuple[bytes, bytes]:
    """Return a database of `HEADERS` and its write-ahead log."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rpmdb.sqlite"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA page_size = 512")
        connection.execute("PRAGMA journal_mode = WAL")
        create(connection)
        insert(connection, HEADERS)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        insert(connection, HEADERS)
        both = path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()
        connection.close()
    return both


def genuine(corpus: Path, name: str) -> bytes:
    """Return a real database of the corpus."""
    return lzma.decompress((corpus / "rpmdb" / f"{name}.xz").read_bytes())


def kept(layer: Mapping[str, bytes]) -> list[Kept]:
    """Return what the real walk keeps of a layer."""
    known = facts(layer, CATALOGER.observers)
    return [
        Kept(name, known.entries.path(seen.entry).decode(), seen.value, seen.complete)
        for name, all_seen in known.observations.items()
        for seen in all_seen
    ]


def found(layer: Mapping[str, bytes], distribution: Distribution | None = None) -> list[Found]:
    """Return all packages of a layer, with logs and reasons applied, whatever the problems."""
    values = kept(layer)
    joins = CATALOGER.joins
    assert joins is not None
    return [
        package
        for value in values
        for package in joins(_read(value, distribution or Distribution()), values)
    ]


def _read(value: Kept, distribution: Distribution) -> Iterator[Found]:
    with suppress(ValueError):
        yield from CATALOGER.read(value, distribution)


def releases(packages: Iterable[Found]) -> list[tuple[str, str]]:
    """Return names and versions, sorted."""
    return sorted((package.name, package.version) for package in packages)

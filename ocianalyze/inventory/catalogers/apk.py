"""apk's database of installed packages (apk-tools v2, doc/apk-v2.5), and the `world` it serves."""

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain, islice

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Claim, Kept, Recorded, Records
from ocianalyze.inventory.catalogers._lines import is_cut, lines
from ocianalyze.inventory.catalogers._paths import pack, unpack
from ocianalyze.inventory.catalogers._table import (
    DATABASE_BYTES,
    PACKAGES,
    Row,
    keep,
    rows,
    sound,
    strings,
    texts,
    unsound,
)
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.distro import distro_qualifier
from ocianalyze.inventory.homes import APK, below
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB
from ocianalyze.model.package import Distribution, Found

_DATABASES = below(APK, "installed")
_WORLD = frozenset({b"etc/apk/world"})
_WORLD_BYTES = 256 * KIB
_FIELDS = {
    b"P": "name",
    b"V": "version",
    b"A": "arch",
    b"o": "origin",
    b"L": "license",
    b"m": "maintainer",
    b"C": "checksum",
    b"I": "installed-size",
}
_VALUE = 4096
"""Bytes kept of one field."""
_LISTED = {b"D": "depends", b"p": "provided"}
"""What a package needs, and what else it is called."""
_LISTED_BYTES = 64 * KIB
_PROVIDES = 20
"""Provided names looked at for one package; sonames and commands are not counted."""
_DETAIL = 256
"""Bytes kept of one file's digest, owner and mode."""
_PATHS_BYTES = 32 * MIB
"""Paths kept of one database; each repeats its directory, which the database writes once."""
_NAME = re.compile(r"[^<>=~@!\s][^<>=~@\s]*")


@dataclass(slots=True)
class _Room:
    """What the paths of one database may still take."""

    left: int = _PATHS_BYTES

    def path(self, directory: bytes, name: bytes) -> bytes:
        """Return a path, empty when there is no room for it."""
        self.left -= len(directory) + len(name)
        return directory + b"/" * bool(directory) + name if self.left > 0 else b""


@dataclass(slots=True)
class _Package:
    """One package while its lines pass."""

    room: _Room
    row: Row = field(default_factory=dict)
    directory: bytes = b""
    paths: list[bytes] = field(default_factory=list)
    details: list[bytes] = field(default_factory=list)
    """Digest, owner and mode of each path: `Q1... 0:0:755`, as recorded."""
    directories: list[bytes] = field(default_factory=list)
    """Directories with other than the usual owner and mode: `tmp/0:0:1777`."""
    provides: list[str] = field(default_factory=list)

    def take(self, key: bytes, value: bytes) -> None:
        """Take one line."""
        name = _FIELDS.get(key)
        if name is not None:
            self.row[name] = value[:_VALUE].decode("utf-8", "replace")
        elif key in _LISTED:
            self._list(_LISTED[key], value[:_LISTED_BYTES].decode("utf-8", "replace"))
        elif key == b"F":
            self.directory = value.strip(b"/")
        elif key == b"M":
            self.directories += filter(None, [self.room.path(self.directory, value)])
        elif key == b"R":
            self._begin(value)
        elif key in (b"Z", b"a") and self.details:
            self.details[-1] = (self.details[-1] + b" " + value[:_DETAIL]).strip()[:_DETAIL]

    def _list(self, name: str, value: str) -> None:
        self.row[name] = value
        if name == "provided":
            self.provides += _names(value)[:_PROVIDES]

    def _begin(self, name: bytes) -> None:
        path = self.room.path(self.directory, name)
        if path:
            self.paths.append(path)
            self.details.append(b"")

    def finish(self) -> Row | None:
        """Return the package, None for lines that tell none; one without a name is damage."""
        if not self.row:
            return None
        lists = {"files": self.paths, "details": self.details, "directories": self.directories}
        self.row |= {name: pack(lines) for name, lines in lists.items() if lines}
        plain = [name for name in self.provides if ":" not in name][:_PROVIDES]
        return self.row | ({"provides": plain} if plain else {})


def _names(text: str) -> list[str]:
    """Return the names in a list of dependencies; conflicts are none."""
    return [match[0] for word in text.split() if (match := _NAME.match(word))]


def _database(content: bytes) -> bytes | None:
    room = _Room()
    found = list(islice(_packages(content[:DATABASE_BYTES], room), PACKAGES + 1))
    return keep(found, cut=is_cut(content, DATABASE_BYTES) or room.left <= 0)


def _packages(content: bytes, room: _Room) -> Iterator[Row]:
    package = _Package(room)
    for line in chain(lines(content), (b"",)):
        if line[1:2] == b":":
            package.take(line[:1], line[2:])
        elif not line:
            if row := package.finish():
                yield row
            package = _Package(room)


def _world(content: bytes) -> bytes:
    """Return the names that somebody asked for; an empty world says something, too."""
    return orjson.dumps(_names(content[:_WORLD_BYTES].decode("utf-8", "replace")))


def _open_database(_seen: Seen, _head: memoryview) -> Tap:
    return Content(DATABASE_BYTES, _database)


def _open_world(_seen: Seen, _head: memoryview) -> Tap:
    return Content(_WORLD_BYTES, _world)


def read(kept: Kept, distribution: Distribution) -> Iterator[Found]:
    """Yield the packages of a database, then raise for those that are damaged.

    One in an image that names no distribution is taken for Alpine's, since purl wants a vendor.
    """
    if kept.observer != "apk":
        return
    odd = 0
    for row in rows(kept.value):
        text = {name: x for name, x in row.items() if isinstance(x, str)}
        found = _found(row, text, distribution)
        odd += not (found.name and found.version and _is_digest(text.get("checksum", "")))
        if found.name:
            yield found
    if odd:
        raise ValueError(unsound(odd))


def _found(row: Row, text: Mapping[str, str], distribution: Distribution) -> Found:
    name, origin = sound(text.get("name")), text.get("origin", "")
    facts = {
        "installed-bytes": text.get("installed-size", ""),
        "provides": " ".join(texts(row, "provides")),
    }
    return Found(
        type="apk",
        namespace=distribution.id or "alpine",
        name=name,
        version=sound(text.get("version")),
        arch=text.get("arch", ""),
        source="" if origin == name else origin,
        qualifiers=distro_qualifier(distribution),
        licenses=(text["license"],) if text.get("license") else (),
        supplier=text.get("maintainer", ""),
        depends=tuple(filter(None, (text.get("depends"),))),
        provides=tuple(filter(None, (text.get("provided"),))),
        properties=tuple((name, x) for name, x in facts.items() if x),
    )


def claims(kept: Kept, _distribution: Distribution) -> Iterator[Claim]:
    """Yield the files of each package."""
    if kept.observer != "apk":
        return
    for row in rows(kept.value):
        if row.get("files") and row.get("name"):
            name, arch = str(row.get("name", "")), str(row.get("arch", ""))
            yield Claim(type="apk", name=name, arch=arch, paths=unpack(str(row["files"])))


def called(found: Found) -> tuple[str, ...]:
    """Return all names that a package answers to."""
    return (found.name, *(name for provided in found.provides for name in _names(provided)))


def joins(found: Iterable[Found], beside: Iterable[Kept]) -> Iterator[Found]:
    """Tell packages that `world` names, itself or by what they provide, from dependencies."""
    worlds = [frozenset(strings(kept.value)) for kept in beside if kept.observer == "apk-world"]
    for package in found:
        if not worlds:
            yield package
        else:
            names = {package.name, *dict(package.properties).get("provides", "").split()}
            wanted = any(not world.isdisjoint(names) for world in worlds)
            yield replace(package, reason="manual" if wanted else "automatic")


def records(kept: Sequence[Kept]) -> Iterator[Records]:
    """Yield the digests of each package's files; of symbolic links, they are of the target."""
    for each in kept:
        if each.observer != "apk":
            continue
        for row in rows(each.value):
            name, arch = str(row.get("name", "")), str(row.get("arch", ""))
            paths, details = (unpack(str(row.get(x, ""))) for x in ("files", "details"))
            files = tuple(_recorded(paths, details))
            if files and name:
                yield Records("apk", name, arch).having(files)


def _recorded(paths: Iterable[str], details: Iterable[str]) -> Iterator[Recorded]:
    for path, detail in zip(paths, details, strict=False):
        digest = next((x for word in detail.split() if (x := _digest(word))), b"")
        if digest:
            # apk asks before it replaces what is below etc (apk-protected_paths(5)).
            yield Recorded(path, digest, "configuration" if path.startswith("etc/") else "")


def _is_digest(recorded: str) -> bool:
    """Tell a package's checksum from damage; one that is not recorded is none."""
    return not recorded or bool(_digest(recorded))


def _digest(word: str) -> bytes:
    """Return a checksum (apk-tools v2 and v3), empty for anything else."""
    length = {"Q1": 20, "Q2": 32}.get(word[:2])
    if length is None:
        return b""
    try:
        raw = binascii.a2b_base64(word[2:])
    except (ValueError, binascii.Error):
        return b""
    return raw if len(raw) == length else b""


CATALOGER = Cataloger(
    name="apk",
    types=("apk",),
    lists_all=True,
    observers=(
        Observer(
            "apk",
            version=3,
            interest=Interest(paths=_DATABASES),
            open=_open_database,
            summary="packages of an apk database with their files, digests, owners and modes",
        ),
        Observer(
            "apk-world",
            version=1,
            interest=Interest(paths=_WORLD),
            open=_open_world,
            summary="names that somebody asked apk for",
        ),
    ),
    summary="lib/apk/db/installed, usr/lib/apk/db/installed; reasons from etc/apk/world",
    read=read,
    claims=claims,
    joins=joins,
    records=records,
)

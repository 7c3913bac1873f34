"""Node packages in the archives of Electron programs (`app.asar`), which run without unpacking.

Lengths (little endian), a JSON tree of directories with size and offset of each file, then the
contents one after another. What lies beside, in `app.asar.unpacked`, is read there.
Source: the README of @electron/asar.
"""

import struct
from collections.abc import Iterator
from dataclasses import field
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers._gathered import (
    ROWS,
    Refused,
    document,
    inside,
    listing,
    mapping,
    told,
    unpack,
)
from ocianalyze.inventory.catalogers._marks import Part
from ocianalyze.inventory.catalogers.node import found_of, manifest_of, place_of
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB
from ocianalyze.model.package import Distribution, Found

_FIXED = struct.Struct("<IIII")
_BEGIN = b"\4\0\0\0"
_HEADER_BYTES = 16 * MIB
"""Of the tree; that of the largest real programs has about 3 MiB."""
_MANIFEST = "package.json"
_MANIFEST_BYTES = 256 * KIB
_DEPTH = 64
_NODES = 1_000_000
_Place = tuple[int, int]
"""Offset in the file, and size."""


@dataclass(slots=True)
class _AsarTap:
    """Reads the tree, then each package.json while it passes."""

    header: Part
    at: int = 0
    files: dict[_Place, list[str]] = field(default_factory=dict)
    """Paths of what is wanted, in the order of their places."""
    part: Part | None = None
    rows: list[list[Any]] = field(default_factory=list)
    unread: int = 0
    problem: str = ""
    is_planned: bool = False

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece; enough once nothing more is wanted."""
        if not self.is_planned:
            self.header.take(self.at, piece)
            self._plan()
        while self.files and (place := next(iter(self.files)))[0] < self.at + len(piece):
            self.part = self.part or Part(*place)
            self.part.take(self.at, piece)
            if not self.part.full:
                break
            self._read(self.files.pop(place), self.part.data)
            self.part = None
        self.at += len(piece)
        return bool(self.files) or not self.is_planned

    def close(self) -> bytes | None:
        """Return the packages as JSON; None for an archive without any."""
        if not self.is_planned:
            self.problem = "the tree of the archive is cut"
        if self.problem:
            return orjson.dumps({"problem": self.problem})
        unread = self.unread + sum(map(len, self.files.values()))
        value = told(members=self.rows, unread=unread)
        return orjson.dumps(value) if value else None

    def _plan(self) -> None:
        """Find the places of all package.json once the tree is whole."""
        data = self.header.data
        if not self.header.full:
            return
        self.is_planned = True
        _, size, _, length = _FIXED.unpack_from(data)
        try:
            tree = document(data[_FIXED.size : _FIXED.size + length])
        except ValueError:
            self.problem = "the tree of the archive is damaged or too large"
            return
        try:
            wanted = sorted(_manifests(mapping(tree)))
        except ValueError as error:
            self.problem = str(error)
            return
        self._place(8 + size, wanted)

    def _place(self, base: int, wanted: list[tuple[int, int, str]]) -> None:
        """Order what is wanted by place; what lies over another or is too large is not read."""
        end = base
        for offset, size, path in wanted[:ROWS]:
            place = (base + offset, size)
            if place in self.files:
                self.files[place].append(path)
            elif place[0] >= end and 0 < size <= _MANIFEST_BYTES:
                self.files[place], end = [path], place[0] + size
            else:
                self.unread += 1
        self.unread += len(wanted[ROWS:])

    def _read(self, paths: list[str], data: bytearray) -> None:
        try:
            facts = manifest_of(data)
        except ValueError:
            self.unread += len(paths)
            return
        self.rows += ([path, facts] for path in paths if facts)


def _manifests(tree: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Yield offset, size and path of each package.json of an installed package.

    Raises:
        ValueError: the tree is deeper or larger than what is read.

    """
    waiting, nodes = [("", tree, 0)], 0
    while waiting:
        above, directory, depth = waiting.pop()
        children = mapping(directory.get("files"))
        nodes += len(children)
        if depth > _DEPTH or nodes > _NODES:
            raise ValueError("the tree of the archive is damaged or too large")
        for own, value in children.items():
            entry, path = mapping(value), inside(above, own)
            if "files" in entry:
                waiting.append((path, entry, depth + 1))
            elif own == _MANIFEST and (place := _place_of(entry)) and _is_installed(path):
                yield (*place, path)


def _place_of(entry: dict[str, Any]) -> _Place | None:
    """Return offset and size of a file in the archive; None for one beside it, or a link."""
    offset, size = str(entry.get("offset", "")), entry.get("size")
    is_number = offset.isascii() and offset.isdigit() and len(offset) <= len(str(1 << 63))
    return (int(offset), size) if is_number and isinstance(size, int) else None


def _is_installed(path: str) -> bool:
    return place_of(path.encode("utf-8", "replace")) != "heuristic"


def _open(_seen: Seen, head: memoryview) -> Tap | None:
    if len(head) < _FIXED.size or head[:4] != _BEGIN:
        return None
    _, size, _, length = _FIXED.unpack_from(head)
    if length > size:
        return None
    if size > _HEADER_BYTES:
        return Refused("the tree of the archive is damaged or too large")
    return _AsarTap(Part(0, _FIXED.size + length))


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    value = unpack(kept)
    for path, facts in listing(value.get("members")):
        home = f"{kept.path}!/{path.removesuffix(_MANIFEST).rstrip('/')}"
        yield found_of(facts, home, place_of(path.encode("utf-8", "replace")), evidence=(home,))
    if unread := value.get("unread"):
        raise ValueError(f"{unread} of the packages inside could not be read")


CATALOGER = Cataloger(
    name="node_asar",
    types=("npm",),
    observers=(
        Observer(
            name="node_asar",
            version=1,
            interest=Interest(suffixes=frozenset({b".asar"})),
            open=_open,
            summary="packages inside the archives of Electron programs",
        ),
    ),
    summary="Node packages in the archives of Electron programs: `node_modules/**/package.json` in "
    "`*.asar`; that of the program itself is none, and what a bundler joined has none",
    read=_read,
)

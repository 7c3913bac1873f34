"""The build information that Go's linker writes into programs, as their bytes pass.

Both forms: Go 1.18 and later write version and modules behind the mark; earlier ones write
pointers there. Section headers are at the end of an ELF file, so the mark itself is searched.
Sources: Go's `debug/buildinfo`.
"""

from dataclasses import field
from typing import Literal, NamedTuple

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.inventory.catalogers._marks import AHEAD, Hit, Marks, Part
from ocianalyze.limits import MIB

_MODULES_END = bytes.fromhex("f932433186182072008242104116d8f2")
_MODULES_BYTES = 1 * MIB
"""Of one program's module list; 200 modules take 20 KiB."""
_VERSION_BYTES = 256
_PLACES = 4096
"""Version-like texts remembered for the old form, and candidates for either mark."""
_CANDIDATES = 4
UNKNOWN = "unknown"
"""Version of a program whose builder took it away, as garble does."""


class Info(NamedTuple):
    """What one build information says."""

    version: str
    modules: str
    missing: str = ""
    """`version` or `modules`: there, but not at hand."""


def _uvarint(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Return a number and where it ends; None when the bytes do not hold it whole."""
    value = 0
    for index, byte in enumerate(data[at : at + 5]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    return None


def _counted(data: bytes | bytearray, at: int, limit: int) -> tuple[bytes, int] | None:
    """Return a text behind its length; None when it is not whole yet or over the limit."""
    length = _uvarint(data, at)
    if length is None or length[0] > limit or length[1] + length[0] > len(data):
        return None
    end = length[1] + length[0]
    return bytes(data[length[1] : end]), end


def inline(data: bytes | bytearray) -> Info | None:
    """Return what the form since Go 1.18 says; None while bytes are missing."""
    version = _counted(data, 32, _VERSION_BYTES)
    modules = _counted(data, version[1], _MODULES_BYTES) if version else None
    return Info(_decoded(version[0]), _unwrapped(modules[0])) if version and modules else None


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _unwrapped(raw: bytes) -> str:
    """Return the modules between their marks; empty for what is no module list."""
    if len(raw) < 33 or raw[-17:-16] != b"\n":
        return ""
    return _decoded(raw[16:-16])


@dataclass(slots=True)
class _Pointers:
    """The older form: the address of the version's string header."""

    order: Literal["little", "big"]
    width: int
    header: Part
    """Address and length of the version."""
    areas: list[_executable.Area]

    def place(self) -> tuple[int, int] | None:
        """Return offset and length of the version in the file; None when they passed unseen."""
        data, width = bytes(self.header.data), self.width
        if len(data) < 2 * width:
            return None
        address, length = (int.from_bytes(data[x : x + width], self.order) for x in (0, width))
        offset = _executable.file_offset(self.areas, address)
        return None if offset is None else (offset, min(length, AHEAD))


@dataclass(slots=True)
class GoTap:
    """Follows the marks of one program."""

    format: str
    marks: Marks
    head: Part = field(default_factory=lambda: Part(0, _executable.HEAD_BYTES))
    infos: list[Part] = field(default_factory=list)
    """Candidates of the form since Go 1.18."""
    lists: list[Part] = field(default_factory=list)
    """Candidates of module lists, wherever they are."""
    pointers: list[_Pointers] = field(default_factory=list)
    versions: dict[int, bytes] = field(default_factory=dict)
    """Version-like texts by their offset."""
    found: Info | None = None

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece; enough once the newer form is whole."""
        at = self.marks.at
        self.head.take(at, piece)
        for hit in self.marks.feed(piece):
            self._begin(hit)
        self._take(at, piece)
        return self.found is None

    def close(self) -> bytes | None:
        """Return version and modules as JSON."""
        for hit in self.marks.close() if self.found is None else ():
            self._begin(hit)
        self._take(self.marks.at, b"")
        info = self.found or self._cut() or self._pointed()
        if info is None:
            return None
        return orjson.dumps(
            told(go=info.version, modules=info.modules, missing=info.missing, format=self.format)
        )

    def _take(self, at: int, piece: bytes | memoryview) -> None:
        for part in (*self.infos, *self.lists, *(x.header for x in self.pointers)):
            part.take(at, piece)
        for part in self.infos:
            self.found = self.found or inline(part.data)

    def _begin(self, hit: Hit) -> None:
        if hit.mark == 2:
            if len(self.versions) < _PLACES:
                self.versions[hit.at] = hit.data
        elif hit.mark == 1:
            if len(self.lists) < _CANDIDATES:
                self.lists.append(Part(hit.at, _MODULES_BYTES, bytearray(hit.data)))
        elif not hit.at % 16 and len(hit.data) >= 36:
            self._begin_info(hit)

    def _begin_info(self, hit: Hit) -> None:
        """Tell the forms apart (bit 1 of the flags), ignore copies of the mark as a text."""
        width, flags = hit.data[14], hit.data[15]
        if flags in (2, 3):
            if len(self.infos) < _CANDIDATES and _names_go(hit.data):
                self.infos.append(Part(hit.at, 2 * _MODULES_BYTES, bytearray(hit.data)))
        elif flags < 2 and width in (4, 8) and len(self.pointers) < _CANDIDATES:
            self.pointers.append(self._at(hit, width, "big" if flags else "little"))

    def _at(self, hit: Hit, width: int, order: Literal["little", "big"]) -> _Pointers:
        areas = _executable.areas(bytes(self.head.data))
        address = int.from_bytes(hit.data[16 : 16 + width], order)
        offset = _executable.file_offset(areas, address)
        return _Pointers(order, width, Part(-1 if offset is None else offset, 2 * width), areas)

    def _cut(self) -> Info | None:
        """Return the version of a newer form whose module list is over the limit or cut."""
        for part in self.infos:
            version = _counted(part.data, 32, _VERSION_BYTES)
            if version:
                return Info(_decoded(version[0]), "", "modules")
        return None

    def _pointed(self) -> Info | None:
        """Return what the older form says: modules by their marks, the version by its place."""
        if not self.pointers:
            return None
        modules = next(filter(None, map(_list, self.lists)), "")
        for pointers in self.pointers:
            offset, length = pointers.place() or (-1, 0)
            version = _decoded(self.versions.get(offset, b"")[:length])
            if version:
                return Info(version, modules)
        return Info("", modules, "version")


def _names_go(data: bytes) -> bool:
    """Tell a version from whatever else stands behind a copy of the mark."""
    length = _uvarint(data, 32)
    return length is not None and data[length[1] :].startswith((b"go", b"devel", UNKNOWN.encode()))


def _list(part: Part) -> str:
    end = part.data.find(_MODULES_END)
    return _unwrapped(bytes(part.data[: end + 16])) if end >= 0 else ""

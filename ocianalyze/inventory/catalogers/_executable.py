"""Where the bytes of a program are in its file: ELF, PE and Mach-O, from the head alone.

Sources: gABI chapter 5, Microsoft's PE format, Apple's `mach-o/loader.h`.
"""

import struct
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import elf_layout

HEAD_BYTES = 8192
"""Enough for the tables of segments; those that reach beyond are read in part."""
_ELF = elf_layout.MAGIC
_PE = b"MZ"
_MACHO = {
    b"\xcf\xfa\xed\xfe": ("<", True),
    b"\xce\xfa\xed\xfe": ("<", False),
    b"\xfe\xed\xfa\xcf": (">", True),
    b"\xfe\xed\xfa\xce": (">", False),
}
_FAT = b"\xca\xfe\xba\xbe"
_FAT_ARCHITECTURES = 20
"""Java's class files have the same magic and a version from 45 in this place."""
MAGICS = frozenset({_ELF, _PE, _FAT, *_MACHO})
STREAMS = (b"x\x9c", b"x\xda")
"""Beginnings of a zlib stream: default and best compression."""
BUILD_INFO = b"\xff Go buildinf:"
"""Mark of Go's linker."""
MODULES_BEGIN = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
GO_TEXTS = (BUILD_INFO, MODULES_BEGIN, b"go1.")
GZIP = bytes.fromhex("1f8b08000000000000")
"""Beginning of a gzip stream as Java writes it: no name, no time."""
DEPENDENCIES = b'"runtimeTarget": {'
"""First member of the dependency manifest of a .NET program."""
GRAALVM = b"com.oracle.svm.core.VM="
"""Before the name and version of the compiler of a native image."""
TEXTS = (*STREAMS, *GO_TEXTS, GZIP, DEPENDENCIES, GRAALVM)
"""All that is looked for in every program."""
_COMMANDS = 512
_SECTIONS = 96
"""Of a PE file, as the format allows."""


class Area(NamedTuple):
    """Bytes of the file that are loaded at an address."""

    address: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class _Head:
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


def kind(head: bytes | memoryview) -> str:
    """Return `elf`, `pe` or `macho`; empty for what is no program."""
    magic = bytes(head[:8])
    if magic[:4] == _ELF:
        return "elf"
    if magic[:2] == _PE:
        return "pe"
    fat = magic[:4] == _FAT and 0 < int.from_bytes(magic[4:8], "big") <= _FAT_ARCHITECTURES
    return "macho" if fat or magic[:4] in _MACHO else ""


def areas(head: bytes) -> list[Area]:
    """Return what is loaded where; empty when the head cannot tell. Never raises."""
    readers = {"elf": _elf, "pe": _pe, "macho": _macho}
    reader = readers.get(kind(head))
    try:
        return reader(head) if reader else []
    except struct.error:
        return []


def file_offset(found: list[Area], address: int) -> int | None:
    """Translate an address in memory to an offset in the file."""
    for area in found:
        if 0 <= address - area.address < area.size:
            return area.offset + address - area.address
    return None


def _elf(head: bytes) -> list[Area]:
    form = elf_layout.layout(head[:64])
    found = elf_layout.segments(_Head(head), form) if form else None
    loads = [x for x in found or [] if x.type == 1]  # PT_LOAD
    return [Area(x.address, x.offset, x.size) for x in loads]


def _pe(head: bytes) -> list[Area]:
    (at,) = struct.unpack_from("<I", head, 0x3C)
    if head[at : at + 4] != b"PE\0\0":
        return []
    count, options = struct.unpack_from("<2xH12xH", head, at + 4)
    (magic,) = struct.unpack_from("<H", head, at + 24)
    base = struct.unpack_from("<Q" if magic == 0x20B else "<4xI", head, at + 48)[0]
    table = at + 24 + options
    rows = (
        struct.unpack_from("<8xIIII", head, table + 40 * index)
        for index in range(min(count, _SECTIONS))
        if table + 40 * (index + 1) <= len(head)
    )
    return [Area(base + address, offset, size) for _, address, size, offset in rows]


def _macho(head: bytes) -> list[Area]:
    order, wide = _MACHO.get(head[:4], ("", False))
    if not order:
        return []
    (count,) = struct.unpack_from(f"{order}I", head, 16)
    at, found = 32 if wide else 28, []
    for _ in range(min(count, _COMMANDS)):
        if at + 48 > len(head):
            break
        command, length = struct.unpack_from(f"{order}II", head, at)
        if command == (0x19 if wide else 0x01):  # LC_SEGMENT_64, LC_SEGMENT
            form = f"{order}24xQ8xQQ" if wide else f"{order}24xI4xII"
            address, offset, size = struct.unpack_from(form, head, at)
            found.append(Area(address, offset, size))
        at += max(length, 8)
    return found

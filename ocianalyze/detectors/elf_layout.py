"""Where the parts of an ELF file are: its header and program headers (gABI chapters 4 and 5)."""

import struct
from functools import cache
from typing import NamedTuple, Protocol

MAGIC = b"\x7fELF"
TEXT_LIMIT = 256
"""Bytes of one string kept: interpreter, library, search path."""
_SEGMENT_LIMIT = 256
TABLE_LIMIT = 64 * 1024
"""Bytes of the dynamic table that are read."""

LOAD, DYNAMIC, INTERPRETER = 1, 2, 3
structure = cache(struct.Struct)


class Content(Protocol):
    """A file of which not every byte needs to be at hand."""

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes; empty when they are outside the file or not at hand."""
        ...


class Segment(NamedTuple):
    """One program header, the fields that matter."""

    type: int
    offset: int
    address: int
    size: int


class Layout(NamedTuple):
    """How one file spells its structures, and where its tables are."""

    order: str
    """`<` or `>`, as `struct` writes it."""
    wide: bool
    """64 bits."""
    machine: int
    segments_at: int
    segment_size: int
    segment_count: int


def layout(head: bytes) -> Layout | None:
    """Read the ELF header; None when it is too short or names no class or byte order."""
    if head[:4] != MAGIC or head[4:5] not in (b"\1", b"\2") or head[5:6] not in (b"\1", b"\2"):
        return None
    order, wide = "<" if head[5] == 1 else ">", head[4] == 2
    form = structure(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"))
    if len(head) < 16 + form.size:
        return None
    _, machine, _, _, at, _, _, _, size, count, *_ = form.unpack_from(head, 16)
    return Layout(order, wide, machine, at, size, count)


def segments(content: Content, form: Layout) -> list[Segment] | None:
    """Read the program headers; None when they are not at hand or of a wrong size."""
    entry = structure(form.order + ("IIQQQQQQ" if form.wide else "IIIIIIII"))
    count = min(form.segment_count, _SEGMENT_LIMIT)
    if count and form.segment_size != entry.size:
        return None
    table = content.read(form.segments_at, count * entry.size)
    if len(table) < count * entry.size:
        return None
    if form.wide:
        return [
            Segment(kind, offset, address, size)
            for kind, _, offset, address, _, size, _, _ in entry.iter_unpack(table)
        ]
    return [
        Segment(kind, offset, address, size)
        for kind, offset, address, _, size, _, _, _ in entry.iter_unpack(table)
    ]


def wanted(found: list[Segment], size: int) -> list[tuple[int, int]]:
    """Return the byte ranges (start, end) beside the head that the facts are in."""
    limits = {DYNAMIC: TABLE_LIMIT, INTERPRETER: TEXT_LIMIT}
    told = [segment for segment in found if segment.type in limits and 0 < segment.offset < size]
    lengths = (min(segment.size, limits[segment.type]) for segment in told)
    return [(x.offset, min(x.offset + n, size)) for x, n in zip(told, lengths, strict=True)]


def file_offset(found: list[Segment], address: int) -> int | None:
    """Translate an address in memory to an offset in the file."""
    for segment in found:
        if segment.type == LOAD and 0 <= address - segment.address < segment.size:
            return segment.offset + address - segment.address
    return None

"""Berkeley DB hash file `Packages` (rpm 4 until 2020), in either byte order.

Every hash page is read, whichever bucket it belongs to: keys and values alternate, and a value
too large for its page is a chain of overflow pages. Each overflow page is used once, so loops and
shared chains end.
"""

import struct
from collections.abc import Iterator
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._rpm_record import HEADER_BYTES, Record

MAGIC_AT = 12
MAGICS = {b"\x61\x15\x06\x00": "<", b"\x00\x06\x15\x61": ">"}
"""Hash magic to byte order."""

_META_BYTES = 72
_HASH_META = 8
_HASH_PAGES = frozenset({2, 13})
"""Unsorted pages of before version 4.6, and sorted ones."""
_OVERFLOW = 7
_ON_PAGE = 1
_OFF_PAGE = 3
_PAGE_HEAD = 26
_PAGE_SIZES = frozenset(1 << n for n in range(9, 17))
_VALUES = 1_000_000
"""Values looked at in one file."""


@dataclass(slots=True)
class _File:
    """A database and which of its overflow pages were used."""

    data: memoryview
    order: str
    size: int
    """Of a page."""
    used: set[int] = field(default_factory=set)

    def u16(self, at: int) -> int:
        (value,) = struct.unpack_from(self.order + "H", self.data, at)
        return int(value)

    def u32(self, at: int) -> int:
        (value,) = struct.unpack_from(self.order + "I", self.data, at)
        return int(value)


def records(data: memoryview) -> Iterator[Record | str]:
    """Yield the headers in the order of the pages; a text for each damaged one."""
    order = MAGICS.get(bytes(data[MAGIC_AT : MAGIC_AT + 4]))
    if order is None or len(data) < _META_BYTES:
        yield "not a Berkeley DB hash file"
        return
    file = _File(data, order, 0)
    file.size = file.u32(20)
    if file.size not in _PAGE_SIZES or data[24] or data[25] != _HASH_META:
        yield "Berkeley DB file is encrypted or its first page is damaged"
        return
    pages = file.u32(32) + 1
    if pages > len(data) // file.size:
        yield "database is shorter than its pages"
    left = _VALUES
    for page in range(1, min(pages, len(data) // file.size)):
        if data[page * file.size + 25] in _HASH_PAGES:
            left -= file.u16(page * file.size + 20)
            if left < 0:
                yield "database has too many values"
                return
            yield from _values(file, page * file.size)


def _values(file: _File, start: int) -> Iterator[Record | str]:
    """Yield the values of one hash page; items fill it from its end, keys first."""
    entries = min(file.u16(start + 20), (file.size - _PAGE_HEAD) // 2)
    offsets = struct.unpack_from(f"{file.order}{entries}H", file.data, start + _PAGE_HEAD)
    for index in range(1, entries, 2):
        at, end = offsets[index], offsets[index - 1]
        if not _PAGE_HEAD <= at < end <= file.size:
            yield f"page {start // file.size} has items that overlap"
            return
        kind = file.data[start + at]
        if kind == _OFF_PAGE and end - at >= 12:
            yield _chain(file, file.u32(start + at + 4), file.u32(start + at + 8))
        elif kind != _ON_PAGE:
            yield f"page {start // file.size} has a value of unknown kind"
        elif end - at > 9:  # shorter ones count instances
            yield Record(bytes(file.data[start + at + 1 : start + end]))


def _chain(file: _File, page: int, length: int) -> Record | str:
    """Return a value kept in overflow pages."""
    if length > HEADER_BYTES:
        return f"overflow pages from {page} hold more than what is read"
    parts: list[memoryview] = []
    missing, first = length, page
    while page and missing > 0:
        start = page * file.size
        if start + file.size > len(file.data) or page in file.used:
            return f"overflow page {page} is out of reach or used twice"
        if file.data[start + 25] != _OVERFLOW:
            return f"page {page} is no overflow page"
        file.used.add(page)
        filled = min(file.u16(start + 22), file.size - _PAGE_HEAD, missing)
        parts.append(file.data[start + _PAGE_HEAD : start + _PAGE_HEAD + filled])
        missing -= filled
        page = file.u32(start + 16)
    if missing:
        return f"overflow pages from {first} end too early"
    return Record(b"".join(parts))

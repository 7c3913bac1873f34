"""Tables of an SQLite file read over its bytes (SQLite's file format, sections 1.3, 1.5 and 2.1).

Pages come from the file, or from the frames of a write-ahead log; a page that is not there is
damage of what needs it. Each page is used once, so loops and shared pages end.
"""

import struct
from collections.abc import Iterator
from dataclasses import field
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.limits import MIB

ROW_BYTES = 32 * MIB
"""Read of one row."""
MAGIC = b"SQLite format 3\0"

_HEADER_BYTES = 100
_PAGE_SIZES = frozenset(1 << n for n in range(9, 17))
_INTERIOR = 5
_LEAF = 13
_CELLS = 1_000_000
"""Cells looked at in one table."""
_COLUMNS = 64
_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8)
"""Bytes of a value by its serial type; 8 and 9 are the numbers 0 and 1."""

Value = int | float | bytes | None


@dataclass(slots=True)
class Pages:
    """Pages by number, counted from 1, and which the walk has used."""

    data: memoryview
    size: int
    usable: int
    """Bytes of a page without those reserved at its end."""
    at: dict[int, int] | None = None
    """Where pages are, when not one after the other."""
    used: set[int] = field(default_factory=set)

    def take(self, number: int) -> memoryview | None:
        """Return a page that was not used yet."""
        start = (number - 1) * self.size if self.at is None else self.at.get(number, -1)
        if number < 1 or start < 0 or start + self.size > len(self.data) or number in self.used:
            return None
        self.used.add(number)
        return self.data[start : start + self.size]


class Cell(NamedTuple):
    """One row of a leaf."""

    row: int
    size: int
    """Of its payload."""
    at: int
    """Where the payload begins in the page."""


@dataclass(frozen=True, slots=True)
class Node:
    """One page of a table's tree."""

    number: int
    page: memoryview
    children: list[int]
    cells: list[Cell]


def pages_of(data: memoryview) -> Pages:
    """Return the pages of a database file.

    Raises:
        ValueError: it has no usable header.

    """
    if len(data) < _HEADER_BYTES or data[:16] != MAGIC:
        raise ValueError("not an SQLite database")
    (size,) = struct.unpack_from(">H", data, 16)
    size = 65536 if size == 1 else size
    if size not in _PAGE_SIZES or size - data[20] < 480:
        raise ValueError(f"page size of {size} bytes is not allowed")
    return Pages(data, size, size - data[20])


def shortage(data: memoryview) -> Iterator[str]:
    """Yield a text for a database file that ends before its last page.

    The number of pages in the header counts when the header was written with it (section 1.3.7).
    """
    (count,) = struct.unpack_from(">I", data, 28)
    size = pages_of(data).size
    if data[24:28] == data[92:96] and len(data) < count * size:
        yield f"ends after {len(data)} bytes, its header tells {count} pages of {size}"


def root_of(pages: Pages, table: str) -> int:
    """Return the number of a table's first page; 0 for a table that is not there."""
    wanted = table.encode()
    for node in walk(pages, 1):
        if isinstance(node, str):
            continue
        for cell in node.cells:
            row = values(payload(pages, node, cell) or b"")
            if len(row) > 3 and row[0] == b"table" and row[1] == wanted:
                return row[3] if isinstance(row[3], int) else 0
    return 0


def walk(pages: Pages, root: int) -> Iterator[Node | str]:
    """Yield the pages of a table in the order of its rows; a text for each damaged one."""
    waiting, left = [root], _CELLS
    while waiting:
        number = waiting.pop()
        page = pages.take(number)
        node = None if page is None else _node(number, page)
        if node is None:
            yield f"page {number} is missing or no part of a table"
            continue
        left -= len(node.cells) + len(node.children)
        if left < 0:
            yield "table has too many rows"
            return
        waiting.extend(reversed(node.children))
        yield node


def _node(number: int, page: memoryview) -> Node | None:
    start = _HEADER_BYTES if number == 1 else 0
    kind = page[start]
    if kind not in (_INTERIOR, _LEAF):
        return None
    (count,) = struct.unpack_from(">H", page, start + 3)
    head = start + (12 if kind == _INTERIOR else 8)
    count = min(count, (len(page) - head) // 2)
    offsets = [at for at in struct.unpack_from(f">{count}H", page, head) if at <= len(page) - 4]
    if kind == _LEAF:
        return Node(number, page, [], [_cell(page, at) for at in offsets])
    children = [struct.unpack_from(">I", page, at)[0] for at in offsets]
    children += struct.unpack_from(">I", page, start + 8)
    return Node(number, page, children, [])


def _cell(page: memoryview, at: int) -> Cell:
    size, at = _varint(page, at)
    row, at = _varint(page, at)
    return Cell(row, size, at)


def payload(pages: Pages, node: Node, cell: Cell) -> bytes | None:
    """Return a row's bytes; None when a page of them is missing."""
    usable = pages.usable
    if cell.size > min(len(pages.data), ROW_BYTES):
        return None
    local = _local(cell.size, usable)
    parts = [node.page[cell.at : cell.at + local]]
    if cell.at + local + (4 if local < cell.size else 0) > usable:
        return None
    missing, at = cell.size - local, cell.at + local
    following = int.from_bytes(node.page[at : at + 4]) if missing else 0
    while missing > 0:
        page = pages.take(following)
        if page is None:
            return None
        parts.append(page[4 : 4 + min(missing, usable - 4)])
        missing -= usable - 4
        following = int.from_bytes(page[:4])
    return b"".join(parts)


def _local(size: int, usable: int) -> int:
    """Return how many bytes of a payload stand in its leaf (section 1.6)."""
    most = usable - 35
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    wanted = least + (size - least) % (usable - 4)
    return wanted if wanted <= most else least


def values(record: bytes) -> list[Value]:
    """Return a row's columns, as far as they fit; texts stay bytes."""
    head, at = _varint(record, 0)
    kinds: list[int] = []
    while at < min(head, len(record)) and len(kinds) < _COLUMNS:
        kind, at = _varint(record, at)
        kinds.append(kind)
    found: list[Value] = []
    start = head
    for kind in kinds:
        width = (kind - 12) // 2 if kind >= 12 else _WIDTHS[kind] if kind < 8 else 0
        if start + width > len(record):
            break
        found.append(_value(kind, record[start : start + width]))
        start += width
    return found


def _value(kind: int, raw: bytes) -> Value:
    if kind in (8, 9):
        return kind - 8
    if kind == 7:
        (number,) = struct.unpack(">d", raw)
        return float(number)
    if kind >= 12:
        return raw
    return int.from_bytes(raw, signed=True) if kind else None


def _varint(data: memoryview | bytes, at: int) -> tuple[int, int]:
    """Return a number of at most nine bytes, and where it ends."""
    value = 0
    for count, byte in enumerate(data[at : at + 9], 1):
        if count == 9:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count
    return value, len(data)

"""Committed pages of an SQLite write-ahead log (SQLite's file format, section 4).

rpm leaves a log behind when it is killed, or when a running container is committed. Frames count
up to the last commit, as long as salts and checksums continue those before.
"""

import struct
from itertools import islice

from ocianalyze.inventory.catalogers._rpm_sqlite import Pages

MAGICS = {b"\x37\x7f\x06\x82": "<", b"\x37\x7f\x06\x83": ">"}
"""First bytes to the byte order of the checksums."""

_HEADER = struct.Struct(">IIII8sII")
_FRAME = struct.Struct(">II8sII")
_PAGE_SIZES = frozenset(1 << n for n in range(9, 17))
_Sum = tuple[int, int]


def pages_of(data: memoryview) -> Pages:
    """Return the last committed version of every page that the log holds.

    The bytes reserved at a page's end are only known when its first page is among them; rpm
    reserves none.

    Raises:
        ValueError: it has no usable header.

    """
    order = MAGICS.get(bytes(data[:4]))
    if order is None or len(data) < _HEADER.size:
        raise ValueError("not a write-ahead log of SQLite")
    _, _, size, _, salt, first, second = _HEADER.unpack_from(data)
    total = _add((0, 0), data[: _HEADER.size - 8], order)
    if size not in _PAGE_SIZES or total != (first, second):
        raise ValueError("write-ahead log has a damaged header")
    at = _committed(data, order, size, salt, total)
    reserved = data[at[1] + 20] if 1 in at else 0
    return Pages(data, size, max(size - reserved, 480), at)


def _committed(data: memoryview, order: str, size: int, salt: bytes, total: _Sum) -> dict[int, int]:
    """Return where the pages are, by number."""
    committed: dict[int, int] = {}
    pending: dict[int, int] = {}
    last = 0
    for start in range(_HEADER.size, len(data) - _FRAME.size - size + 1, _FRAME.size + size):
        number, after, salted, first, second = _FRAME.unpack_from(data, start)
        page = start + _FRAME.size
        total = _add(total, data[start : start + 8], order)
        total = _add(total, data[page : page + size], order)
        if salted != salt or total != (first, second):
            break
        pending[number] = page
        if after:  # pages of the database after this commit
            committed.update(pending)
            pending, last = {}, after
    return {number: page for number, page in committed.items() if number <= last}


def _add(total: _Sum, data: memoryview, order: str) -> _Sum:
    """Continue the checksum over pairs of 32-bit words."""
    first, second = total
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(islice(words, 0, None, 2), islice(words, 1, None, 2), strict=False):
        first = first + even + second & 0xFFFFFFFF
        second = second + odd + first & 0xFFFFFFFF
    return first, second

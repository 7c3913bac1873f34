"""Sparse files: old GNU headers, and GNU's PAX formats 0.0, 0.1 and 1.0."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.tar import (
    BLOCK,
    Extended,
    Header,
    Segment,
    gnu_sparse_numbers,
    number,
    sparse_map,
)

_ZEROS = memoryview(bytes(1 << 16))
_MAX_NUMBERS = 1 << 20
"""Numbers in one sparse map."""


@dataclass(frozen=True, slots=True)
class SparseMap:
    """Where the stored data of a sparse file belongs."""

    size: int
    """Logical size, holes included."""
    segments: list[Segment]
    valid: bool
    consumed: int
    """Bytes of the member's data that were the map itself."""

    @property
    def holes(self) -> int:
        """Bytes that are not stored."""
        return self.size - sum(segment.length for segment in self.segments)

    def expand(self, pieces: Iterator[memoryview]) -> Iterator[memoryview]:
        """Yield the logical content: stored pieces in their places, zeros between them."""
        rest = memoryview(b"")
        at = 0
        for offset, length in self.segments:
            yield from _zeros(offset - at)
            at = offset + length
            while length > 0:
                rest = rest or next(pieces, memoryview(b""))
                if not rest:
                    return
                yield rest[:length]
                length, rest = length - len(rest[:length]), rest[length:]  # noqa: PLW2901
        yield from _zeros(self.size - at)


def _zeros(length: int) -> Iterator[memoryview]:
    while length > 0:
        yield _ZEROS[:length]
        length -= len(_ZEROS)


def read_sparse(
    header: Header, block: bytes, extended: Extended, cursor: Cursor
) -> SparseMap | None:
    """Return the map of a sparse member, None for any other; may read on from the cursor."""
    records = extended.records
    if header.flag == b"S":
        return _old_gnu(block, cursor)
    if header.flag not in b"07" or not any(key.startswith(b"GNU.sparse.") for key in records):
        if extended.sparse and header.flag in b"07":
            return _from_numbers(extended, [_decimal(raw) for raw in extended.sparse])
        return None
    if records.get(b"GNU.sparse.major") == b"1":
        return _version_1(extended, cursor)
    raw = records.get(b"GNU.sparse.map")
    values = raw.split(b",") if raw is not None else extended.sparse
    return _from_numbers(extended, [_decimal(value) for value in values[:_MAX_NUMBERS]])


def _real_size(extended: Extended) -> int:
    value = extended.number(b"GNU.sparse.realsize", None)
    value = extended.number(b"GNU.sparse.size", None) if value is None else value
    return max(0, value or 0)


def _from_numbers(extended: Extended, numbers: list[int | None], consumed: int = 0) -> SparseMap:
    size = _real_size(extended)
    segments = sparse_map(numbers, size)
    return SparseMap(size, segments or [], segments is not None, consumed)


def _old_gnu(block: bytes, cursor: Cursor) -> SparseMap:
    numbers, more = gnu_sparse_numbers(block[386:483])
    size = number(block[483:495]) or 0
    while more and len(numbers) < _MAX_NUMBERS:
        following = cursor.read(BLOCK)
        if len(following) < BLOCK:
            break
        found, more = gnu_sparse_numbers(following[:505])
        numbers += found
    segments = sparse_map(numbers, size)
    return SparseMap(max(0, size), segments or [], segments is not None, 0)


def _version_1(extended: Extended, cursor: Cursor) -> SparseMap:
    """Read the map that format 1.0 puts before the data: decimal lines, the count first."""
    text = bytearray()
    lines, wanted = 0, 1
    while lines < wanted <= _MAX_NUMBERS:
        block = cursor.read(BLOCK)
        text += block
        lines += block.count(b"\n")
        count = _decimal(bytes(text[:BLOCK]).partition(b"\n")[0])
        if len(block) < BLOCK or (lines and count is None):
            return SparseMap(_real_size(extended), [], valid=False, consumed=len(text))
        wanted = 1 + 2 * (count or 0)
    numbers = [_decimal(line) for line in bytes(text).split(b"\n")[1:wanted]]
    return _from_numbers(extended, numbers, len(text))


def _decimal(raw: bytes) -> int | None:
    return int(raw) if re.fullmatch(rb"\d{1,19}", raw) else None

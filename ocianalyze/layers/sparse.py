"""Sparse files: old GNU headers, and GNU's PAX formats 0.0, 0.1 and 1.0.

Source: the GNU tar manual, "Storing Sparse Files". Which members are sparse is decided as Go's
`archive/tar` decides it, so that no stray `GNU.sparse.` record hides a content from this reader.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.pax import Extended
from ocianalyze.layers.tar import BLOCK, Header, number
from ocianalyze.limits import MIB

LARGEST = (1 << 63) - 1
"""Size of the largest file."""
_ZEROS = memoryview(bytes(1 << 16))
_MAX_NUMBERS = 1 << 20
"""Numbers in one sparse map."""
_MAX_TEXT = 16 * MIB
"""Bytes of one map in lines."""
_MAPS = {(b"0", b"0"), (b"0", b"1")}
_REAL_SIZES = (b"GNU.sparse.size", b"GNU.sparse.realsize")


class Placed(NamedTuple):
    """Where stored bytes lie in a sparse file; both columns rise together."""

    stored: "array[int]"
    """Where each segment begins in the data as stored."""
    offsets: "array[int]"
    """And in the file."""
    length: int
    """Bytes that are stored."""

    def offset(self, at: int) -> int:
        """Return the byte of the file that a stored byte is."""
        segment = bisect_right(self.stored, at) - 1
        return at if segment < 0 else self.offsets[segment] + at - self.stored[segment]


class Segment(NamedTuple):
    """A stretch of data in a sparse file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SparseMap:
    """Where the stored data of a sparse file belongs."""

    size: int
    """Logical size, holes included."""
    segments: list[Segment]
    valid: bool
    name: bytes = b""
    """The file's own path, where the header's is that of the stored form."""
    consumed: int = 0
    """Bytes of the member's data that were the map itself."""

    @property
    def stored(self) -> int:
        """Bytes of data that the map accounts for."""
        return sum(segment.length for segment in self.segments)

    @property
    def holes(self) -> int:
        """Bytes that are not stored."""
        return self.size - self.stored

    def placed(self) -> Placed:
        """Return where the stored bytes lie, in few bytes of memory."""
        offsets, lengths = zip(*self.segments, strict=True) if self.segments else ((), ())
        *begins, length = accumulate(lengths, initial=0)
        return Placed(array("Q", begins), array("Q", offsets), length)

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


def read_sparse(
    header: Header, block: bytes, extended: Extended, cursor: Cursor
) -> SparseMap | None:
    """Return the map of a sparse member, None for any other; may read on from the cursor."""
    if header.flag == b"S":
        return _old_gnu(block, cursor)
    records = extended.records
    if header.flag not in b"0\x007" or not (extended.sparse or records):
        return None
    version = records.get(b"GNU.sparse.major", b""), records.get(b"GNU.sparse.minor", b"")
    if version == (b"1", b"0"):
        return _version_1(header, extended, cursor)
    if version in _MAPS or (version == (b"", b"") and _map(extended)):
        numbers = [_decimal(value) for value in _map(extended)[:_MAX_NUMBERS]]
        return _from_numbers(header, extended, numbers)
    return None


def sparse_map(numbers: list[int | None], real_size: int) -> list[Segment] | None:
    """Return the data segments, or None when they overlap, run backwards or leave the file."""
    segments: list[Segment] = []
    end = 0
    if len(numbers) % 2 or not 0 <= real_size <= LARGEST:
        return None
    for offset, length in zip(numbers[::2], numbers[1::2], strict=True):
        if offset is None or length is None or length < 0 or offset < end:
            return None
        end = offset + length
        if end > real_size:
            return None
        if length:
            segments.append(Segment(offset, length))
    return segments


def gnu_sparse_numbers(raw: bytes) -> tuple[list[int | None], bool]:
    """Return the offset and length fields of an old GNU sparse block, and whether more follow.

    The main header holds four pairs from byte 386, an extension block 21 from byte 0; each ends
    with a flag that another extension block follows.
    """
    numbers: list[int | None] = []
    for at in range(0, len(raw) - 24, 24):
        if raw[at] == 0:
            break
        numbers += [number(raw[at : at + 12]), number(raw[at + 12 : at + 24])]
    return numbers, raw[-1] != 0


def _zeros(length: int) -> Iterator[memoryview]:
    while length > 0:
        yield _ZEROS[:length]
        length -= len(_ZEROS)


def _map(extended: Extended) -> list[bytes]:
    """Return the numbers of formats 0.0 (a record each) or 0.1 (one record)."""
    if extended.sparse:
        return extended.sparse
    raw = extended.records.get(b"GNU.sparse.map")
    return raw.split(b",", _MAX_NUMBERS) if raw else []


def _made(
    numbers: list[int | None], size: int | None, name: bytes = b"", consumed: int = 0
) -> SparseMap:
    real = -1 if size is None else size
    segments = sparse_map(numbers, real)
    clamped = min(max(0, real), LARGEST)
    return SparseMap(clamped, segments or [], segments is not None, name, consumed)


def _from_numbers(
    header: Header, extended: Extended, numbers: list[int | None], consumed: int = 0
) -> SparseMap:
    size = extended.number(b"size", header.size)
    for key in reversed(_REAL_SIZES):
        size = extended.number(key, size)
    return _made(numbers, size, extended.text(b"GNU.sparse.name", b""), consumed)


def _old_gnu(block: bytes, cursor: Cursor) -> SparseMap:
    numbers, more = gnu_sparse_numbers(block[386:483])
    while more and len(numbers) < _MAX_NUMBERS:
        following = cursor.read(BLOCK)
        if len(following) < BLOCK:
            break
        found, more = gnu_sparse_numbers(following[:505])
        numbers += found
    return _made([None] if more else numbers, number(block[483:495]))


def _version_1(header: Header, extended: Extended, cursor: Cursor) -> SparseMap:
    """Read the map that format 1.0 puts before the data: decimal lines, the count first.

    It is part of the member's data and ends with it, whatever the count says.
    """
    text = bytearray()
    lines, wanted, count = 0, 1, None
    room = min(extended.number(b"size", header.size) or 0, _MAX_TEXT)
    while lines < wanted <= _MAX_NUMBERS and len(text) < room:
        block = cursor.read(BLOCK)
        text += block
        lines += block.count(b"\n")
        if lines and count is None:
            count = _decimal(bytes(text[:BLOCK]).partition(b"\n")[0])
            wanted = _MAX_NUMBERS + 1 if count is None else 1 + 2 * count
        if len(block) < BLOCK or not lines:
            break
    if lines < wanted or wanted > _MAX_NUMBERS:
        return _from_numbers(header, extended, [None], len(text))
    numbers = [_decimal(line) for line in bytes(text).split(b"\n")[1:wanted]]
    return _from_numbers(header, extended, numbers, len(text))


def _decimal(raw: bytes) -> int | None:
    return int(raw) if re.fullmatch(rb"[0-9]{1,19}", raw) else None

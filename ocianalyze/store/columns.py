"""Columns of a facts file: each is its length, its length as stored, and its bytes.

A column is zstd-compressed unless that does not shorten it; equal lengths mean that it is raw.
Readers know the length that every column must have before they look at it.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, islice
from operator import lt, sub
from struct import Struct

import zstandard

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, OcianalyzeError
from ocianalyze.model.numbers import narrowed, typecode_of
from ocianalyze.model.strings import Sparse, Strings

Bytes = bytes | bytearray | memoryview

_FRAME = Struct("<QQ")
"""Bytes of the column, bytes as stored."""
_LEVEL = 1
_OBJECT_BYTES = 64
"""Least memory of a string as an object of its own."""


class Damaged(OcianalyzeError):
    """A facts file is not what a writer of this version leaves; its facts are computed anew."""


@dataclass(slots=True)
class ColumnWriter:
    """Turns columns into bytes for a file, one at a time."""

    budget: int
    """Bytes that all columns together may still take."""

    def charge(self, size: int) -> None:
        """Take bytes from the budget.

        Raises:
            LimitExceeded: too little is left; no reader would accept the file.

        """
        self.budget -= size
        if self.budget < 0:
            raise LimitExceeded("facts are too large to be kept", limit="")

    def column(self, values: "Bytes | array[int]", *, compress: bool = True) -> Iterator[bytes]:
        """Yield one column.

        Raises:
            LimitExceeded: the columns together are larger than any reader accepts.

        """
        raw = memoryview(values).cast("B")
        self.charge(len(raw))
        stored = zstandard.ZstdCompressor(level=_LEVEL).compress(raw) if compress and raw else raw
        if len(stored) >= len(raw):
            stored = raw
        yield _FRAME.pack(len(raw), len(stored))
        yield bytes(stored)

    def strings(self, strings: Strings) -> Iterator[bytes]:
        """Yield the lengths of the strings, then the strings end to end."""
        ends = strings.ends
        yield from self.column(array("I", map(sub, ends, chain((0,), ends))))
        yield from self.column(strings.data)

    def table(self, strings: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a list of strings, each an object of its own when it is read."""
        table = tuple(strings)
        self.charge(len(table) * _OBJECT_BYTES)
        yield from self.column(array("I", map(len, table)))
        yield from self.column(b"".join(table))

    def sparse(self, sparse: Sparse) -> Iterator[bytes]:
        """Yield the entry numbers, then the values."""
        yield from self.column(sparse.entries)
        yield from self.strings(sparse.values)


@dataclass(slots=True)
class ColumnReader:
    """Reads columns in the order of the file; nothing in the file is believed."""

    data: memoryview
    """From the first column to the last, nothing behind."""
    budget: int
    """Bytes that may still be allocated."""
    at: int = 0

    def charge(self, size: int) -> None:
        """Take bytes from the budget.

        Raises:
            Damaged: too little is left.

        """
        self.budget -= size
        if self.budget < 0:
            raise Damaged("facts are larger than the limit")

    def column(self, size: int) -> Bytes:
        """Return the next column, which must have `size` bytes.

        Raises:
            Damaged: it has not, or cannot be read.

        """
        self.charge(size)
        raw, stored = self._frame()
        start = self.at + _FRAME.size
        if raw != size or stored > size or stored > len(self.data) - start:
            raise Damaged("column has the wrong length")
        self.at = start + stored
        piece = self.data[start : self.at]
        return piece if stored == size else _inflate(piece, size)

    def _frame(self) -> tuple[int, int]:
        if len(self.data) - self.at < _FRAME.size:
            raise Damaged("facts end before a column")
        raw, stored = _FRAME.unpack_from(self.data, self.at)
        return raw, stored

    def bytes_column(self, count: int) -> bytearray:
        """Return a column of bytes."""
        return bytearray(self.column(count))

    def numbers(self, typecode: str, count: int) -> "array[int]":
        """Return a column of numbers."""
        values = array(typecode)
        values.frombytes(self.column(count * values.itemsize))
        return values

    def narrow(self, widest: str, count: int) -> "array[int]":
        """Return a column of numbers that may be narrower than those it was made of.

        Raises:
            Damaged: no such column has its length.

        """
        if not count:
            return self.numbers(widest, 0)
        size, _ = self._frame()
        try:
            typecode = typecode_of(size // count, widest)
        except ValueError as error:
            raise Damaged("column has the wrong length") from error
        return self.numbers(typecode, count)

    def strings(self, count: int) -> Strings:
        """Return strings; their ends rise because only lengths are stored."""
        ends = narrowed(array("Q", accumulate(self.numbers("I", count))))
        return Strings(self.bytes_column(ends[-1] if ends else 0), ends)

    def table(self, count: int) -> list[bytes]:
        """Return a list of strings."""
        self.charge(count * _OBJECT_BYTES)
        return list(self.strings(count))

    def sparse(self, count: int, entries: int) -> Sparse:
        """Return a column that few of the entries have.

        Raises:
            Damaged: its entry numbers do not rise or lie beyond the entries.

        """
        numbers = self.numbers("I", count)
        if not all(map(lt, numbers, islice(numbers, 1, None))):
            raise Damaged("entry numbers do not rise")
        within(numbers, entries)
        return Sparse(numbers, self.strings(count))

    def finish(self) -> None:
        """Raise Damaged when something follows the last column."""
        if self.at != len(self.data):
            raise Damaged("bytes after the last column")


def within(indexes: "array[int]", size: int) -> None:
    """Raise Damaged when an index lies outside a table of `size`."""
    if max(indexes, default=-1) >= size:
        raise Damaged("index outside its table")


def only(column: bytearray, allowed: bytes) -> None:
    """Raise Damaged when a column has another byte than the allowed ones."""
    if column.translate(None, allowed):
        raise Damaged("byte without a meaning")


def _inflate(piece: memoryview, size: int) -> bytes:
    # The frame's own promise is looked at first: the library allocates what it says.
    try:
        if zstandard.frame_content_size(piece) != size:
            raise Damaged("column has the wrong length")
        return zstandard.ZstdDecompressor().decompress(piece, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Damaged("column cannot be inflated") from error

"""Columns of byte strings, without an object for each."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.model.numbers import narrowed

_BATCH = 1 << 12
"""Strings that are copied at a time."""
_COPIED = 64 << 20
"""Bytes of a buffer that may be there twice."""


@dataclass(slots=True)
class Strings:
    """Byte strings end to end: one buffer and where each ends."""

    data: bytes | bytearray = field(default_factory=bytearray)
    """Grows as a bytearray; `freeze` makes it bytes."""
    ends: "array[int]" = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        """Return how many strings there are."""
        return len(self.ends)

    def __getitem__(self, index: int) -> bytes:
        """Return one string."""
        start = self.ends[index - 1] if index else 0
        return bytes(self.data[start : self.ends[index]])

    def __iter__(self) -> Iterator[bytes]:
        """Yield all strings in order."""
        first = 0
        for at in range(0, len(self.ends), _BATCH):
            ends, start = self.ends[at : at + _BATCH], 0
            data = bytes(self.data[first : ends[-1]])
            for end in ends:
                yield data[start : end - first]
                start = end - first
            first = ends[-1]

    def where(self, value: bytes) -> Iterator[int]:
        """Yield the indexes of one string that is not empty, at the speed of a search."""
        at = self.data.find(value)
        while at >= 0:
            index = bisect_right(self.ends, at)
            start = self.ends[index - 1] if index else 0
            if at == start and self.ends[index] == start + len(value):
                yield index
            at = self.data.find(value, self.ends[index])

    def freeze(self) -> None:
        """Take that none will be added.

        Bytes are quicker to slice than a bytearray; a large one is not there twice.
        """
        self.ends = narrowed(self.ends)
        if len(self.data) <= _COPIED:
            self.data = bytes(self.data)

    def append(self, value: bytes) -> None:
        """Add one string."""
        self.data += value
        self.ends.append(len(self.data))


@dataclass(slots=True)
class Sparse:
    """A column that few entries have: entry numbers in rising order, and their values."""

    entries: "array[int]" = field(default_factory=lambda: array("I"))
    values: Strings = field(default_factory=Strings)

    def get(self, entry: int) -> bytes:
        """Return the entry's value, empty when it has none."""
        at = bisect_left(self.entries, entry)
        if at < len(self.entries) and self.entries[at] == entry:
            return self.values[at]
        return b""

    def set(self, entry: int, value: bytes) -> None:
        """Add the value of an entry; entries come in rising order."""
        self.entries.append(entry)
        self.values.append(value)

    def items(self) -> Iterator[tuple[int, bytes]]:
        """Yield entry numbers with their values."""
        return zip(self.entries, self.values, strict=True)

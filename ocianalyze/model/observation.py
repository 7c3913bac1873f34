"""What observers made of the entries of one layer, as columns: there may be a million.

Small values repeat, as what is told of scripts does: one that came up lately is kept once.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import compress, islice
from operator import le
from typing import NamedTuple

from ocianalyze.model.on_demand import OnDemand
from ocianalyze.model.strings import Strings

_SMALL = 256
"""Bytes of a value that is looked for among earlier ones."""
_LATELY = 1_024
"""Values that are remembered at a time."""


class Observation(NamedTuple):
    """What one observer made of one entry."""

    entry: int
    """Number of the entry in its layer."""
    value: bytes
    """The captured content, or the extracted facts as JSON; each observer says which."""
    complete: bool = True
    """False when a limit cut the content that the observer saw."""


class Observations(OnDemand[Observation]):
    """What one observer made of the entries of a layer, in their order."""

    def __init__(self, seen: Iterable[Observation] = ()) -> None:
        """Take some in any order."""
        self.entries = array("I")
        """Numbers of the entries; where one comes twice the last counts."""
        self.complete = bytearray()
        """Of each, 1 when no limit cut it."""
        self._which = array("I")
        """Of each, where its value is."""
        self._values = Strings()
        self._lately: dict[bytes, int] = {}
        for one in seen:
            self.append(one)
        self.sort()

    @classmethod
    def of(cls, entries: "array[int]", complete: bytearray, values: Strings) -> "Observations":
        """Return those that columns make."""
        found = cls()
        found.entries, found.complete, found._values = entries, complete, values
        found._which = array("I", range(len(entries)))
        found.sort()
        return found

    def append(self, one: Observation) -> None:
        """Add one, of any entry; `sort` comes after the last."""
        self.entries.append(one.entry)
        self.complete.append(one.complete)
        self._which.append(self._number(one.value))

    def _number(self, value: bytes) -> int:
        """Return where a value is, putting it there if need be."""
        found = self._lately.get(value) if len(value) <= _SMALL else None
        if found is not None:
            return found
        if len(value) <= _SMALL:
            if len(self._lately) == _LATELY:
                self._lately.clear()
            self._lately[value] = len(self._values)
        self._values.append(value)
        return len(self._values) - 1

    def sort(self) -> None:
        """Bring all into the order of their entries."""
        entries = self.entries
        if all(map(le, entries, islice(entries, 1, None))):
            return
        order = sorted(range(len(entries)), key=entries.__getitem__)
        self.entries = array("I", map(entries.__getitem__, order))
        self.complete = bytearray(map(self.complete.__getitem__, order))
        self._which = array("I", map(self._which.__getitem__, order))

    def value(self, entry: int) -> bytes | None:
        """Return what was made of an entry, None when nothing of it was seen."""
        at = bisect_right(self.entries, entry) - 1
        if at < 0 or self.entries[at] != entry:
            return None
        return self._value(at) or (b"" if self.complete[at] else None)

    def _value(self, at: int) -> bytes:
        return self._values[self._which[at]]

    def values(self) -> Strings:
        """Return all values as a column."""
        found = Strings()
        for at in range(len(self)):
            found.append(self._value(at))
        return found

    def seen(self) -> Iterator[tuple[int, bytes]]:
        """Yield entries with what was made of them, each once."""
        for at, entry in enumerate(self.entries):
            is_last = at + 1 == len(self.entries) or self.entries[at + 1] != entry
            value = self._value(at)
            if is_last and (value or self.complete[at]):
                yield entry, value

    def cut(self) -> Iterator[int]:
        """Yield the entries that were not seen to their end."""
        return compress(self.entries, (not whole for whole in self.complete))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.entries)

    def make(self, at: int) -> Observation:
        """Return one of them."""
        return Observation(self.entries[at], self._value(at), bool(self.complete[at]))

"""The engine that is always there: fixed texts first, then `re` for whatever they let through.

It is slow, a few megabytes a second, and finds what the others find.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import Expression, refusal
from ocianalyze.detectors.secrets.engine import PIECE_EVENTS, Event, most_events
from ocianalyze.detectors.secrets.literals import needed

_OVERLAP = 16 << 10
"""Bytes of earlier pieces that are looked at again; no trigger is longer."""
_LONG = 1 << 10
"""Matches longer than that are not looked into for others."""
_ENDS = 32
"""Ends of matches with one start."""
_GRAM = 4
"""Bytes of a text by which it is sought among those that data has."""
_SHORT = -1
"""Stands for all texts with fewer."""

Fired = Callable[[bytes], Iterable[int]]
"""Tells of a block which expressions may have a match in it; never forgets one that has."""


@dataclass(frozen=True, slots=True)
class Sliding:
    """Looks at blocks that overlap, for want of an automaton that keeps its state."""

    name: str
    rules: Sequence[Rule]
    expressions: Sequence[Expression]
    fired: Fired
    _patterns: dict[int, "re.Pattern[bytes]"] = field(default_factory=dict, repr=False)

    def stream(self) -> "_Stream":
        """Begin a content."""
        return _Stream(self)

    def scan(self, data: bytes | memoryview) -> tuple[list[Event], bool]:
        """Return the ends in a block, and whether there were too many."""
        found: list[Event] = []
        for event in self.ends(bytes(data), 0):
            found.append(event)
            if len(found) >= PIECE_EVENTS:
                return found, True
        return found, False

    def ends(self, data: bytes, after: int) -> Iterator[Event]:
        """Yield the ends behind an offset."""
        for index in self.fired(data):
            for end in _ends(self._pattern(index), data, after):
                yield index, end

    def _pattern(self, index: int) -> "re.Pattern[bytes]":
        if index not in self._patterns:
            self._patterns[index] = re.compile(self.expressions[index].text.encode())
        return self._patterns[index]


@dataclass(slots=True)
class _Stream:
    engine: Sliding
    exhausted: bool = False
    _last: bytes = b""
    _at: int = 0
    _told: int = 0
    _count: int = 0

    def feed(self, piece: bytes | memoryview) -> list[Event]:
        """Return the ends up to the last byte, before which nobody knows what follows."""
        data = self._last + bytes(piece)
        self._at += len(piece)
        found = self._found(data, self._at - 1)
        self._last = data[-_OVERLAP:]
        return found

    def close(self) -> list[Event]:
        """Return the ends at the last byte."""
        return self._found(self._last, self._at)

    def _found(self, data: bytes, until: int) -> list[Event]:
        base, after, self._told = self._at - len(data), self._told, max(self._told, until)
        found: list[Event] = []
        for index, end in self.engine.ends(data, after - base):
            if self._count >= most_events(self._at) or len(found) >= PIECE_EVENTS:
                self.exhausted = True
                break
            if end + base <= until:
                found.append((index, end + base))
                self._count += 1
        return found


def compiled(rules: Sequence[Rule], wanted: Sequence[Expression]) -> Sliding:
    """Return the engine for expressions.

    Raises:
        UsageError: one of them is not for `re`; names the rule.

    """
    for expression in wanted:
        try:
            if not expression.coding:
                re.compile(expression.text.encode())
        except re.error as error:
            raise refusal(rules, expression, error) from error
    return Sliding("re", tuple(rules), tuple(wanted), with_texts(wanted))


def with_texts(wanted: Sequence[Expression]) -> Fired:
    """Return what tells the expressions of which a needed text is in some data.

    Ten thousand texts are not sought one by one: few have their first four bytes in the data.
    """
    known: dict[int, list[tuple[int, bytes]]] = {}
    for index, expression in enumerate(wanted):
        for text in needed(expression.text):
            known.setdefault(_gram(text), []).append((index, text))
    short = known.pop(_SHORT, [])

    def fired(data: bytes) -> Iterable[int]:
        folded = data.lower()
        rows = chain(short, *(known[gram] for gram in _grams(folded, known)))
        return sorted({index for index, text in rows if text in folded})

    return fired


def _gram(text: bytes) -> int:
    """Return the first bytes of a text as a number."""
    return int.from_bytes(text[:_GRAM], sys.byteorder) if len(text) >= _GRAM else _SHORT


def _grams(data: bytes, known: Mapping[int, object]) -> set[int]:
    """Return those of the known runs of four bytes that data has, as numbers."""
    found: set[int] = set()
    for start in range(min(_GRAM, len(data))):
        stop = len(data) - (len(data) - start) % _GRAM
        found |= known.keys() & memoryview(data)[start:stop].cast("I")
    return found


def _ends(pattern: "re.Pattern[bytes]", data: bytes, after: int) -> Iterator[int]:
    """Yield where matches end behind an offset, those that begin inside others too.

    With every start the longest ends come first; an end may be told more than once.
    """
    at = 0
    while match := pattern.search(data, at):
        start, end = match.span()
        at = start + 1 if end - start < _LONG else end
        for _ in range(_ENDS):
            if end <= after or end == start:
                break
            yield end
            shorter = pattern.match(data, start, end - 1)
            if not shorter:
                break
            end = shorter.end()

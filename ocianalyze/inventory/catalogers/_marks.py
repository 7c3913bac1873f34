"""Find fixed texts in a content that passes in pieces, and gather what stands behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import cache
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.automaton import Automaton

AHEAD = 64
"""Bytes that are shown with every hit, fewer only at the end of the content."""
_SMALL = 4096
"""Pieces below this are joined with what came before."""
_HITS = 20_000
"""Of one content; real programs have a few hundred, a file made of marks would take minutes."""


class Hit(NamedTuple):
    """One place of one mark."""

    mark: int
    """Index of the text."""
    at: int
    """Offset in the content."""
    data: bytes
    """The mark and what follows, `AHEAD` bytes."""


_Ends = Sequence[tuple[int, int]]
"""Number of the text and end of each hit."""


class _Company:
    """Looks for the texts of several `Marks` at once: those that see the same piece share it."""

    def __init__(self, texts: tuple[bytes, ...]) -> None:
        """Compile the texts."""
        self._automaton = Automaton(texts)
        self._last: tuple[object, _Ends | None] = (None, None)
        """The last piece of some size that was looked at."""

    def ends(self, data: bytes | memoryview) -> _Ends | None:
        """Return all hits in a piece; None for more than are taken together."""
        piece, known = self._last
        if piece is data:
            return known
        found: list[tuple[int, int]] = []

        def note(mark: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            found.append((mark, end))
            return len(found) > _HITS

        ends = found if self._automaton.scan(data, note) else None
        if len(data) >= _SMALL:
            self._last = (data, ends)
        return ends


_company = cache(_Company)
_automaton = cache(Automaton)


@dataclass(slots=True)
class Marks:
    """Looks for some texts; every occurrence is told once, in the order of the content."""

    texts: tuple[bytes, ...]
    """None longer than `AHEAD`."""
    among: tuple[bytes, ...] = ()
    """All texts that are looked for in the same content, these among them."""
    size: int = -1
    """Of the content; when it is not known, its last bytes are looked at by `close`."""
    at: int = 0
    """Bytes seen."""
    left: int = _HITS
    exhausted: bool = False
    """More hits than are told."""
    _tail: bytes = b""
    _ends: list[tuple[int, int]] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> Iterator[Hit]:
        """Yield the hits whose `AHEAD` bytes are complete with this piece."""
        base = self.at - len(self._tail)
        self.at += len(piece)
        if not self._tail and self.at == self.size:
            return self._hits(piece, base, len(piece))
        if len(piece) < _SMALL:
            joined = self._tail + bytes(piece)
            self._tail = joined[-AHEAD:]
            return self._hits(joined, base, len(joined) - AHEAD)
        return self._long(piece, base)

    def close(self) -> Iterator[Hit]:
        """Yield the hits in the last bytes."""
        return self._hits(self._tail, self.at - len(self._tail), len(self._tail))

    def _long(self, piece: bytes | memoryview, base: int) -> Iterator[Hit]:
        seam, length = self._tail + bytes(piece[:AHEAD]), len(self._tail)
        self._tail = bytes(piece[-AHEAD:])
        if length:
            yield from self._hits(seam, base, length)
        yield from self._hits(piece, base + length, len(piece) - AHEAD)

    def _hits(self, data: bytes | memoryview, base: int, end: int) -> Iterator[Hit]:
        """Yield the hits that begin before `end`; those behind belong to the next call."""
        for start, mark in self._starts(data) if end > 0 and self.left > 0 else ():
            if start < end:
                yield Hit(mark, base + start, bytes(data[start : start + AHEAD]))

    def _starts(self, data: bytes | memoryview) -> list[tuple[int, int]]:
        """Return offset and mark of the hits."""
        everything = _company(self.among or self.texts).ends(data)
        own = self._alone(data) if everything is None else self._own(everything)
        return sorted((end - len(self.texts[mark]), mark) for mark, end in own)

    def _own(self, everything: _Ends) -> _Ends:
        """Return those hits that are of these texts, as many as are told."""
        if not everything:
            return ()
        numbers = {text: mark for mark, text in enumerate(self.texts)}
        among = self.among or self.texts
        own = [(numbers[among[x]], end) for x, end in everything if among[x] in numbers]
        self.exhausted = self.exhausted or len(own) >= self.left
        own = own[: self.left]
        self.left -= len(own)
        return own

    def _alone(self, data: bytes | memoryview) -> _Ends:
        """Look for these texts alone: many hits of others do not hide them."""
        self._ends = []
        if not _automaton(self.texts).scan(data, self._note):
            self.exhausted = True
        return self._ends

    def _note(self, mark: int, _start: int, end: int, _flags: int, _context: object) -> bool:
        """Take one hit; True ends the scan."""
        self._ends.append((mark, end))
        self.left -= 1
        return self.left <= 0


@dataclass(slots=True)
class Part:
    """A range of a content, gathered while it passes."""

    start: int
    limit: int
    """Bytes at most."""
    data: bytearray = field(default_factory=bytearray)

    @property
    def full(self) -> bool:
        """Tell that nothing more is wanted."""
        return len(self.data) >= self.limit

    def take(self, at: int, piece: bytes | memoryview) -> None:
        """Add what a piece at an offset has of the part; a part that passed stays empty."""
        begin = self.start + len(self.data) - at
        if 0 <= begin < len(piece) and not self.full:
            self.data += piece[begin : begin + self.limit - len(self.data)]

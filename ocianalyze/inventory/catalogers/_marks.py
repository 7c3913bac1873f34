"""Find fixed texts in a content that passes in pieces, and gather what stands behind them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import hyperscan

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


@cache
def _database(texts: tuple[bytes, ...]) -> "hyperscan.Database":
    """Compile texts as expressions; hyperscan's literals end at the first NUL."""
    import hyperscan  # noqa: PLC0415 - whoever only reads kept values does not need it

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[b"".join(b"\\x%02x" % byte for byte in text) for text in texts],
        ids=list(range(len(texts))),
        elements=len(texts),
        flags=[0] * len(texts),
    )
    return database


@dataclass(slots=True)
class Marks:
    """Looks for some texts; every occurrence is told once, in the order of the content."""

    texts: tuple[bytes, ...]
    """None longer than `AHEAD`."""
    at: int = 0
    """Bytes seen."""
    left: int = _HITS
    exhausted: bool = False
    """More hits than are told."""
    _tail: bytes = b""
    _ends: list[tuple[int, int]] = field(default_factory=list)
    _scratch: "hyperscan.Scratch | None" = None

    def feed(self, piece: bytes | memoryview) -> Iterator[Hit]:
        """Yield the hits whose `AHEAD` bytes are complete with this piece."""
        base = self.at - len(self._tail)
        self.at += len(piece)
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

    def _starts(self, data: Any) -> list[tuple[int, int]]:
        """Return offset and mark of the hits; hyperscan's own annotation forgets views."""
        import hyperscan  # noqa: PLC0415 - as above

        database = _database(self.texts)
        self._scratch = self._scratch or hyperscan.Scratch(database)
        self._ends = []
        try:
            database.scan(data, match_event_handler=self._note, scratch=self._scratch)
        except hyperscan.ScanTerminated:
            self.exhausted = True
        return sorted((end - len(self.texts[mark]), mark) for mark, end in self._ends)

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

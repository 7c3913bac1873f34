"""The search of one content: triggers, patterns, proofs, and one answer for each place.

The bytes may come in any pieces; the answers are the same. A match is looked for when `WINDOW`
bytes behind its trigger are there, and told when nothing that overlaps it can come any more.
"""

from collections.abc import Iterable
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._candidate import WINDOW, Prove, Proved
from ocianalyze.detectors.secrets._coded import Text, decoded
from ocianalyze.detectors.secrets._confirm import MARGIN, Confirm
from ocianalyze.detectors.secrets._engine import Engine, Event, Stream
from ocianalyze.detectors.secrets._prefer import clusters, preferred
from ocianalyze.detectors.secrets._prove import is_place, prove
from ocianalyze.detectors.secrets._recent import Recent

SMALL = 32 << 10
_KEEP = WINDOW + MARGIN + 1
"""Bytes before the end of a trigger; an end may be told one byte late."""
_HOLD = 4 * WINDOW
"""Behind a secret, nothing that overlaps it can come any more."""
_HELD = 10_000
"""Secrets that wait for others."""
_CODED = 4_096
"""Ends of coded beginnings that are decoded of each stretch."""
_STRETCH = 16 << 20


@dataclass(slots=True)
class Search:
    """Finds the secrets of one content; `feed` and `close` return those that are settled."""

    engine: Engine
    path: bytes | None = b""
    """Of the file, for rules that speak of some files only; None lets every rule speak, and whoever
    knows the path later chooses among those that overlap (`_prefer`)."""
    prove: Prove = prove
    small: int = SMALL
    """Pieces below this are joined; a content below it is one block."""
    exhausted: bool = False
    """More triggers than are looked at; something may have been missed."""
    _confirm: Confirm = field(init=False, repr=False)
    _recent: Recent = field(default_factory=Recent, repr=False)
    _small: bytearray = field(default_factory=bytearray, repr=False)
    _stream: Stream | None = None
    _pending: list[tuple[int, int]] = field(default_factory=list)
    """Ends of triggers and their expressions, in order, that wait for what follows."""
    _held: list[Proved] = field(default_factory=list)
    _coded: int = 0

    def __post_init__(self) -> None:
        """Begin without a match."""
        self._confirm = Confirm(self.engine.rules)

    def feed(self, piece: bytes | memoryview) -> list[Proved]:
        """Take the next piece."""
        if self._small or len(piece) < self.small:
            self._small += piece
            if len(self._small) < self.small:
                return []
            piece, self._small = bytes(self._small), bytearray()
        self._stream = self._stream or self.engine.stream()
        self._take(self._stream.feed(piece))
        self._recent.add(piece)
        if self._pending:
            self._resolve(self._recent.at - WINDOW)
        self._recent.keep((self._pending[0][0] if self._pending else self._recent.at) - _KEEP)
        return self._settled(self._recent.at - _HOLD) if self._held else []

    def close(self) -> list[Proved]:
        """Return the secrets that are left; the content has ended."""
        rest = bytes(self._small)
        if self._stream:
            self._take(self._stream.feed(rest) if rest else [])
            self._take(self._stream.close())
            self.exhausted |= self._stream.exhausted
        elif rest:
            self._block(rest)
        return self._ended(rest)

    def find(self, data: bytes) -> list[Proved]:
        """Return the secrets of a content that is one block; instead of `feed` and `close`."""
        self._block(data)
        return self._ended(data)

    def _block(self, data: bytes) -> None:
        events, too_many = self.engine.scan(data)
        self.exhausted |= too_many
        self._take(events)

    def _ended(self, rest: bytes) -> list[Proved]:
        self._recent.add(rest)
        self._resolve(self._recent.at)
        return self._settled(self._recent.at + 1)

    def _take(self, events: Iterable[Event]) -> None:
        """Remember the ends of triggers, each once, in order."""
        if events:
            self._pending += ((end, expression) for expression, end in events)
            self._pending = sorted(set(self._pending))

    def _resolve(self, until: int) -> None:
        """Look for matches around the ends up to an offset."""
        count = 0
        for end, expression in self._pending:
            if end > until:
                break
            count += 1
            self._look(end, expression)
        del self._pending[:count]

    def _look(self, end: int, index: int) -> None:
        expression = self.engine.expressions[index]
        rules = [rule for rule in expression.rules if self._wants(rule, end)]
        text = self._text(end, index) if rules else None
        if text is None:
            return
        if len(expression.rules) > 1:
            rules = [rule for rule in rules if self._confirm.may_match(rule, text)]
        for rule in rules:
            for found in self._confirm.candidates(rule, text, expression.coding):
                if proved := self.prove(found, self.path or b""):
                    self._held.append(proved)

    def _wants(self, rule: int, end: int) -> bool:
        paths = self.engine.rules[rule].paths
        fits = self.path is None or is_place(paths, self.path)
        return fits and self._confirm.news(rule, end)

    def _text(self, end: int, index: int) -> Text | None:
        """Return the text around the end of a trigger, decoded if it was coded."""
        expression = self.engine.expressions[index]
        base, data = self._recent.cut(end - WINDOW - MARGIN, end + WINDOW)
        if not expression.coding:
            return Text(data, end - base, lambda first, last: (base + first, base + last))
        self._coded += 1
        if self._coded > _CODED * (1 + end // _STRETCH):
            self.exhausted = True
            return None
        return decoded(expression, data, end - base, base)

    def _settled(self, until: int) -> list[Proved]:
        """Return the best of every cluster that ends before an offset."""
        held, self._held = self._held, []
        everything = len(held) > _HELD
        found: list[Proved] = []
        for group in clusters(held):
            if everything or max(one.end for one in group) <= until:
                found += group if self.path is None else preferred(group)
            else:
                self._held += group
        return found

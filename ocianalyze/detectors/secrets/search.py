"""The search of one content: triggers, patterns, proofs, and one answer for each place.

The bytes may come in any pieces; the answers are the same. A match is looked for when `WINDOW`
bytes behind its trigger are there, and told when nothing that overlaps it can come any more.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._coded import Text, decoded
from ocianalyze.detectors.secrets._confirm import MARGIN, WIDE, Confirm
from ocianalyze.detectors.secrets._expressions import (
    ARCHIVE,
    GZIP,
    GZIP_SIZE,
    Coding,
    Expression,
)
from ocianalyze.detectors.secrets._prefer import clusters, preferred
from ocianalyze.detectors.secrets._prove import is_place, prove
from ocianalyze.detectors.secrets._reach import WINDOW
from ocianalyze.detectors.secrets._recent import Recent
from ocianalyze.detectors.secrets.candidate import Prove, Proved
from ocianalyze.detectors.secrets.engine import Engine, Event, Stream

SMALL = 32 << 10
_KEEP = WINDOW + MARGIN + 1
"""Bytes before the end of a trigger; an end may be told one byte late."""
_HOLD = 4 * WINDOW
"""Behind a secret, nothing that overlaps it can come any more."""
_HELD = 10_000
"""Secrets that wait for others."""
_VAIN = 32_768 * WIDE
"""Cost of tries of patterns that find nothing, of each stretch: a wide one may take 0.1 ms, and no
text that is not made for it has a tenth."""
_CODED = 8_192
"""Ends of coded beginnings and words around which is decoded, of each stretch."""
_STRETCH = 16 << 20
_BEFORE = WINDOW // 4
"""Bytes before such an end that are decoded."""
_MEANT = WINDOW // 2
"""Bytes behind the end of an escape that are looked at without escapes."""
_AGAIN = 3 / 8
"""Of the bytes behind it, those in which nothing is decoded again; enough follow for a key."""
_END = struct.Struct("<8x2HLLH")
"""End of a zip archive: members on this disk and in all, size of the directory, where it begins,
size of the comment (APPNOTE 4.3.16)."""
_MARK = 8
_ENTRY = 46
"""Bytes of a member in the directory at least."""

Along = Callable[[bytes | memoryview, Sequence[int] | None], None]
"""Takes a piece that was looked at, and in order where the gzip members begin that came to light.

A beginning whose last byte is that of a piece may come with the next. None if the engine does not
look for any.
"""


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
    along: Along | None = None
    """Takes the whole content, in the pieces that are looked at."""
    exhausted: bool = False
    """More triggers than are looked at; something may have been missed."""
    archives: list[int] = field(default_factory=list)
    """Offsets where the directories of zip archives end."""
    _confirm: Confirm = field(init=False, repr=False)
    _recent: Recent = field(default_factory=Recent, repr=False)
    _small: bytearray = field(default_factory=bytearray, repr=False)
    _stream: Stream | None = None
    _gzip: int = field(init=False)
    """Index of the expression that begins gzip members; -1 if there is none."""
    _begins: list[int] = field(default_factory=list)
    _pending: list[tuple[int, int]] = field(default_factory=list)
    """Ends of triggers and their expressions, in order, that wait for what follows."""
    _held: list[Proved] = field(default_factory=list)
    _coded: int = 0
    _decoded: dict[tuple[Coding, int], int] = field(default_factory=dict)
    """Up to where the content was decoded, by coding and place in a group."""

    def __post_init__(self) -> None:
        """Begin without a match."""
        self._confirm = Confirm(self.engine.rules)
        wanted = self.engine.expressions
        self._gzip = len(wanted) - 1 if wanted and wanted[-1] == GZIP else -1

    def feed(self, piece: bytes | memoryview) -> list[Proved]:
        """Take the next piece."""
        if self._small or len(piece) < self.small:
            self._small += piece
            if len(self._small) < self.small:
                return []
            piece, self._small = bytes(self._small), bytearray()
        self._stream = self._stream or self.engine.stream()
        self._take(self._stream.feed(piece))
        self._pass(piece)
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
            self._pass(rest)
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
        self._pass(data)

    def _ended(self, rest: bytes) -> list[Proved]:
        self._recent.add(rest)
        self._resolve(self._recent.at)
        return self._settled(self._recent.at + 1)

    def _take(self, events: Sequence[Event]) -> None:
        """Remember the ends of triggers, each once, in order; gzip members by their beginnings."""
        if events:
            self._pending += ((end, index) for index, end in events if index != self._gzip)
            self._pending = sorted(set(self._pending))
            begins = {end - GZIP_SIZE for index, end in events if index == self._gzip}
            self._begins += sorted(begins)

    def _pass(self, piece: bytes | memoryview) -> None:
        """Pass a piece on with the gzip members that were found with it."""
        begins, self._begins = self._begins, []
        if self.along:
            self.along(piece, None if self._gzip < 0 else begins)

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
        if self._confirm.vain > _VAIN * (1 + end // _STRETCH):
            self.exhausted = True
        elif expression.coding:
            self._decode(end, expression)
        elif rules := [rule for rule in expression.rules if self._wants(rule, end)]:
            base, data = self._recent.cut(end - WINDOW - MARGIN, end + WINDOW)
            text = Text(data, end - base, lambda first, last: (base + first, base + last))
            self._try(rules, text)
        elif expression == ARCHIVE and len(self.archives) < _HELD:
            at = end - _MARK
            if _is_archive(self._recent.cut(at, at + _END.size)[1]):
                self.archives.append(at)

    def _decode(self, end: int, expression: Expression) -> None:
        """Look for all triggers in the text around the end of a coded one; one level."""
        coding = expression.coding
        phase = (end - expression.phase) % 4 if coding != "escaped" else expression.phase
        if end <= self._decoded.get((coding, phase), 0):
            return
        self._coded += 1
        if self._coded > _CODED * (1 + end // _STRETCH):
            self.exhausted = True
            return
        ahead = WINDOW if coding != "escaped" else _MEANT
        base, data = self._recent.cut(end - _BEFORE, end + ahead)
        text = decoded(expression, data, end - base, base)
        until = end + int(ahead * _AGAIN)
        self._decoded[coding, phase] = min(text.span(0, len(text.data))[1], until)
        events, too_many = self.engine.scan(text.data)
        self.exhausted |= too_many
        for at, index in sorted({(at, index) for index, at in events}):
            outer = text.span(0, at)[1]
            rules = [x for x in self.engine.expressions[index].rules if self._wants(x, outer)]
            self._try(rules, Text(text.data, at, text.span), coding)

    def _try(self, rules: Sequence[int], text: Text, coding: Coding = "") -> None:
        """Look for matches of rules around the end of a trigger."""
        if len(rules) > 1:
            rules = [rule for rule in rules if self._confirm.may_match(rule, text)]
        for rule in rules:
            for found in self._confirm.candidates(rule, text, coding):
                if proved := self.prove(found, self.path or b""):
                    self._held.append(proved)

    def _wants(self, rule: int, end: int) -> bool:
        paths = self.engine.rules[rule].paths
        fits = self.path is None or is_place(paths, self.path)
        return fits and self._confirm.news(rule, end)

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


def _is_archive(data: bytes) -> bool:
    """Tell the end of an archive with members from bytes that begin like one."""
    if len(data) < _END.size:
        return False
    here, members, size, _, _ = _END.unpack(data)
    return bool(0 < here == members and size >= members * _ENTRY)

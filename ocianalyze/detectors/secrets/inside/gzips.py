"""Gzip members that begin anywhere among other bytes, inflated while these pass (RFC 1952).

Whether a member is one is told by its first bytes, when enough follow or the stream has ended.
Everything is done at places that the bytes alone decide, so any pieces give the same.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import field
from itertools import accumulate
from typing import NamedTuple, Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._flow import (
    DamagedError,
    Data,
    Flow,
    Parser,
    Sink,
    SpentError,
    Taker,
)
from ocianalyze.detectors.secrets.inside.allowance import Spending

MAGIC = b"\x1f\x8b\x08"
_BEGIN = re.compile(MAGIC + rb"[\x00-\x1f]")
"""With flags that mean something; others are reserved. Engines look for the same (`_expressions`).
"""
_BEGIN_SIZE = 4
_FEXTRA, _FNAME, _FCOMMENT = 4, 8, 16
_FIXED = 10
_WINDOW = 1 << 10
"""Bytes of a member that are inflated at first, to tell it from bytes that begin like one."""
BEFORE = 512
"""Bytes in front of a beginning that are remembered."""
_OUT = 1 << 16
_STEP = 1 << 14
"""Bytes of a member that are inflated at once at most: those before damage are lost."""
_AT_ONCE = 8
"""Members in one another, or that run into one another."""
_MEMBERS = 100_000
_LONGEST = 4 << 10
"""Bytes of a name and a comment, beyond the first that are inflated."""
_VAIN = 4_096
"""Beginnings of nothing, of each stretch: no bytes that are not made for it have a tenth."""
_STRETCH = 16 << 20
_NEVER = 1 << 62
"""Farther than any stream is long."""


def named(at: int) -> str:
    """Return what a member in the middle of other bytes is called, by where it begins."""
    return f"gzip at {at}"


def may_hold(data: bytes) -> bool:
    """Tell whether a member may begin somewhere."""
    return _BEGIN.search(data) is not None


class Opened(Sink, Protocol):
    """Takes what comes out of one member."""

    def stop(self) -> None:
        """End before the end: a bound is reached."""
        ...


class Entered(NamedTuple):
    """Where a member goes."""

    sink: Opened
    spending: Spending
    is_stored: bool = False
    """Its bytes are those of a file, and count as read."""


Enter = Callable[[int], Entered]
"""Given where a member begins; raises DamagedError to pass it by, which is told."""


@dataclass(slots=True)
class _Member:
    """One that goes on."""

    at: int
    flow: Flow | None = None
    entered: Entered | None = None
    is_one: bool = False
    """It is more than bytes that begin like a member."""
    is_over: bool = False


@dataclass(slots=True)
class Gzips:
    """Takes a stream in any pieces; whose members are entered is up to who has it."""

    enter: Enter
    is_anothers: Callable[[int, bytes], bool]
    """Tells a beginning that somebody else looks at, given it and `BEFORE` bytes in front."""
    is_full: bool = False
    """There were more beginnings than are looked at."""
    _unread: list[tuple[int, str]] = field(default_factory=list)
    _ended: list[tuple[int, int]] = field(default_factory=list)
    """From where to where there were members."""
    _open: list[_Member] = field(default_factory=list)
    _told: list[int] | None = None
    """Where those begin that others found, and that were not looked at; None if nobody tells."""
    _at: int = 0
    """Where what waits begins."""
    _tail: bytes = b""
    _before: bytes = b""
    """In front of what waits."""
    _given: int = 0
    """Up to where open members were given the stream."""
    _vain: int = 0
    _blind: int = 0
    """Up to where nothing is looked for."""
    _members: int = 0

    def feed(self, piece: Data, begins: Sequence[int] | None = None) -> None:
        """Take the next piece.

        Args:
            piece: of the stream.
            begins: where members may begin, in order, of which the fourth byte is in this piece or
                is the last of the one before; None to look for them here. Always or never given.

        """
        if begins is not None:
            self._told = [*(self._told or ()), *begins]
        data = piece
        if len(piece) < _WINDOW:
            data = self._tail + bytes(piece)
        elif self._tail:
            self._take(self._tail + bytes(piece[:_WINDOW]), len(self._tail))
        ready = max(0, len(data) - _WINDOW)
        self._take(data, ready)
        self._tail = bytes(data[ready:])

    def close(self) -> None:
        """Look at what waits; the stream has ended."""
        self._take(self._tail, len(self._tail))
        for member in self._open:
            self._drive(member, None)
        self._open.clear()

    def stop(self) -> None:
        """End where the stream is; what was found is kept."""
        self._tail, self._blind = b"", _NEVER
        for member in self._open:
            if member.entered:
                member.entered.sink.stop()
        self._open.clear()

    def unread(self) -> list[tuple[int, str]]:
        """Return where members begin that were not looked at to their end, and why.

        Those inside of another that was, are in what came out of it.
        """
        ended = sorted(self._ended)
        begins = [at for at, _ in ended]
        reach = [0, *accumulate((end for _, end in ended), max)]
        return [(at, why) for at, why in self._unread if reach[bisect_left(begins, at)] <= at]

    def _take(self, data: Data, until: int) -> None:
        """Look at beginnings before an offset, and give open members what is before it."""
        begins = self._sought(data, until) if self._told is None else self._due(until)
        for at in begins:
            self._give(data, at - self._at)
            self._begin(at, data)
        self._give(data, until)
        self._before = (self._before + bytes(data[max(0, until - BEFORE) : until]))[-BEFORE:]
        self._at += until

    def _sought(self, data: Data, until: int) -> Iterator[int]:
        """Yield where members begin before an offset of what is there."""
        start = max(0, self._blind - self._at)
        while begun := _BEGIN.search(data, start, until + _BEGIN_SIZE - 1):
            yield self._at + begun.start()
            start = max(begun.start() + 1, self._blind - self._at)

    def _due(self, until: int) -> Iterator[int]:
        """Yield those that were told, and forget them."""
        told = self._told or []
        count = bisect_left(told, self._at + until)
        self._told = told[count:]
        return (at for at in told[:count] if at >= self._blind)

    def _give(self, data: Data, until: int) -> None:
        """Give open members the stream up to an offset of what is there."""
        if self._open:
            piece = data[self._given - self._at : until]
            for member in self._open:
                self._drive(member, piece)
            self._open = [member for member in self._open if not member.is_over]
        self._given = self._at + until

    def _begin(self, at: int, data: Data) -> None:
        """Look at what may be a member."""
        begin = at - self._at
        before = self._before + bytes(data[max(0, begin - BEFORE) : begin])
        if self.is_anothers(at, before[-BEFORE:]):
            return
        window, codec = bytes(data[begin : begin + _WINDOW]), _codecs.gzip()
        first = _first(codec, window)
        if first is None:
            self._in_vain(at)
            return
        self._members += 1
        if self._members > _MEMBERS:
            self.is_full, self._blind = True, _NEVER
        elif codec.eof:
            self._whole(at, first, len(window) - len(codec.unused_data))
        elif len(self._open) >= _AT_ONCE:
            self._unread.append((at, f"has more than {_AT_ONCE} around it that go on"))
        else:
            member = _Member(at)
            member.flow = Flow(self._member(member))
            self._open.append(member)

    def _in_vain(self, at: int) -> None:
        self._vain += 1
        if self._vain > _VAIN * (1 + at // _STRETCH):
            self.is_full, self._blind = True, (1 + at // _STRETCH) * _STRETCH

    def _whole(self, at: int, content: bytes, size: int) -> None:
        """Take a member of which everything is there."""
        member = _Member(at)
        try:
            if content:
                self._pour(member, content)
            self._end(member, size)
        except (DamagedError, SpentError) as error:
            self._fail(member, error)

    def _drive(self, member: _Member, piece: Data | None) -> None:
        """Give a member the next piece, or the end of the stream."""
        flow = member.flow
        try:
            if flow and piece is not None:
                flow.feed(piece)
            elif flow:
                flow.close()
        except (DamagedError, SpentError) as error:
            self._fail(member, error)

    def _fail(self, member: _Member, error: DamagedError | SpentError) -> None:
        """Tell what was not read to its end, unless it was never one."""
        member.is_over = True
        if member.is_one:
            self._unread.append((member.at, str(error)))
        if member.entered:
            member.entered.sink.stop()

    def _pour(self, member: _Member, content: bytes) -> None:
        member.is_one = True
        member.entered = member.entered or self.enter(member.at)
        member.entered.spending.inflate(len(content))
        member.entered.sink.feed(content)

    def _end(self, member: _Member, size: int) -> None:
        member.is_over = True
        if member.entered:
            member.entered.sink.close()
        self._ended.append((member.at, member.at + size))

    def _member(self, member: _Member) -> Parser:
        """Inflate a member."""
        data = yield from self._header(member)
        codec, taken, step = _codecs.gzip(), 0, _WINDOW
        while data:
            taken += len(data)
            for piece in _codecs.pieces(codec, data):
                self._pour(member, piece)
            if member.entered and member.entered.is_stored:
                member.entered.spending.stored += len(data)
            if codec.eof:
                self._end(member, taken - len(codec.unused_data))
                return
            data = yield step
            step = min(2 * step, _STEP)
        raise DamagedError("is cut off")

    def _header(self, member: _Member) -> Generator[int | Taker, bytes, bytes]:
        """Return a header and what follows, `_WINDOW` bytes if the header is not longer.

        ISA-L reads some headers wrongly when they come in two pieces.
        """
        data = yield _FIXED
        flags = data[len(MAGIC)] if len(data) == _FIXED else 0
        if flags & _FEXTRA:
            size = yield 2
            data += size + (yield int.from_bytes(size, "little"))
        names, text = bool(flags & _FNAME) + bool(flags & _FCOMMENT), b""
        for more in (max(1, _WINDOW - len(data)), _LONGEST):
            if text.count(b"\0") < names:
                text += yield more
        if text.count(b"\0") < names and len(text) > _LONGEST:
            member.is_one = True
            raise DamagedError(f"has more than {_LONGEST:,} bytes of name")
        data += text
        return data + (yield max(_FIXED, _WINDOW - len(data)))


def _first(codec: _codecs.Codec, window: bytes) -> bytes | None:
    """Return what comes out of the first bytes of a member; None if it is none."""
    if len(window) <= _FIXED:
        return None
    try:
        return codec.decompress(window, _OUT)
    except _codecs.ERRORS:
        return None

"""A zip archive that passes by once, from its beginning (APPNOTE 4.3): members that matter, whole.

For archives too large to be kept. Local headers tell where members are; one whose size follows it
(flag bit 3) ends where a data descriptor, or the header behind one, tells its distance. The central
directory at the end decides what is in the archive. Memory is bounded by what is kept of a member.
"""

from collections.abc import Callable, Generator
from dataclasses import field
from typing import Any, NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._zip import (
    END,
    END_MAGIC,
    ENTRY,
    ENTRY_MAGIC,
    IN_EXTRA,
    LOCAL,
    NAME_BYTES,
    PREFIX,
    Member,
    decoded,
    wide,
)

_DESCRIPTOR_MAGIC = b"PK\7\x08"
_DESCRIPTOR_SIZE = 12
"""Of one without its magic: checksum, packed size, size."""
_SIZES_FOLLOW = 8
"""Bit of the flags."""
_MARK = 4
_MARKS = (PREFIX, ENTRY_MAGIC, END_MAGIC)
_BEHIND = 24
"""Bytes kept of the last piece, to see a descriptor that two pieces share."""
_LISTED = 100_000
"""Members that matter remembered of a central directory."""

Flow = Generator[None, None, None]
Told = Generator[None, None, bytes]


class Arrival(NamedTuple):
    """A member that matters."""

    member: Member
    packed: bytes | None
    """Its content as stored; None when there is more than is kept."""


@dataclass(slots=True)
class _Kept:
    """What is kept of the member that passes."""

    room: int
    data: bytearray = field(default_factory=bytearray)
    is_cut: bool = False

    def take(self, piece: bytes) -> None:
        """Keep all or nothing."""
        self.is_cut = self.is_cut or len(self.data) + len(piece) > self.room
        if self.is_cut:
            self.data.clear()
        else:
            self.data += piece


class ZipStream:
    """Takes an archive in pieces and hands on the members that matter."""

    def __init__(self, room: Callable[[str], int], arrive: Callable[[Arrival], None]) -> None:
        """Wait for the first piece.

        Args:
            room: how many stored bytes of a member of a name are kept; 0 when it does not matter.
            arrive: takes a member when it has passed.

        """
        self.has_directory = False
        self._listed: set[int] = set()
        """Where members that matter are, as the last central directory says."""
        self._directory, self._behind = -1, -1
        """Where that directory is, and what follows its last record."""
        self._shift = 0
        """Bytes before the archive that its offsets do not count, such as a start script."""
        self._room, self._arrive = room, arrive
        self._data, self._at, self._base = b"", 0, 0
        self._run = self._archive()
        next(self._run)

    def feed(self, piece: bytes | memoryview) -> None:
        """Take the next piece."""
        self._base += len(self._data)
        self._data, self._at = bytes(piece), 0
        next(self._run)

    def listed(self) -> set[int]:
        """Return where members that matter are."""
        return {place + self._shift for place in self._listed}

    def _archive(self) -> Flow:
        """Read headers and directory records, whatever is between them."""
        while True:
            mark = yield from self._next_mark()
            if mark == PREFIX:
                yield from self._member()
            elif mark == ENTRY_MAGIC:
                yield from self._record()
            else:
                yield from self._finish()

    def _next_mark(self) -> Told:
        """Return the next magic of a header or a record, and stand behind it."""
        last = yield from self._exactly(_MARK)
        while last not in _MARKS:
            yield from self._more()
            start = self._base + self._at - len(last)
            window = last + self._data[self._at :]
            found = [at for at in map(window.find, _MARKS) if at >= 0]
            if found:
                last = window[min(found) : min(found) + _MARK]
                self._go_back(window, start, min(found) + _MARK)
            else:
                last = window[-(_MARK - 1) :]
                self._at = len(self._data)
        return last

    def _member(self) -> Flow:
        at = self._base + self._at - _MARK
        header = yield from self._exactly(LOCAL.size - _MARK)
        fields = LOCAL.unpack(PREFIX + header)
        raw = yield from self._exactly(fields[9])
        extra = yield from self._exactly(fields[10])
        member = _member(fields, raw, extra, at)
        kept = _Kept(self._room(member.name))
        if member.flags & _SIZES_FOLLOW and not member.packed:
            size = yield from self._unsized(kept)
            member = member._replace(packed=size)
        else:
            yield from self._sized(kept, member.packed)
        if kept.room:
            self._arrive(Arrival(member, None if kept.is_cut else bytes(kept.data)))

    def _sized(self, kept: _Kept, left: int) -> Flow:
        while left:
            yield from self._more()
            piece = self._data[self._at : self._at + left]
            kept.take(piece)
            self._at += len(piece)
            left -= len(piece)

    def _unsized(self, kept: _Kept) -> Generator[None, None, int]:
        """Let a member of unknown size pass; return its size and stand behind it."""
        start = self._base + self._at
        behind = b""
        while True:
            yield from self._more()
            here = self._base + self._at - len(behind)
            window = behind + self._data[self._at :] if behind or self._at else self._data
            size, end = _end(window, here - start)
            if end >= 0:
                kept.take(self._data[self._at :][: max(size - (here - start) - len(behind), 0)])
                del kept.data[size:]
                self._go_back(window, here, end)
                return size
            kept.take(self._data[self._at :])
            behind = window[-_BEHIND:]
            self._at = len(self._data)

    def _record(self) -> Flow:
        """Read one record of the central directory."""
        at = self._base + self._at - _MARK
        if at != self._behind:
            self._directory = at
            self._listed.clear()
        self.has_directory = True
        header = yield from self._exactly(ENTRY.size - _MARK)
        fields = ENTRY.unpack(ENTRY_MAGIC + header)
        raw = yield from self._exactly(fields[10])
        extra = yield from self._exactly(fields[11])
        yield from self._exactly(fields[12])
        place = fields[16]
        if place == IN_EXTRA:
            place = wide(extra, fields[9], fields[8], place)[2]
        if self._room(decoded(raw, fields[3])) and len(self._listed) < _LISTED:
            self._listed.add(place)
        self._behind = self._base + self._at

    def _finish(self) -> Flow:
        """Read the end record; a long archive's offset is counted from the first byte."""
        at = self._base + self._at - _MARK
        fields = END.unpack(END_MAGIC + (yield from self._exactly(END.size - _MARK)))
        if at == self._behind and fields[6] <= self._directory:
            self._shift = self._directory - fields[6]

    def _more(self) -> Flow:
        """Wait until there are bytes."""
        while self._at >= len(self._data):
            yield

    def _exactly(self, size: int) -> Told:
        """Return the next bytes; at most 64 KiB are asked for."""
        taken = b""
        while len(taken) < size:
            yield from self._more()
            piece = self._data[self._at : self._at + size - len(taken)]
            self._at += len(piece)
            taken += piece
        return taken

    def _go_back(self, window: bytes, start: int, at: int) -> None:
        """Stand at a place of a window that begins at `start`, perhaps in the last piece."""
        self._data, self._base, self._at = window, start, at


def _member(fields: tuple[Any, ...], raw: bytes, extra: bytes, at: int) -> Member:
    flags, method, packed, size = fields[2], fields[3], fields[7], fields[8]
    if IN_EXTRA in (packed, size):
        size, packed, _ = wide(extra, size, packed, 0)
    name = decoded(raw, flags) if len(raw) <= NAME_BYTES else ""
    return Member(name, method, flags, packed, size, at)


def _end(window: bytes, passed: int) -> tuple[int, int]:
    """Return a member's size, and where in the window its descriptor ends; -1 when not in it.

    Args:
        window: bytes of the member, from `passed` on.
        passed: bytes of the member before the window.

    """
    at = window.find(b"PK")
    while at >= 0:
        mark, size = window[at : at + _MARK], passed + at
        if mark == _DESCRIPTOR_MAGIC and _tells(window, at + 8, size):
            return size, at + _MARK + _DESCRIPTOR_SIZE
        size -= _DESCRIPTOR_SIZE
        if mark in (PREFIX, ENTRY_MAGIC) and size >= 0 and _tells(window, at - 8, size):
            return size, at
        at = window.find(b"PK", at + 1)
    return 0, -1


def _tells(window: bytes, at: int, size: int) -> bool:
    """Tell whether a packed size is at a place; of a long one the lower half."""
    return at >= 0 and window[at : at + 4] == (size & IN_EXTRA).to_bytes(4, "little")

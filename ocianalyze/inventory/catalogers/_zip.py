"""Zip archives in memory, by their central directory (APPNOTE 4.3), for hostile ones too.

Only what is asked for is inflated; a budget that nested archives share bounds entries and bytes.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.limits import MIB

END = struct.Struct("<4s4H2LH")
END_MAGIC = b"PK\5\6"
_END_SEARCH = 65_535 + END.size
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_MAGIC = b"PK\6\6"
_LOCATOR_SIZE = 20
ENTRY = struct.Struct("<4s6H3L5H2L")
ENTRY_MAGIC = b"PK\1\2"
LOCAL = struct.Struct("<4s5H3L2H")
PREFIX = b"PK\3\4"
"""First bytes of an archive that nothing precedes: the magic of a local header."""
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 1, 0x800
IN_EXTRA = 0xFFFFFFFF
NAME_BYTES = 4_096

Data = bytes | bytearray | memoryview


@dataclass(slots=True)
class Budget:
    """What one outer file may still cost."""

    inflated: int = 256 * MIB
    entries: int = 500_000
    exhausted: bool = False


class Member(NamedTuple):
    """One entry of a central directory."""

    name: str
    method: int
    flags: int
    packed: int
    size: int
    at: int


@dataclass(frozen=True, slots=True)
class _Directory:
    start: int
    end: int
    shift: int
    """Bytes before the archive that its offsets do not count, such as a start script."""


class Archive:
    """A zip archive, or what a hostile author calls one."""

    def __init__(self, data: Data, budget: Budget) -> None:
        """Find the central directory.

        Raises:
            ValueError: there is none.

        """
        self._data = memoryview(data)
        self._budget = budget
        self._directory = self._find(bytes(self._data[-_END_SEARCH:]))

    def _find(self, tail: bytes) -> _Directory:
        at = tail.rfind(END_MAGIC)
        if at < 0 or len(tail) - at < END.size:
            raise ValueError("a zip archive without a central directory")
        end = len(self._data) - len(tail) + at
        size, offset = END.unpack_from(tail, at)[5:7]
        if IN_EXTRA in (size, offset):
            end, size, offset = self._find64(end)
        start = end - size
        if start < 0 or start < offset:
            raise ValueError("a zip archive whose central directory is cut")
        return _Directory(start, end, start - offset)

    def _find64(self, end: int) -> tuple[int, int, int]:
        """Return the place of the zip64 end record, and size and offset it tells."""
        at = end - _LOCATOR_SIZE - _END64.size
        record = bytes(self._data[max(at, 0) : max(at, 0) + _END64.size])
        if at < 0 or not record.startswith(_END64_MAGIC):
            raise ValueError("a zip64 archive without its end record")
        size, offset = _END64.unpack(record)[8:10]
        return at, size, offset

    @property
    def exhausted(self) -> bool:
        """Tell whether the budget kept something from being read."""
        return self._budget.exhausted

    def members(self) -> Iterator[Member]:
        """Yield the members until the directory ends, is damaged or the budget is spent."""
        at, end = self._directory.start, self._directory.end
        while at + ENTRY.size <= end:
            if self._budget.entries <= 0:
                self._budget.exhausted = True
                return
            self._budget.entries -= 1
            fields = ENTRY.unpack_from(self._data, at)
            if fields[0] != ENTRY_MAGIC:
                return
            name_at = at + ENTRY.size
            at = name_at + fields[10] + fields[11] + fields[12]
            if fields[10] <= NAME_BYTES and at <= end:
                yield self._member(fields, name_at)

    def _member(self, fields: tuple[Any, ...], name_at: int) -> Member:
        flags, method, packed, size, place = fields[3], fields[4], fields[8], fields[9], fields[16]
        raw = bytes(self._data[name_at : name_at + fields[10]])
        name = decoded(raw, flags)
        if IN_EXTRA in (packed, size, place):
            extra_at = name_at + fields[10]
            extra = bytes(self._data[extra_at : extra_at + fields[11]])
            size, packed, place = wide(extra, size, packed, place)
        return Member(name, method, flags, packed, size, place + self._directory.shift)

    def content(self, member: Member, limit: int) -> bytes | memoryview:
        """Return the content of a member.

        Raises:
            ValueError: it is damaged, encrypted or larger than the limit or the budget.

        """
        content = self.head(member, limit + 1)
        if len(content) > limit:
            raise ValueError(f"{member.name:.200} has more than the {limit} bytes that are read")
        return content

    def head(self, member: Member, length: int) -> bytes | memoryview:
        """Return the first bytes of a member's content.

        Raises:
            ValueError: it is damaged, encrypted or the budget is spent.

        """
        return unpacked(member, self._packed(member), length, self._budget)

    def _packed(self, member: Member) -> memoryview:
        header = bytes(self._data[member.at : member.at + LOCAL.size]) if member.at >= 0 else b""
        if len(header) < LOCAL.size or not header.startswith(PREFIX):
            raise ValueError(f"{member.name:.200} has no local header")
        name_size, extra_size = LOCAL.unpack(header)[9:11]
        start = member.at + LOCAL.size + name_size + extra_size
        return self._data[start : start + member.packed]


def unpacked(member: Member, packed: memoryview, length: int, budget: Budget) -> bytes | memoryview:
    """Return the first bytes of a member's content.

    Raises:
        ValueError: it is damaged, encrypted or the budget is spent.

    """
    if member.flags & _ENCRYPTED or member.method not in (_STORED, _DEFLATED):
        raise ValueError(f"{member.name:.200} is encrypted or packed in an unknown way")
    if member.method == _STORED:
        return packed[:length]
    if length > budget.inflated:
        budget.exhausted = True
        raise ValueError("the archives inside have too much content")
    try:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, length)
    except zlib.error as error:
        raise ValueError(f"{member.name:.200} is damaged: {error}") from error
    budget.inflated -= len(content)
    return content


def decoded(raw: bytes, flags: int) -> str:
    """Return a member's name."""
    is_utf8 = flags & _UTF8 or raw.isascii()
    return raw.decode("utf-8" if is_utf8 else "cp437", "replace")


def wide(extra: bytes, size: int, packed: int, place: int) -> tuple[int, int, int]:
    """Return size, packed size and offset, those that say so from the zip64 extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            body = extra[at + 4 : at + 4 + length]
            told = (value for (value,) in struct.iter_unpack("<Q", body[: len(body) // 8 * 8]))
            size = next(told, size) if size == IN_EXTRA else size
            packed = next(told, packed) if packed == IN_EXTRA else packed
            place = next(told, place) if place == IN_EXTRA else place
            break
        at += 4 + length
    return size, packed, place

"""One package's header, as every rpm database keeps it.

Big-endian throughout: how many index entries, how many bytes of data, the entries (tag, type,
offset, count), the data. Databases keep it without the magic and the padding of package files.
Entries that installing added stand last; where a tag occurs twice, they win as they do in rpm.
"""

import struct

from ocianalyze.dataclass import dataclass

STRINGS = 250_000
"""Values read of one array; no package has so many files."""

_ENTRIES = 0xFFFF
"""Index entries of one header, rpm's own bound."""
_ENTRY = struct.Struct(">IIII")
_NUMBERS = {1: "B", 2: "B", 3: "H", 4: "I", 5: "Q"}
_TEXTS = frozenset({6, 8, 9})
_BINARY = 7
_TEXT_BYTES = 16 * 1024
"""Longest single text that is kept."""


@dataclass(frozen=True, slots=True)
class Header:
    """Tags and where their values are."""

    data: bytes
    index: dict[int, tuple[int, int, int]]
    """Type, offset and count by tag."""

    def text(self, tag: int) -> str:
        """Return a text, or the first of several; empty when there is none."""
        kind, at, count = self.index.get(tag, (0, 0, 0))
        if kind not in _TEXTS or not count:
            return ""
        end = self.data.find(b"\0", at)
        value = self.data[at : min(end if end >= 0 else len(self.data), at + _TEXT_BYTES)]
        return value.decode("utf-8", "backslashreplace")

    def strings(self, tag: int) -> list[str]:
        """Return an array of texts, one character for each byte."""
        kind, at, count = self.index.get(tag, (0, 0, 0))
        if kind not in _TEXTS:
            return []
        wanted = min(count, STRINGS)
        values = self.data[at:].split(b"\0", wanted)[:wanted]
        return [value.decode("latin-1") for value in values]

    def numbers(self, tag: int) -> list[int]:
        """Return an array of numbers, as many as the data holds."""
        kind, at, count = self.index.get(tag, (0, 0, 0))
        form = _NUMBERS.get(kind)
        if form is None or at > len(self.data):
            return []
        width = struct.calcsize(form)
        there = min(count, STRINGS, (len(self.data) - at) // width)
        return list(struct.unpack_from(f">{there}{form}", self.data, at))

    def number(self, tag: int) -> int | None:
        """Return a number, or the first of several."""
        values = self.numbers(tag)
        return values[0] if values else None

    def binary(self, tag: int) -> bytes:
        """Return bytes; empty when there are none."""
        kind, at, count = self.index.get(tag, (0, 0, 0))
        return self.data[at : at + count] if kind == _BINARY else b""


def parse(blob: bytes, wanted: frozenset[int]) -> Header:
    """Return the header with those of the wanted tags that it has.

    Raises:
        ValueError: it does not fit its own lengths.

    """
    if len(blob) < 8:
        raise ValueError("header is shorter than its lengths")
    entries, length = struct.unpack_from(">II", blob)
    start = 8 + entries * _ENTRY.size
    if not 0 < entries <= _ENTRIES or start + length > len(blob):
        raise ValueError("header's lengths do not fit its record")
    rows = _ENTRY.iter_unpack(blob[8:start])
    index = {tag: (kind, at, n) for tag, kind, at, n in rows if tag in wanted and at < length}
    return Header(blob[start : start + length], index)

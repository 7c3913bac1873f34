"""Headers of tar archives: v7, ustar, GNU, PAX and star, as tolerant as the runtimes.

Sources: POSIX.1-2001 `pax` (ustar and extended headers), the GNU tar manual ("Basic Tar Format",
"Storing Sparse Files"), star's `star.4`.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

BLOCK = 512
ZEROS = bytes(BLOCK)
FIELDS = Struct("100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x")
USTAR = b"ustar\x0000"
GNU = b"ustar  \0"
_STAR = b"tar\0"
_OCTAL = re.compile(rb"[ \0]*(-?[0-7]*)[ \0]*(?:\0.*)?", re.DOTALL)
_LONGEST_NUMBER = 20
_ADLER = 65521


class Header(NamedTuple):
    """One header block, numbers decoded; None stands for a number that cannot be read."""

    path: bytes
    mode: int | None
    uid: int | None
    gid: int | None
    size: int | None
    mtime: int | None
    flag: bytes
    link: bytes
    uname: bytes
    gname: bytes
    major: int | None
    minor: int | None


class Checksums(dict[bytes, int]):
    """Checksum fields to the Adler-32 remainder that a right header has.

    The low half of Adler-32 is one plus the sum of all bytes, modulo 65521: a hundred times
    quicker than summing 512 bytes here, and it lets pass only sums that differ by 65521.
    """

    def __missing__(self, stored: bytes) -> int:
        """Work out and remember the remainder; -1 for a field that is no number."""
        value = number(stored)
        wanted = -1 if value is None else (value - 8 * 32 + sum(stored) + 1) % _ADLER
        if len(self) < 1 << 17:
            self[stored] = wanted
        return wanted


def has_right_checksum(block: bytes) -> bool:
    """Tell whether a header's checksum holds, summed as unsigned or (old Sun tar) signed bytes."""
    value = number(block[148:156])
    if value is None:
        return False
    rest = block[:148] + block[156:]
    unsigned = sum(rest) + 8 * 32
    if value == unsigned:
        return True
    return value == unsigned - 256 * sum(byte > 127 for byte in rest)


def adler(block: bytes) -> int:
    """Return what `Checksums` predicts."""
    return zlib.adler32(block) & 0xFFFF


def number(raw: bytes) -> int | None:
    """Decode a numeric field: octal text, or base-256 when the first bit is set (GNU, star)."""
    if raw[:1] >= b"\x80":
        value = int.from_bytes(raw, "big")
        bits = 8 * len(raw)
        return value - (1 << bits) if raw[0] == 0xFF else value - (1 << (bits - 1))
    match = _OCTAL.fullmatch(raw)
    if match is None:
        return None
    digits = match[1]
    return int(digits, 8) if digits not in (b"", b"-") else 0


def parse(block: bytes) -> Header:
    """Decode a header block whose checksum held."""
    fields = FIELDS.unpack(block)
    name, mode, uid, gid, size, mtime, _, flag, link, magic, uname, gname, major, minor, prefix = (
        fields
    )
    name = text(name)
    ustar = magic.startswith(b"ustar")
    if ustar and magic != GNU:
        above = text(prefix[:131] if block[508:512] == _STAR else prefix)
        name = above + b"/" + name if above else name
    return Header(
        path=name,
        mode=number(mode),
        uid=number(uid),
        gid=number(gid),
        size=number(size),
        mtime=number(mtime),
        flag=b"0" if flag == b"\0" else flag,
        link=text(link),
        uname=text(uname) if ustar else b"",
        gname=text(gname) if ustar else b"",
        major=number(major) if ustar else 0,
        minor=number(minor) if ustar else 0,
    )


def text(raw: bytes) -> bytes:
    """Return a text field up to its first NUL."""
    return raw.partition(b"\0")[0]


@dataclass(slots=True)
class Extended:
    """What PAX and GNU extended headers say of the next entry."""

    records: dict[bytes, bytes] = field(default_factory=dict)
    sparse: list[bytes] = field(default_factory=list)
    """Offsets and lengths in turn, of sparse format 0.0."""
    problems: list[str] = field(default_factory=list)

    def number(self, key: bytes, otherwise: int | None) -> int | None:
        """Return a decimal record; `otherwise` when it is absent, None when it is no number."""
        raw = self.records.get(key)
        if raw is None:
            return otherwise
        return int(raw) if len(raw) <= _LONGEST_NUMBER and re.fullmatch(rb"-?\d+", raw) else None

    def xattrs(self) -> dict[bytes, bytes]:
        """Return extended attributes (`SCHILY.xattr.`, `LIBARCHIVE.xattr.`) by their own names."""
        found: dict[bytes, bytes] = {}
        for key, value in self.records.items():
            if key.startswith(b"SCHILY.xattr."):
                found[key[13:].replace(b"\0", b"?")] = value
            elif key.startswith(b"LIBARCHIVE.xattr."):
                name = unquote_to_bytes(key[17:]).replace(b"\0", b"?")
                found.setdefault(name, self._base64(value))
        return found

    def _base64(self, value: bytes) -> bytes:
        try:
            return base64.b64decode(value + b"=" * (-len(value) % 4))
        except binascii.Error:
            self.problems.append("LIBARCHIVE.xattr value is no base64")
            return value


def read_pax(data: bytes, into: Extended) -> None:
    """Add the records of one PAX header: length, blank, key, `=`, value, newline."""
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + _LONGEST_NUMBER)
        length = data[at:space] if space > 0 else b""
        if not length.isdigit():
            if data[at:].strip(b"\0"):
                into.problems.append("record without a length")
            return
        end = at + int(length)
        record = data[space + 1 : end]
        key, equals, value = record[:-1].partition(b"=")
        if end > len(data) or record[-1:] != b"\n" or not equals or not key:
            into.problems.append("record of a wrong length")
            return
        _add(into, key, value)
        at = end


def _add(into: Extended, key: bytes, value: bytes) -> None:
    if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
        into.sparse.append(value)
    else:
        into.records[key] = value


class Segment(NamedTuple):
    """A stretch of data in a sparse file."""

    offset: int
    length: int


def sparse_map(numbers: list[int | None], real_size: int) -> list[Segment] | None:
    """Return the data segments, or None when they overlap, run backwards or leave the file."""
    segments: list[Segment] = []
    end = 0
    for offset, length in zip(numbers[::2], numbers[1::2], strict=False):
        if offset is None or length is None or length < 0 or offset < end:
            return None
        end = offset + length
        if end > real_size:
            return None
        if length:
            segments.append(Segment(offset, length))
    return segments


def gnu_sparse_numbers(raw: bytes) -> tuple[list[int | None], bool]:
    """Return the offset and length fields of an old GNU sparse block, and whether more follow.

    The main header holds four pairs from byte 386, an extension block 21 from byte 0; each ends
    with a flag that another extension block follows.
    """
    numbers: list[int | None] = []
    for at in range(0, len(raw) - 24, 24):
        if raw[at] == 0:
            break
        numbers += [number(raw[at : at + 12]), number(raw[at + 12 : at + 24])]
    more = raw[len(raw) // 24 * 24 : len(raw) // 24 * 24 + 1]
    return numbers, bool(more.strip(b"\0"))

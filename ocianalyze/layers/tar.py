"""Headers of tar archives: v7, ustar, GNU, PAX and star, as tolerant as the runtimes.

Sources: POSIX.1-2001 `pax` (ustar and extended headers), the GNU tar manual ("Basic Tar Format",
"Storing Sparse Files"), star's `star.4`.
"""

import re
import zlib
from collections.abc import Mapping
from struct import Struct
from typing import NamedTuple

BLOCK = 512
ZEROS = bytes(BLOCK)
FIELDS = Struct("100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x")
USTAR = b"ustar\x0000"
GNU = b"ustar  \0"
STAR = b"tar\0"
_OCTAL = re.compile(rb"[ \0]*(-?[0-7]*)[ \0]*(?:\0.*)?", re.DOTALL)
_GO_OCTAL = re.compile(rb"[ \0]*(?:[0-7]+(?:\0.*|[ \0]*))?", re.DOTALL)
_ADLER = 65521
_ASCII = bytes(range(128))
_REMEMBERED = 1 << 14


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
    quicker than summing 512 bytes here. Sums of ASCII stay below that; only a header full of
    bytes above 127 could pass with a checksum that is wrong by 65521.
    """

    def __missing__(self, stored: bytes) -> int:
        """Work out and remember the remainder; -1 for a field that is none."""
        value = number(stored)
        wanted = -1
        if value is not None and 0 <= value < _ADLER:
            wanted = (value - 8 * 32 + sum(stored) + 1) % _ADLER
        if len(self) < 1 << 17:
            self[stored] = wanted
        return wanted


def has_right_checksum(block: bytes) -> bool:
    """Tell whether a header's checksum holds, summed as unsigned or (old Sun tar) signed bytes."""
    value = number(block[148:156])
    if value is None:
        return False
    rest = block[:148] + block[156:]
    high = len(rest.translate(None, _ASCII))
    unsigned = 8 * 32 + (sum(rest) if high else adler(rest) - 1)
    return value in (unsigned, unsigned - 256 * high)


def adler(block: bytes) -> int:
    """Return what `Checksums` predicts."""
    return zlib.adler32(block) & 0xFFFF


class Numbers(dict[bytes, int | None]):
    """Numeric fields to their values; few recur often."""

    def __missing__(self, field: bytes) -> int | None:
        """Decode a field and remember it."""
        value = number(field)
        if len(self) < _REMEMBERED:
            self[field] = value
        return value


def number(raw: bytes) -> int | None:
    """Decode a numeric field: octal text, or base-256 when the first bit is set (GNU, star)."""
    octal = raw.rstrip(b" \0")
    if octal.isdigit() and b"8" not in octal and b"9" not in octal:
        return int(octal, 8)
    if raw[:1] >= b"\x80":
        value = int.from_bytes(raw, "big")
        bits = 8 * len(raw)
        return value - (1 << bits) if raw[0] == 0xFF else value - (1 << (bits - 1))
    match = _OCTAL.fullmatch(raw)
    if match is None:
        return None
    digits = match[1]
    return int(digits, 8) if digits not in (b"", b"-") else 0


def parse(block: bytes, numbers: Mapping[bytes, int | None]) -> Header:
    """Decode a header block whose checksum held; a `Numbers` decodes its numbers."""
    fields = FIELDS.unpack(block)
    name, mode, uid, gid, size, mtime, _, flag, link, magic, uname, gname, major, minor, prefix = (
        fields
    )
    above = _above(magic, prefix, block) if prefix[0] else b""
    ustar = magic == GNU or magic[:6] == USTAR[:6]
    return Header(
        path=above + b"/" + text(name) if above else text(name),
        mode=numbers[mode],
        uid=numbers[uid],
        gid=numbers[gid],
        size=numbers[size],
        mtime=numbers[mtime],
        flag=flag,
        link=text(link),
        uname=uname if ustar else b"",
        gname=gname if ustar else b"",
        major=numbers[major] if ustar else 0,
        minor=numbers[minor] if ustar else 0,
    )


def _above(magic: bytes, prefix: bytes, block: bytes) -> bytes:
    """Return the directory in the prefix field, which the format gives a meaning.

    In GNU's it holds two times; Go takes it as a directory where they are none, since it once
    wrote such headers itself.
    """
    if magic == GNU:
        above = text(prefix)
        is_times = _is_time(prefix[:12]) and _is_time(prefix[12:24])
        return b"" if is_times or not above.isascii() else above
    if magic[:6] != USTAR[:6]:
        return b""
    return text(prefix[:131] if block[508:512] == STAR else prefix)


def _is_time(field: bytes) -> bool:
    """Tell a field that Go takes as a time: absent, octal, or binary of 64 bits."""
    if field[0] < 0x80:
        return field[0] == 0 or _GO_OCTAL.fullmatch(field) is not None
    value = number(field)
    return value is not None and -(1 << 63) <= value < 1 << 63


def text(raw: bytes) -> bytes:
    """Return a text field up to its first NUL."""
    return raw.partition(b"\0")[0]

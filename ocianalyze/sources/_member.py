"""Headers of an outer tar (POSIX pax, ustar; GNU tar), read as `docker load` reads them.

Where readers differ this follows Go's `archive/tar`, as the walk of a layer does.
Only what locates a member: name, kind, link target, size. Permissions and times of the outer tar
mean nothing for an image.
"""

import os
import re
import struct
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly

BLOCK = 512
ZERO = bytes(BLOCK)
_WINDOW = 1 << 16
_EXTENSIONS = 64
"""Extended headers before one member; writers use at most three."""
_ADLER = 65521
_BLANKS = 8 * ord(" ")
_LARGEST = 1 << 62
"""Beyond it an offset would not fit what the system takes."""

_USTAR, _GNU, _STAR = b"ustar\0", b"ustar  \0", b"tar\0"
_DECIMAL = re.compile(rb"\+?(?=[0-9])0*+([0-9]{0,19})")
_OCTAL = re.compile(rb"[ \0]*(?:[0-7]+(?:\0.*|[ \0]*))?", re.DOTALL)
_SPARSE = {(b"0", b"0"), (b"0", b"1"), (b"1", b"0")}
_SPARSE_MAPS = (b"GNU.sparse.map", b"GNU.sparse.offset")

Kind = Literal["file", "directory", "symlink", "hardlink", "other"]
_KINDS: dict[bytes, Kind] = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"1": "hardlink",
    b"2": "symlink",
    b"5": "directory",
}
_EMPTY = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
"""Types without content, whatever their size says (as Go's archive/tar has it)."""


class Member(NamedTuple):
    """Where a member of the outer tar is."""

    name: bytes
    """Normalised: no leading `./` or `/`."""
    kind: Kind
    link: bytes
    data: int
    """Offset of the content."""
    size: int
    """Bytes that the header promises."""
    end: int
    """Offset of the next header."""


class Extension(NamedTuple):
    """What extended headers say about the member that follows them."""

    long_name: bytes = b""
    """Of a GNU header of type `L`."""
    long_link: bytes = b""
    """Of a GNU header of type `K`."""
    records: Mapping[bytes, bytes] = MappingProxyType({})
    """Of the last PAX header."""


_NOTHING = Extension()


class Window:
    """Positional reads of a file, with one buffer for headers that lie close together."""

    __slots__ = ("_at", "_buffer", "_descriptor", "size")

    def __init__(self, descriptor: int) -> None:
        """Read from an open file, which stays its owner's."""
        self._descriptor = descriptor
        self._buffer = b""
        self._at = 0
        self.size = os.fstat(descriptor).st_size

    def read(self, at: int, size: int) -> bytes:
        """Return bytes at an offset, fewer where the file ends."""
        start = at - self._at
        if 0 <= start <= len(self._buffer) - size:
            return self._buffer[start : start + size]
        if size > _WINDOW:
            return os.pread(self._descriptor, size, at)
        self._buffer = os.pread(self._descriptor, _WINDOW, at)
        self._at = at
        return self._buffer[:size]


def read_member(window: Window, at: int, limits: Limits, odd: list[Anomaly]) -> Member | None:
    """Return the member whose headers begin at an offset; None where the archive ends.

    What is odd is added to `odd`; a header that cannot be believed ends the archive.
    """
    extension = _NOTHING
    for _ in range(_EXTENSIONS):
        block = window.read(at, BLOCK)
        size = _believed_size(block, at, odd)
        if size is None:
            return None
        kind = block[156:157]
        if kind not in b"xLKg":
            member = _member(window, block, at, size, extension)
            if member is None:
                odd.append(
                    Anomaly("tar.bad-number", "the rest of the archive is unread", offset=at)
                )
            return member
        if kind == b"g":
            extension = _NOTHING
        elif _fits(size, at, limits, odd):
            extension = _extended(kind, window.read(at + BLOCK, size), at, extension, odd)
        at += BLOCK + _padded(size)
    odd.append(Anomaly("tar.bad-pax", "too many extended headers in a row", offset=at))
    return None


def is_header(block: bytes) -> bool:
    """Tell whether a block is a header or the zeros that end an archive."""
    return len(block) == BLOCK and (block == ZERO or _sums_up(block))


def _believed_size(block: bytes, at: int, odd: list[Anomaly]) -> int | None:
    """Return the size in a header; None at the end or for a header that is none."""
    if block == ZERO:
        return None
    if len(block) < BLOCK:
        code = "tar.truncated" if block else "tar.no-end-mark"
        odd.append(Anomaly(code, "archive ends without its end mark", offset=at))
        return None
    if not _sums_up(block):
        odd.append(Anomaly("tar.bad-checksum", "the rest of the archive is unread", offset=at))
        return None
    size = number(block[124:136])
    if size is None or not 0 <= size <= _LARGEST:
        code = "tar.negative-size" if size is not None and size < 0 else "tar.bad-number"
        odd.append(Anomaly(code, "the rest of the archive is unread", offset=at))
        return None
    return size


def _sums_up(block: bytes) -> bool:
    """Compare a header with its checksum, which counts its own field as blanks.

    The low half of adler32 is the sum of the bytes plus one, some twenty times faster than `sum`.
    """
    field = block[148:156]
    stored = number(field)
    if stored is None:
        return False
    others = (zlib.adler32(block) & 0xFFFF) - (zlib.adler32(field) & 0xFFFF)
    if (others + _BLANKS - stored) % _ADLER == 0:
        return True
    signed: tuple[int, ...] = struct.unpack("148b8x356b", block)
    return stored == sum(signed) + _BLANKS


def number(field: bytes) -> int | None:
    """Return an octal or base-256 number; None when it is neither, 0 when it is empty."""
    if field[0] in (0x80, 0xFF):
        value = int.from_bytes(field[1:], "big")
        return value if field[0] == 0x80 else value - (1 << 8 * len(field) - 8)
    if _OCTAL.fullmatch(field) is None:
        return None
    return int(field.strip(b" \0").split(b"\0", 1)[0] or b"0", 8)


def _member(
    window: Window, block: bytes, at: int, size: int, extension: Extension
) -> Member | None:
    """Return a member; None when a record of its size is no number."""
    letter = block[156:157]
    kind = _KINDS.get(letter, "other")
    name = extension.long_name or extension.records.get(b"path") or _name(block)
    link = b""
    if letter == b"\0" and name[-1:] == b"/":
        kind = "directory"  # as archives from before POSIX mark it
    if kind != "file":
        link = extension.long_link or extension.records.get(b"linkpath") or _text(block[157:257])
    if letter in _EMPTY or kind == "directory":
        size = 0
    elif stated := extension.records.get(b"size"):
        decimal = _decimal(stated)
        if decimal is None:
            return None
        size = min(decimal, _LARGEST)
    data = _after_sparse_map(window, block, at + BLOCK) if letter == b"S" else at + BLOCK
    kind = "other" if _is_sparse(extension.records) else kind
    return Member(normal(name), kind, _text(link), data, size, data + _padded(size))


def _name(block: bytes) -> bytes:
    name, above = _text(block[:100]), b""
    if block[345] and block[257:263] == _USTAR:
        above = _text(block[345 : 476 if block[508:] == _STAR else 500])
    elif block[345] and block[257:265] == _GNU and not _has_times(block):
        # Go once wrote such headers, and still reads them so.
        above = _text(block[345:500])
        above = above if above.isascii() else b""
    return above + b"/" + name if above else name


def _has_times(block: bytes) -> bool:
    """Tell that GNU's two times are times, or absent."""
    fields = (block[345:357], block[357:369])
    values = [0 if field[0] == 0 else number(field) for field in fields]
    return all(value is not None and -(1 << 63) <= value < 1 << 63 for value in values)


def _text(field: bytes) -> bytes:
    """Return a text up to its first NUL."""
    return field.split(b"\0", 1)[0]


def _after_sparse_map(window: Window, block: bytes, data: int) -> int:
    """Skip the blocks that continue an old GNU sparse map."""
    more = block[482]
    while more and data < window.size:
        more = window.read(data, BLOCK)[504:505].strip(b"\0")[:1] != b""
        data += BLOCK
    return data


def normal(name: bytes) -> bytes:
    """Drop empty and `.` components, and go up at `..`: `./blobs//x` is `blobs/x`.

    A name that leaves the archive keeps its `..`.
    """
    if not (b"./" in name or b"//" in name or name[:1] == b"/" or name[-1:] in (b"/", b".")):
        return name
    parts: list[bytes] = []
    for part in name.split(b"/"):
        if part == b".." and parts and parts[-1] != b"..":
            parts.pop()
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)


def _padded(size: int) -> int:
    return (size + BLOCK - 1) & -BLOCK


def _fits(size: int, at: int, limits: Limits, odd: list[Anomaly]) -> bool:
    """Tell an extended header that may be read; one that is too large says nothing."""
    if size > limits.header_bytes:
        odd.append(Anomaly("tar.header-too-large", f"{size} bytes", offset=at))
        return False
    return True


def _extended(
    kind: bytes, payload: bytes, at: int, known: Extension, odd: list[Anomaly]
) -> Extension:
    """Add what one extended header says."""
    if kind == b"L":
        return known._replace(long_name=_text(payload))
    if kind == b"K":
        return known._replace(long_link=_text(payload))
    return known._replace(records=_pax(payload, at, odd))


def _pax(payload: bytes, at: int, odd: list[Anomaly]) -> dict[bytes, bytes]:
    """Read PAX records, lines of `LENGTH NAME=VALUE`, up to the first that is none."""
    position = 0
    records: dict[bytes, bytes] = {}
    while position < len(payload):
        blank = max(payload.find(b" ", position), position)
        length = _decimal(payload[position:blank]) or 0
        record = payload[position : position + length]
        name, equals, value = payload[blank + 1 : position + length - 1].partition(b"=")
        if not record.endswith(b"\n") or not equals:
            if payload[position:].strip(b"\0"):
                odd.append(Anomaly("tar.bad-pax", "the record and those after it", offset=at))
            break
        records[name] = _text(value) if name == b"path" else value
        position += length
    return records


def _decimal(raw: bytes) -> int | None:
    match = _DECIMAL.fullmatch(raw)
    value = int(match[1] or b"0") if match else 1 << 63
    return value if value < 1 << 63 else None


def _is_sparse(records: Mapping[bytes, bytes]) -> bool:
    """Tell a sparse file (GNU tar, "Storing Sparse Files") as Go tells it."""
    version = records.get(b"GNU.sparse.major", b""), records.get(b"GNU.sparse.minor", b"")
    return version in _SPARSE or (
        version == (b"", b"") and any(records.get(key) for key in _SPARSE_MAPS)
    )

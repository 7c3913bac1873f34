"""Headers of an outer tar (POSIX pax, ustar; GNU tar), read as `docker load` reads them.

Only what locates a member: name, kind, link target, size. Permissions and times of the outer tar
mean nothing for an image.
"""

import os
import struct
import zlib
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

    name: bytes | None = None
    link: bytes | None = None
    size: int | None = None
    sparse: bool = False


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
        if kind not in b"xXLKg":
            return _member(window, block, at, size, extension)
        if kind != b"g" and _fits(size, at, limits, odd):
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
    text = field.split(b"\0", 1)[0].strip()
    if text.isdigit():
        return None if b"8" in text or b"9" in text else int(text, 8)
    if field[0] in (0x80, 0xFF):
        value = int.from_bytes(field[1:], "big")
        return value if field[0] == 0x80 else value - (1 << 8 * len(field) - 8)
    return None if text else 0


def _member(window: Window, block: bytes, at: int, size: int, extension: Extension) -> Member:
    letter = block[156:157]
    kind = _KINDS.get(letter, "other")
    name = _name(block) if extension.name is None else extension.name
    data = at + BLOCK
    link = b""
    if kind == "file":
        # Before POSIX a directory was a file with a slash at the end.
        kind = "directory" if name[-1:] == b"/" else "file"
    else:
        link = block[157:257].split(b"\0", 1)[0] if extension.link is None else extension.link
        data = _after_sparse_map(window, block, data) if letter == b"S" else data
    size = size if extension.size is None else extension.size
    size = 0 if letter in _EMPTY else size
    kind = "other" if extension.sparse else kind
    return Member(normal(name), kind, link, data, size, data + _padded(size))


def _name(block: bytes) -> bytes:
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0" and block[345]:
        return block[345:500].split(b"\0", 1)[0] + b"/" + name
    return name


def _after_sparse_map(window: Window, block: bytes, data: int) -> int:
    """Skip the blocks that continue an old GNU sparse map."""
    more = block[482]
    while more and data < window.size:
        more = window.read(data, BLOCK)[504:505].strip(b"\0")[:1] != b""
        data += BLOCK
    return data


def normal(name: bytes) -> bytes:
    """Drop empty and `.` components: `./blobs//x` is `blobs/x`."""
    if b"./" in name or b"//" in name or name[:1] == b"/" or name[-1:] in (b"/", b"."):
        return b"/".join(part for part in name.split(b"/") if part not in (b"", b"."))
    return name


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
        return known._replace(name=payload.split(b"\0", 1)[0])
    if kind == b"K":
        return known._replace(link=payload.split(b"\0", 1)[0])
    return _pax(payload, at, known, odd)


def _pax(payload: bytes, at: int, known: Extension, odd: list[Anomaly]) -> Extension:
    """Read PAX records, lines of `LENGTH NAME=VALUE`, up to the first that is none."""
    position = 0
    while position < len(payload):
        digits = payload[position : position + 20].split(b" ", 1)[0]
        length = int(digits) if digits.isdigit() else 0
        record = payload[position : position + length]
        if not record.endswith(b"\n") or b"=" not in record:
            odd.append(Anomaly("tar.bad-pax", "the record and those after it", offset=at))
            break
        name, _, value = record[len(digits) + 1 : -1].partition(b"=")
        known = _record(name, value, known)
        position += length
    return known


def _record(name: bytes, value: bytes, known: Extension) -> Extension:
    if name == b"path":
        return known._replace(name=value.split(b"\0", 1)[0])
    if name == b"linkpath":
        return known._replace(link=value.split(b"\0", 1)[0])
    if name == b"size" and value.isdigit() and len(value) < 20:
        return known._replace(size=int(value))
    if name.startswith(b"GNU.sparse."):
        return known._replace(sparse=True)
    return known

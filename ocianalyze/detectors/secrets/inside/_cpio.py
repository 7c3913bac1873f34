"""Cpio archives, of whatever form, and what follows them in one file (cpio(5), initramfs)."""

import re
import struct
from collections.abc import Callable, Generator
from stat import S_IFMT, S_ISLNK
from typing import NamedTuple

from ocianalyze.detectors.secrets.inside._flow import (
    DamagedError,
    Enter,
    Parser,
    Pour,
    Rest,
    Taker,
    Tell,
    Zeros,
)
from ocianalyze.limits import KIB

_NAME_BYTES = 4 * KIB
_TRAILER = b"TRAILER!!!"
_HEX = re.compile(rb"[0-9A-Fa-f]{8}")
_MAGIC = 6
"""Bytes that tell the form."""
BINARY_CPIO = (b"\xc7\x71", b"\x71\xc7")
"""First bytes of the oldest form, by the order of bytes."""
_KINDS = frozenset(range(0o010000, 0o150000, 0o010000))
_BEHIND = "content"


class _Header(NamedTuple):
    """What a header says, whatever its form."""

    mode: int
    size: int
    name_size: int
    length: int
    """Bytes of the header itself."""
    align: int
    """To which header with name, and content, are filled up."""


def _new(header: bytes) -> _Header:
    fields = [int(one, 16) for one in _HEX.findall(header[_MAGIC:])]
    return _Header(fields[1], fields[6], fields[11], len(header), 4)


def _portable(header: bytes) -> _Header:
    mode, name, size = (int(header[part], 8) for part in (_MODE, _NAME, _SIZE))
    return _Header(mode, size, name, len(header), 1)


_MODE, _NAME, _SIZE = slice(18, 24), slice(59, 65), slice(65, 76)


def _binary(header: bytes) -> _Header:
    form = "<13H" if header.startswith(BINARY_CPIO[0]) else ">13H"
    words = struct.unpack(form, header)
    return _Header(words[3], words[11] << 16 | words[12], words[10], len(header), 2)


class _Form(NamedTuple):
    """One form of headers."""

    fits: re.Pattern[bytes]
    """Whole headers."""
    length: int
    read: Callable[[bytes], _Header]


_NEW = _Form(re.compile(rb"07070[12][0-9A-Fa-f]{104}"), 110, _new)
_PORTABLE = _Form(re.compile(rb"070707[0-7]{70}"), 76, _portable)
_BINARY = _Form(re.compile(rb".{26}", re.DOTALL), 26, _binary)
_FORMS = {
    **dict.fromkeys((b"070701", b"070702"), _NEW),
    b"070707": _PORTABLE,
    **dict.fromkeys(BINARY_CPIO, _BINARY),
}


def is_binary_cpio(head: bytes) -> bool:
    """Tell the oldest form, whose two first bytes alone say too little."""
    if not head.startswith(BINARY_CPIO) or len(head) < 28:
        return False
    header = _binary(head[:26])
    name = head[26 : 26 + header.name_size]
    return S_IFMT(header.mode) in _KINDS and 0 < len(name) == name.find(b"\0") + 1


def cpio_members(enter: Enter, tell: Tell) -> Parser:
    """Read cpio archives one after another, then whatever follows the last.

    The image of a Linux kernel's first file system is made so: a plain archive with microcode, and
    a compressed one behind it.

    Raises:
        DamagedError: a header cannot be read.

    """
    is_over = False
    while head := (yield _MAGIC):
        form = _FORMS.get(head) or _FORMS.get(head[:2])
        if form is None and is_over:
            sink = enter(_BEHIND)
            sink.feed(head)
            yield Rest(sink)
            return
        if form is None:
            raise DamagedError("has an unreadable cpio header")
        header = head + (yield form.length - _MAGIC)
        if not form.fits.fullmatch(header):
            raise DamagedError("has an unreadable cpio header")
        is_over = yield from _member(form.read(header), enter, tell)
        if is_over:
            yield Zeros()


def _member(header: _Header, enter: Enter, tell: Tell) -> "Generator[int | Taker, bytes, bool]":
    """Read a member behind its header; return whether it was the mark at the end."""
    if not 0 < header.name_size <= _NAME_BYTES:
        raise DamagedError("has a cpio member with a long name")
    padding = -(header.length + header.name_size) % header.align
    label = (yield header.name_size + padding)[: header.name_size - 1]
    if label == _TRAILER:
        return True
    name = label.decode("utf-8", "backslashreplace").removeprefix("./")
    tell(name, "path", label)
    if S_ISLNK(header.mode) and header.size <= _NAME_BYTES:
        tell(name, "link", (yield header.size))
    else:
        sink = enter(name) if header.size else None
        yield Pour(sink, header.size)
        if sink:
            sink.close()
    yield -header.size % header.align
    return False

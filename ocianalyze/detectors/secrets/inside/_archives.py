"""Archives whose members follow one another: tar, ar (deb), cpio (rpm)."""

import re
from collections.abc import Callable, Generator

from ocianalyze.detectors.secrets.inside._flow import (
    DamagedError,
    Parser,
    Pour,
    Rest,
    Sink,
    Taker,
)
from ocianalyze.layers import tar
from ocianalyze.layers.pax import read_pax
from ocianalyze.limits import KIB, MIB

Enter = Callable[[str], Sink]
"""Begins a member: given its name, returns where its content goes."""
_PAX_BYTES = MIB
_NAME_BYTES = 4 * KIB
_AR = b"!<arch>\n"
_NEWC = (b"070701", b"070702")
_TRAILER = b"TRAILER!!!"
_RPM_LEAD = 96
_HEX = re.compile(rb"[0-9A-Fa-f]{8}")


def tar_members(enter: Enter) -> Parser:
    """Read a tar (POSIX ustar, PAX, GNU).

    Raises:
        DamagedError: a header cannot be read.

    """
    numbers, name = tar.Numbers(), b""
    while len(block := (yield tar.BLOCK)) == tar.BLOCK:
        if block == tar.ZEROS:
            continue
        if not tar.has_right_checksum(block):
            raise DamagedError("has an unreadable tar header")
        header = tar.parse(block, numbers)
        size = header.size if header.size and header.flag not in b"123456" else 0
        if size < 0:
            raise DamagedError("has a tar member of negative size")
        if header.flag in b"xL":
            name = (yield from _long_name(header.flag, size)) or name
        elif header.flag in b"gK":
            yield Pour(None, size)
        else:
            yield from _member(enter, name or header.path, size)
            name = b""
        yield Pour(None, -size % tar.BLOCK)


def _member(enter: Enter, name: bytes, size: int) -> Parser:
    sink = enter(name.decode("utf-8", "backslashreplace").removeprefix("./")) if size else None
    yield Pour(sink, size)
    if sink:
        sink.close()


def _long_name(flag: bytes, size: int) -> Generator[int | Taker, bytes, bytes]:
    """Read an extended header; return the path that it gives the next member."""
    if size > _PAX_BYTES:
        yield Pour(None, size)
        return b""
    data = yield size
    if flag == b"L":
        return tar.text(data)
    records: dict[bytes, bytes] = {}
    read_pax(data, records, [])
    return records.get(b"path", b"")


def ar_members(enter: Enter) -> Parser:
    """Read an ar archive, as Debian packages are (ar(5), deb(5)).

    Raises:
        DamagedError: a header cannot be read.

    """
    yield len(_AR)
    while len(header := (yield 60)) == 60:
        digits = header[48:58].strip()
        if header[58:] != b"`\n" or not digits.isdigit():
            raise DamagedError("has an unreadable ar header")
        size = int(digits)
        yield from _member(enter, header[:16].rstrip(b" /"), size)
        yield size % 2


def cpio_members(enter: Enter) -> Parser:
    """Read a cpio archive of the new ASCII format (cpio(5)).

    Raises:
        DamagedError: a header cannot be read.

    """
    while header := (yield 110):
        fields = _HEX.findall(header[6:])
        if header[:6] not in _NEWC or len(fields) != 13:
            raise DamagedError("has an unreadable cpio header")
        size, name_size = int(fields[6], 16), int(fields[11], 16)
        if not 0 < name_size <= _NAME_BYTES:
            raise DamagedError("has a cpio member with a long name")
        name = (yield name_size + -(110 + name_size) % 4)[: name_size - 1]
        if name == _TRAILER:
            return
        yield from _member(enter, name, size)
        yield -size % 4


def rpm_payload(enter: Enter) -> Parser:
    """Read an RPM package: lead, signature, header, then the compressed payload.

    Raises:
        DamagedError: a header cannot be read.

    """
    yield _RPM_LEAD
    for padding in (8, 1):
        intro = yield 16
        if intro[:3] != b"\x8e\xad\xe8":
            raise DamagedError("has an unreadable rpm header")
        count, size = int.from_bytes(intro[8:12], "big"), int.from_bytes(intro[12:], "big")
        length = count * 16 + size
        yield Pour(None, length + -length % padding)
    yield Rest(enter("payload"))

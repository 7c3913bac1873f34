"""Archives whose members follow one another: tar, ar (deb), rpm."""

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.inside._flow import (
    DamagedError,
    Enter,
    Parser,
    Pour,
    Rest,
    Tell,
)
from ocianalyze.layers import tar
from ocianalyze.layers.pax import read_pax
from ocianalyze.limits import MIB

_PAX_BYTES = MIB
_AR = b"!<arch>\n"
_RPM_LEAD = 96


@dataclass(slots=True)
class _Extended:
    """What extended headers say of the next member."""

    path: bytes = b""
    link: bytes = b""


def tar_members(enter: Enter, tell: Tell) -> Parser:
    """Read a tar (POSIX ustar, PAX, GNU).

    Raises:
        DamagedError: a header cannot be read.

    """
    numbers, extended, owners = tar.Numbers(), _Extended(), b""
    while len(block := (yield tar.BLOCK)) == tar.BLOCK:
        if block == tar.ZEROS:
            continue
        if not tar.has_right_checksum(block):
            raise DamagedError("has an unreadable tar header")
        header = tar.parse(block, numbers)
        size = header.size if header.size and header.flag not in b"123456" else 0
        if size < 0:
            raise DamagedError("has a tar member of negative size")
        if header.flag in b"xgLK":
            yield from _extend(header.flag, size, extended, tell)
        else:
            path = extended.path or header.path
            if header.flag in b"12":
                tell(_name(path), "link", extended.link or header.link)
            if (said := header.uname + b" " + header.gname) != owners:
                owners = said
                tell(_name(path), "header", said)
            yield from _member(enter, tell, path, size)
            extended = _Extended()
        yield Pour(None, -size % tar.BLOCK)


def _member(enter: Enter, tell: Tell, path: bytes, size: int) -> Parser:
    name = _name(path)
    tell(name, "path", path)
    sink = enter(name) if size else None
    yield Pour(sink, size)
    if sink:
        sink.close()


def _name(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace").removeprefix("./")


def _extend(flag: bytes, size: int, extended: _Extended, tell: Tell) -> Parser:
    """Read an extended header."""
    if size > _PAX_BYTES:
        yield Pour(None, size)
        return
    data = yield size
    if flag == b"L":
        extended.path = tar.text(data)
    elif flag == b"K":
        extended.link = tar.text(data)
    else:
        _read_records(flag, data, extended, tell)


def _read_records(flag: bytes, data: bytes, extended: _Extended, tell: Tell) -> None:
    records: dict[bytes, bytes] = {}
    read_pax(data, records, [])
    if flag == b"x":
        extended.path = records.pop(b"path", extended.path)
        extended.link = records.pop(b"linkpath", extended.link)
    said = b"\n".join(b"%b=%b" % record for record in records.items())
    tell(_name(extended.path), "header", said)


def ar_members(enter: Enter, tell: Tell) -> Parser:
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
        yield from _member(enter, tell, header[:16].rstrip(b" /"), size)
        yield size % 2


def rpm_payload(enter: Enter, _tell: Tell) -> Parser:
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
        header = enter("header")
        yield Pour(header, length + -length % padding)
        header.close()
    yield Rest(enter("payload"))

"""Compressed values in SQLite databases and their write-ahead logs.

All others are plain bytes of the file, deleted ones too.

Every page is looked through for beginnings of zlib and gzip. A value that is longer than its page
goes on elsewhere in the file (SQLite's file format, 1.6): it is read to the end of its first page,
and told.
"""

import re

from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._codecs import Unpack
from ocianalyze.detectors.secrets.inside._flow import DamagedError, Enter, Note, Parser
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import KIB

_SIZE = slice(16, 18)
"""Of the header: bytes of a page, 1 for 65,536 (SQLite's file format, 1.3.2)."""
LOG = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""Begin a write-ahead log, which holds pages that the database has not got yet (4.1)."""
_LOG_SIZE, _LOG_HEADER, _FRAME = slice(8, 12), 32, 24
"""Of the log: bytes of a page, of the header, and of what comes before each page."""
_SMALLEST, _LARGEST = 512, 64 * KIB
_AT_ONCE = 256 * KIB
_BEGIN = re.compile(rb"x[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_TRIED = 64
"""Bytes of what may begin a value: by chance it begins, and ends soon."""
_LEAST = 32
"""Bytes that came out of what is cut off, and was one."""


def sqlite_values(enter: Enter, note: Note, spending: Spending) -> Parser:
    """Read the compressed values of a database.

    Raises:
        DamagedError: the header cannot be read.

    """
    head = yield _SMALLEST
    first, stride = _layout(head)
    wanted = _AT_ONCE // stride * stride
    at, pages = 0, head + (yield first + wanted - len(head))
    while True:
        for found in _BEGIN.finditer(pages):
            end = first + ((found.start() - first) // stride + 1) * stride
            name = f"value at {at + found.start()}"
            _value(name, pages[found.start() : end], enter, note, spending)
        if len(pages) < first + wanted:
            return
        at, first = at + len(pages), 0
        pages = yield wanted


def _layout(head: bytes) -> tuple[int, int]:
    """Return where pages begin, and how far the end of one is from that of the next.

    Raises:
        DamagedError: the header cannot be read.

    """
    is_log = head.startswith(LOG)
    size = int.from_bytes(head[_LOG_SIZE if is_log else _SIZE], "big")
    size = _LARGEST if size == 1 else size
    if size & size - 1 or not _SMALLEST <= size <= _LARGEST:
        raise DamagedError("has an unreadable SQLite header")
    return (_LOG_HEADER, _FRAME + size) if is_log else (0, size)


def _value(name: str, data: bytes, enter: Enter, note: Note, spending: Spending) -> None:
    """Read one value as far as its page goes, if it is one."""
    if not _begins(data):
        return
    spending.member()
    before, sink = spending.inflated, enter(name)
    unpack = Unpack(_codec(data), sink, spending, len(data))
    unpack.take(memoryview(data))
    sink.close()
    if unpack.problem == "is cut off" and spending.inflated - before >= _LEAST:
        note(name, "is packed and goes on in other pages, which are not read")


def _codec(data: bytes) -> _codecs.Codec:
    return _codecs.zlib() if data.startswith(b"x") else _codecs.gzip()


def _begins(data: bytes) -> bool:
    """Tell by the first bytes whether a value begins there."""
    try:
        _codec(data).decompress(data[:_TRIED], _AT_ONCE)
    except _codecs.ERRORS:
        return False
    return True

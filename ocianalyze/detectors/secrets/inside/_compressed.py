"""Files that are one compressed content: gzip, xz, bzip2, zstd, zlib, any number of streams."""

from collections.abc import Callable
from typing import NamedTuple

from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._codecs import Codecs, Unpack
from ocianalyze.detectors.secrets.inside._flow import (
    DamagedError,
    Parser,
    Pour,
    Rest,
    Sink,
    Taker,
    Tell,
    Zeros,
)
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import KIB

_SKIPPABLE = b"\x2a\x4d\x18"
"""Behind the first byte of a skippable frame's magic (RFC 8878, 3.1.2)."""
_FHCRC, _FEXTRA, _FNAME, _FCOMMENT = 2, 4, 8, 16
_LONGEST = 4 * KIB
"""Bytes of a name or comment that are told."""


class Compression(NamedTuple):
    """How one of them is told and inflated."""

    magic: bytes
    codec: Codecs
    suffixes: tuple[str, ...]
    """Of file names; what comes out is called as the file without it."""


COMPRESSIONS = {
    "gzip": Compression(b"\x1f\x8b\x08", _codecs.gzip, (".gz", ".gzip")),
    "xz": Compression(b"\xfd7zXZ\0", _codecs.xz, (".xz",)),
    "lzma": Compression(b"\x5d\0\0", _codecs.xz, (".lzma",)),
    "bzip2": Compression(b"BZh", _codecs.bzip2, (".bz2", ".bz")),
    "zstd": Compression(b"\x28\xb5\x2f\xfd", _codecs.zstd, (".zst", ".zstd")),
    "zlib": Compression(b"\x78", _codecs.zlib, (".zz", ".zlib")),
}
_TAR = {".tgz": ".tar", ".tbz2": ".tar", ".tbz": ".tar", ".txz": ".tar", ".tzst": ".tar"}


def inner_name(name: str, kind: str) -> str:
    """Return what the content of a compressed file is called: `x.log` for `x.log.gz`."""
    base = name.rpartition("/")[2]
    for suffix in COMPRESSIONS[kind].suffixes:
        if base.endswith(suffix) and base != suffix:
            return base[: -len(suffix)]
    stem, dot, suffix = base.rpartition(".")
    return stem + _TAR[dot + suffix] if dot + suffix in _TAR else "content"


def streams(
    kind: str, sink: Sink, behind: Callable[[], Sink], spending: Spending, tell: Tell
) -> Parser:
    """Pour the contents of all streams, one after another, into one sink.

    Args:
        kind: of compression.
        sink: takes what comes out.
        behind: begins what follows the last stream and is none.
        spending: is charged.
        tell: takes what headers say.

    Raises:
        DamagedError: a stream is damaged.

    """
    form = COMPRESSIONS[kind]
    if kind == "zlib":
        unpack = Unpack(form.codec(), sink, spending)
        yield unpack
        _expect(unpack)
        return
    while head := (yield len(form.magic)):
        if head == form.magic and kind == "gzip":
            yield from _gzip_header(tell)
            yield from _gzip_member(sink, spending)
        elif head == form.magic:
            unpack = Unpack(form.codec(), sink, spending)
            yield Again(head, unpack)
            _expect(unpack)
        elif kind == "zstd" and head[1:] == _SKIPPABLE and head[0] >> 4 == 5:
            size = yield 4
            yield Pour(None, int.from_bytes(size, "little"))
        else:
            sink.close()
            rest = behind()
            rest.feed(head)
            yield Rest(rest)
        yield Zeros()


def _gzip_header(tell: Tell) -> Parser:
    """Read a member's header behind its magic (RFC 1952, 2.3).

    ISA-L reads some headers wrongly when they come in two pieces, so it is given bare deflate.
    """
    header = yield 7
    flags = header[0] if header else 0
    if flags & _FEXTRA:
        size = yield 2
        tell("", "header", (yield int.from_bytes(size, "little")))
    for flag in (_FNAME, _FCOMMENT):
        said = bytearray()
        while flags & flag and (byte := (yield 1)) not in (b"\0", b""):
            said += byte if len(said) < _LONGEST else b""
        tell("", "header", bytes(said))
    if flags & _FHCRC:
        yield 2


def _gzip_member(sink: Sink, spending: Spending) -> Parser:
    """Read a member behind its header."""
    unpack = Unpack(_codecs.deflate(), sink, spending)
    yield unpack
    _expect(unpack)
    yield 8


def _expect(unpack: Unpack) -> None:
    if unpack.problem:
        raise DamagedError(unpack.problem)


class Again:
    """Takes bytes that were looked at already before those that follow."""

    def __init__(self, head: bytes, unpack: Taker) -> None:
        self._head = head
        self._unpack = unpack

    @property
    def done(self) -> bool:
        return self._unpack.done

    def take(self, data: memoryview) -> int:
        """Inflate what was looked at, then what is there."""
        head, self._head = self._head, b""
        if head:
            self._unpack.take(memoryview(head))
        return self._unpack.take(data)

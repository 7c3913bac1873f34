"""Decompression by magic bytes, bounded in memory, with every oddity recorded.

Formats: RFC 1952 (gzip, any number of members), RFC 8878 (zstd, any number of frames), xz, bzip2.
"""

import bz2
import lzma
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple, Protocol

from isal import isal_zlib

from ocianalyze.blobs.aside import Aside, show
from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.blobs.zstd import ZSTD_MAGICS, zstd_frames
from ocianalyze.limits import MIB
from ocianalyze.model.media_type import Compression

_GZIP = b"\x1f\x8b\x08"
_XZ = b"\xfd7zXZ\0"
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
"""Ten bytes, because a tar may begin with a member called `BZh...`."""
_MAGICS: tuple[tuple[bytes, Compression], ...] = (
    (_GZIP, "gzip"),
    (_XZ, "xz"),
    *((magic, "zstd") for magic in ZSTD_MAGICS),
)
HEAD = 10
"""First bytes that tell every compression."""
_PIECE = MIB
"""Largest output of one step; it stays in a cache until it is hashed."""
_ERRORS: tuple[type[Exception], ...] = (
    isal_zlib.error,  # type: ignore[assignment] # its stub calls the class an instance
    lzma.LZMAError,
    OSError,
    ValueError,
)
_XZ_MEMORY = 192 * MIB
_GZIP_HEADER = MIB
"""Longest header of a gzip member that is collected."""
_BETWEEN = b"\n\0\n"
"""Shown behind each text, which what follows is no part of."""
_FHCRC, _FEXTRA, _FNAME, _FCOMMENT = 2, 4, 8, 16
ESTARGZ_FOOTER = b"STARGZ"
CHUNKED_FOOTER = b"GNUlInUx"


class _Member(Protocol):
    """The part of zlib's, lzma's and bz2's decompressors that is used."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Format(NamedTuple):
    """A compression whose files are members one after another."""

    new: Callable[[], _Member]
    magic: bytes
    fields: Callable[[bytes], list[bytes] | None]
    """Texts of a member's header; None when it is not whole."""


def recognise(head: bytes) -> Compression:
    """Return the compression that the first bytes of a blob show."""
    for magic, compression in _MAGICS:
        if head.startswith(magic):
            return compression
    return "bzip2" if _BZIP2.match(head) else "none"


def flavour(tail: bytes, compression: Compression) -> str:
    """Return `estargz` or `zstd:chunked` when the last bytes of a blob are their footer."""
    if compression == "gzip" and ESTARGZ_FOOTER in tail[-51:]:
        return "estargz"
    if compression == "zstd" and tail.endswith(CHUNKED_FOOTER):
        return "zstd:chunked"
    return ""


def decompress(
    chunks: Iterator[bytes], compression: Compression, aside: Aside | None = None
) -> Iterator[bytes]:
    """Yield the uncompressed bytes in pieces of at most a few MiB.

    Args:
        chunks: the bytes as stored.
        compression: as `recognise` told.
        aside: takes stored bytes that decompress to nothing.

    Raises:
        DamagedStreamError: after everything that could be read was yielded.

    """
    if compression == "none":
        return chunks
    if compression == "zstd":
        return zstd_frames(chunks, aside)
    return _members(chunks, _FORMATS[compression], aside)


def _gzip() -> _Member:
    member: _Member = isal_zlib.decompressobj(wbits=31)
    return member


def _xz() -> _Member:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def _gzip_fields(data: bytes) -> list[bytes] | None:
    """Return what a member's header says beside numbers (RFC 1952, 2.3); None for half a header."""
    if len(data) < HEAD:
        return None
    flags, at, fields = data[3], HEAD, []
    if flags & _FEXTRA:
        end = at + 2 + int.from_bytes(data[at : at + 2], "little")
        fields, at = [data[at + 2 : end]], end
    for flag in (_FNAME, _FCOMMENT):
        if flags & flag:
            end = data.find(b"\0", at)
            if end < 0:
                return None
            fields.append(data[at:end])
            at = end + 1
    return fields if len(data) >= at + (2 if flags & _FHCRC else 0) else None


def _nothing(data: bytes) -> list[bytes] | None:
    """Return the fields of a header that has none."""
    return [] if data else None


_FORMATS: dict[str, _Format] = {
    "gzip": _Format(_gzip, _GZIP, _gzip_fields),
    "xz": _Format(_xz, _XZ, _nothing),
    "bzip2": _Format(bz2.BZ2Decompressor, b"BZh", _nothing),
}


def _members(chunks: Iterator[bytes], form: _Format, aside: Aside | None) -> Iterator[bytes]:
    """Yield the contents of all members; zero padding after a member is not trailing data."""
    rest = b""
    while True:
        rest = _with_header(rest, chunks, form, aside)
        member = form.new()
        # itertools' chain does not close `chunks` when it is left early, a generator would
        yield from _inflate(member, chain((rest,), chunks))
        rest = _next_member(member.unused_data, chunks, len(form.magic))
        if not rest:
            return
        if not rest.startswith(form.magic):
            truncated = form.magic.startswith(rest)
            code = "blob.truncated" if truncated else "blob.trailing-bytes"
            show(chain((rest,), chunks), aside)
            raise DamagedStreamError(code, f"more bytes begin with {rest[:8].hex()}")


def _with_header(rest: bytes, chunks: Iterator[bytes], form: _Format, aside: Aside | None) -> bytes:
    """Return the beginning of a member with its header in one piece; its texts go aside.

    ISA-L reads some gzip headers wrongly when they come in two. A long one is damage: Go, which
    runtimes unpack layers with, takes no name of more than 511 bytes.
    """
    while (fields := form.fields(rest)) is None:
        if len(rest) >= _GZIP_HEADER:
            show(chain((rest,), chunks), aside)
            raise DamagedStreamError("blob.limit", f"header of more than {_GZIP_HEADER} bytes")
        chunk = next(chunks, b"")
        if not chunk:
            return rest
        rest += chunk
    show((field + _BETWEEN for field in fields if field), aside)
    return rest


def _inflate(member: _Member, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for data in chunks:
        while True:
            try:
                piece = member.decompress(data, _PIECE)
            except _ERRORS as error:
                code = "blob.limit" if "emory usage limit" in str(error) else "blob.corrupt"
                raise DamagedStreamError(code, str(error)) from error
            if piece:
                yield piece
            if member.eof:
                return
            data = getattr(member, "unconsumed_tail", b"")  # noqa: PLW2901 - zlib hands it back
            if len(piece) < _PIECE and not data:
                break
    raise DamagedStreamError("blob.truncated", "ends inside the compressed stream")


def _next_member(rest: bytes, chunks: Iterator[bytes], length: int) -> bytes:
    """Return bytes from the next member's magic on, at least `length` where there are so many."""
    rest = rest.lstrip(b"\0")
    while len(rest) < length:
        chunk = next(chunks, b"")
        if not chunk:
            break
        rest = (rest + chunk).lstrip(b"\0")
    return rest

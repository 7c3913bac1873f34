"""Decompression by magic bytes, bounded in memory, with every oddity recorded.

Formats: RFC 1952 (gzip, any number of members), RFC 8878 (zstd, any number of frames), xz, bzip2.
"""

import bz2
import lzma
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from isal import isal_zlib

from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.blobs.zstd import ZSTD_MAGICS, zstd_frames
from ocianalyze.limits import MIB
from ocianalyze.model.media_type import Compression

_MAGICS: tuple[tuple[bytes, Compression], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    *((magic, "zstd") for magic in ZSTD_MAGICS),
)
_PIECE = MIB
"""Largest output of one step."""
_ERRORS: tuple[type[Exception], ...] = (
    isal_zlib.error,  # type: ignore[assignment] # its stub calls the class an instance
    lzma.LZMAError,
    OSError,
    ValueError,
)
_XZ_MEMORY = 192 * MIB
ESTARGZ_FOOTER = b"STARGZ"
CHUNKED_FOOTER = b"GNUlInUx"


class _Member(Protocol):
    """The part of zlib's, lzma's and bz2's decompressors that is used."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def recognise(head: bytes) -> Compression:
    """Return the compression that the first bytes of a blob show."""
    for magic, compression in _MAGICS:
        if head.startswith(magic):
            return compression
    return "none"


def flavour(tail: bytes, compression: Compression) -> str:
    """Return `estargz` or `zstd:chunked` when the last bytes of a blob are their footer."""
    if compression == "gzip" and ESTARGZ_FOOTER in tail[-51:]:
        return "estargz"
    if compression == "zstd" and tail.endswith(CHUNKED_FOOTER):
        return "zstd:chunked"
    return ""


def decompress(chunks: Iterator[bytes], compression: Compression) -> Iterator[bytes]:
    """Yield the uncompressed bytes in pieces of at most a few MiB.

    Raises:
        DamagedStreamError: after everything that could be read was yielded.

    """
    if compression == "none":
        return chunks
    if compression == "zstd":
        return zstd_frames(chunks)
    return _members(chunks, *_FORMATS[compression])


def _gzip() -> _Member:
    member: _Member = isal_zlib.decompressobj(wbits=31)
    return member


def _xz() -> _Member:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


_FORMATS: dict[str, tuple[Callable[[], _Member], bytes]] = {
    "gzip": (_gzip, b"\x1f\x8b"),
    "xz": (_xz, b"\xfd7zXZ\0"),
    "bzip2": (bz2.BZ2Decompressor, b"BZh"),
}


def _members(chunks: Iterator[bytes], new: Callable[[], _Member], magic: bytes) -> Iterator[bytes]:
    """Yield the contents of all members; zero padding after a member is not trailing data."""
    rest = b""
    while True:
        member = new()
        yield from _inflate(member, _chain(rest, chunks))
        rest = _next_member(member.unused_data, chunks, len(magic))
        if not rest:
            return
        if not rest.startswith(magic):
            raise DamagedStreamError("blob.trailing-bytes", f"begin with {rest[:8].hex()}")


def _inflate(member: _Member, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for data in chunks:
        while True:
            try:
                piece = member.decompress(data, _PIECE)
            except _ERRORS as error:
                raise DamagedStreamError("blob.corrupt", str(error)) from error
            if piece:
                yield piece
            if member.eof:
                return
            data = getattr(member, "unconsumed_tail", b"")  # noqa: PLW2901 - zlib hands it back
            if len(piece) < _PIECE and not data:
                break
    raise DamagedStreamError("blob.truncated", "ends inside the compressed stream")


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _next_member(rest: bytes, chunks: Iterator[bytes], length: int) -> bytes:
    """Return bytes from the next member's magic on, at least `length` where there are so many."""
    rest = rest.lstrip(b"\0")
    while len(rest) < length:
        chunk = next(chunks, b"")
        if not chunk:
            break
        rest = (rest + chunk).lstrip(b"\0")
    return rest

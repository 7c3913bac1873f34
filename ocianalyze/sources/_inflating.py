"""What is inside of compressed bytes: gzip, zstd, xz, bzip2 and lzma, also around each other.

A stream of several parts is read to its last one, in bounded pieces.
"""

import bz2
import lzma
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import IO, Literal, Protocol, cast

import zstandard
from isal import igzip_lib

from ocianalyze.dataclass import dataclass
from ocianalyze.limits import MIB

_ISAL_ERROR = cast("type[Exception]", igzip_lib.error)
_PIECE = 1 << 18
_XZ_MEMORY = 256 * MIB
"""Dictionary of an xz stream; `xz -9` needs 65 MiB."""
DAMAGE = (OSError, ValueError, lzma.LZMAError, zstandard.ZstdError, _ISAL_ERROR)
_MAGIC_BYTES = 13
_NESTED = 3
"""Compressions around each other that are opened."""
_LZMA_SIZE = 1 << 40
"""Beyond it the size in a header is no size, and the bytes no lzma."""
_LZMA_DICTIONARY = 1 << 12
"""The smallest; others are a power of two, or the sum of two neighbours."""

Form = Literal["none", "gzip", "zstd", "xz", "bzip2", "lzma"]


class Readable(Protocol):
    """What a decompressor reads from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


class Decompressor(Protocol):
    """The common face of `BZ2Decompressor`, `LZMADecompressor` and `IgzipDecompressor`."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether more input is needed for more output."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What followed the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Take input, return at most `max_length` bytes."""
        ...


@dataclass(slots=True)
class _Pieces:
    """Pieces as a stream."""

    pieces: Iterator[bytes]
    rest: bytes = b""

    def read(self, size: int, /) -> bytes:
        """Return what is left of a piece, or the next one."""
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.rest = piece
        data, self.rest = self.rest[:size], self.rest[size:]
        return data


def head_of(file: Readable) -> bytes:
    """Return the bytes that tell a compression, fewer where there are no more."""
    head = b""
    while len(head) < _MAGIC_BYTES and (piece := file.read(_MAGIC_BYTES - len(head))):
        head += piece
    return head


def form_of(head: bytes) -> Form:
    """Name the compression by magic bytes (RFC 1952, RFC 8878, xz, bzip2)."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5):
        return "zstd"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith(b"BZh"):
        return "bzip2"
    return "lzma" if _is_lzma(head) else "none"


def _is_lzma(head: bytes) -> bool:
    """Tell the header of .lzma, which has no magic: properties, dictionary and size fit."""
    if len(head) < _MAGIC_BYTES or head[0] != 0x5D:
        return False
    dictionary, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    top = 1 << dictionary.bit_length() >> 1
    is_usual = dictionary in (top, top + (top >> 1), 0xFFFF_FFFF)
    return is_usual and dictionary >= _LZMA_DICTIONARY and (size < _LZMA_SIZE or size == 2**64 - 1)


def opened_up(
    source: Readable,
    form: Form,
    bound: Callable[[Iterator[bytes]], Iterator[bytes]],
    inside: list[Form],
) -> Iterator[bytes]:
    """Yield what is inside of all compressions, whose names go to `inside`."""
    pieces = bound(_decoded(source, form))
    while form != "none":
        inside.append(form)
        stream = _Pieces(pieces)
        head = head_of(stream)
        form = form_of(head) if len(inside) < _NESTED else "none"
        pieces = chain((head, stream.rest), pieces)
        if form != "none":
            pieces = bound(_decoded(_Pieces(pieces), form))
    yield from filter(None, pieces)


def _decoded(source: Readable, form: Form) -> Iterator[bytes]:
    if form == "none":
        return iter(partial(source.read, _PIECE), b"")
    if form == "zstd":
        file = cast("IO[bytes]", source)  # of a file only `read` is used
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        return iter(partial(reader.read, _PIECE), b"")
    return _streams(source, form, _makers()[form])


def _makers() -> dict[Form, Callable[[], Decompressor]]:
    return {
        "gzip": partial(igzip_lib.IgzipDecompressor, flag=igzip_lib.DECOMP_GZIP),
        "xz": partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _XZ_MEMORY),
        "bzip2": bz2.BZ2Decompressor,
        "lzma": partial(lzma.LZMADecompressor, lzma.FORMAT_ALONE, _XZ_MEMORY),
    }


def _streams(source: Readable, form: Form, make: Callable[[], Decompressor]) -> Iterator[bytes]:
    """Decompress one stream after the other, in bounded pieces; zeros may pad them."""
    data = source.read(_PIECE)
    while data:
        decompressor = make()
        while not decompressor.eof:
            if decompressor.needs_input and not data:
                data = source.read(_PIECE)
                if not data:
                    raise EOFError
            yield decompressor.decompress(data, _PIECE)
            data = b""
        data = decompressor.unused_data.lstrip(b"\0")
        while len(data) < _MAGIC_BYTES and (more := source.read(_PIECE)):
            data = (data + more).lstrip(b"\0")
        if data and form_of(data) != form:
            raise ValueError(f"something else follows what {form} compressed")

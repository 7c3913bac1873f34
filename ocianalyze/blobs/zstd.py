"""Zstandard frames (RFC 8878), decompressed block by block so that no input makes memory grow.

The library inflates all it is given at once, so a bomb of run-length blocks would fill memory.
Reading the three-byte block headers bounds each step, and tells a cut frame from a whole one.
"""

from collections.abc import Iterator
from itertools import chain

import zstandard

from ocianalyze.blobs.aside import Aside, show
from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.limits import MIB

_FRAME = b"\x28\xb5\x2f\xfd"
ZSTD_MAGICS = (_FRAME, *(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16)))
"""Of a frame, and of the sixteen kinds of skippable frame."""

_WINDOW = 128 * MIB
"""Largest window that is allocated; `zstd --long` up to 27 bits."""
_BLOCKS = 8
"""Blocks per step; each yields at most 128 KiB."""
_RLE = 1
_RESERVED = 3


class _Input:
    """Chunks as a stream of exact reads."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._at = 0

    def take(self, length: int) -> bytes:
        """Return exactly `length` bytes.

        Raises:
            DamagedStreamError: the stream ends before.

        """
        piece = self.upto(length)
        if len(piece) < length:
            raise DamagedStreamError("blob.truncated", "ends inside a zstd frame")
        return piece

    def upto(self, length: int) -> bytes:
        """Return `length` bytes, fewer at the end of the stream."""
        end = self._at + length
        if end <= len(self._data):
            piece = self._data[self._at : end]
            self._at = end
            return piece
        parts = [self._data[self._at :]]
        missing = length - len(parts[0])
        while missing > 0 and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            missing -= len(chunk)
        joined = b"".join(parts)
        self._data, self._at = joined, min(length, len(joined))
        return joined[:length]

    def pieces(self, length: int) -> Iterator[bytes]:
        """Yield `length` bytes in bounded steps."""
        while length > 0:
            piece = self.take(min(length, MIB))
            length -= len(piece)
            yield piece

    def rest(self) -> Iterator[bytes]:
        """Yield what is left of the stream."""
        while piece := self.upto(MIB):
            yield piece


def zstd_frames(chunks: Iterator[bytes], aside: Aside | None = None) -> Iterator[bytes]:
    """Yield the contents of all frames; skippable ones go aside.

    Raises:
        DamagedStreamError: after everything that could be read was yielded.

    """
    source = _Input(chunks)
    library = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    while magic := source.upto(4):
        if magic == _FRAME:
            yield from _frame(source, library.decompressobj())
        elif magic in ZSTD_MAGICS:
            show(source.pieces(int.from_bytes(source.take(4), "little")), aside)
        elif magic.strip(b"\0"):
            truncated = any(known.startswith(magic) for known in ZSTD_MAGICS)
            code = "blob.truncated" if truncated else "blob.trailing-bytes"
            show(chain((magic,), source.rest()), aside)
            raise DamagedStreamError(code, f"more bytes begin with {magic.hex()}")


def _frame(source: _Input, decoder: "zstandard.ZstdDecompressionObj") -> Iterator[bytes]:
    header, checksum = _frame_header(source)
    pieces = [_FRAME, header]
    last = False
    while not last:
        blocks = 0
        while blocks < _BLOCKS and not last:
            last, block = _block(source)
            pieces += block
            blocks += 1
        if last:
            pieces.append(source.take(4 if checksum else 0))
        yield from _decoded(decoder, b"".join(pieces))
        pieces = []


def _decoded(decoder: "zstandard.ZstdDecompressionObj", data: bytes) -> Iterator[bytes]:
    try:
        piece = decoder.decompress(data)
    except zstandard.ZstdError as error:
        raise DamagedStreamError("blob.corrupt", str(error)) from error
    if piece:
        yield piece


def _frame_header(source: _Input) -> tuple[bytes, bool]:
    """Return the frame header and whether a checksum ends the frame (RFC 8878, 3.1.1.1)."""
    first = source.take(1)
    descriptor = first[0]
    single = bool(descriptor & 0x20)
    content = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    rest = source.take((0 if single else 1) + dictionary + content)
    window = int.from_bytes(rest[dictionary:], "little") if single else _window(rest[0])
    if window > _WINDOW:
        raise DamagedStreamError("blob.limit", f"zstd window of {window} bytes")
    return first + rest, bool(descriptor & 4)


def _window(descriptor: int) -> int:
    """Return the window size (RFC 8878, 3.1.1.1.2)."""
    base = 1 << (10 + (descriptor >> 3))
    return base + base // 8 * (descriptor & 7)


def _block(source: _Input) -> tuple[bool, list[bytes]]:
    """Return whether the block is the frame's last, and its bytes (RFC 8878, 3.1.1.2)."""
    header = source.take(3)
    value = int.from_bytes(header, "little")
    kind, size = (value >> 1) & 3, value >> 3
    if kind == _RESERVED or size > MIB // 8:
        raise DamagedStreamError("blob.corrupt", "zstd block of a reserved type or size")
    return bool(value & 1), [header, source.take(1 if kind == _RLE else size)]

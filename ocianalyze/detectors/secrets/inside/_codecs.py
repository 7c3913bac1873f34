"""Decompressors for contents that pass in pieces; none gives more than a piece at once."""

import bz2
import lzma
from collections.abc import Callable, Iterator
from typing import Protocol

import zstandard
from isal import isal_zlib

from ocianalyze.detectors.secrets.inside._flow import DamagedError, Data, Sink
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import KIB, MIB

PIECE = MIB
_XZ_MEMORY = 96 * MIB
"""`xz -9` needs 65 MiB."""
_ZSTD_WINDOW = 32 * MIB
_ZSTD_STEP = 512
"""Bytes given to zstandard at once, which inflates all it is given: at most 16 MiB."""
_STEP = 16 * KIB
"""Given at once to a codec that alone knows where its stream ends."""
ERRORS: tuple[type[Exception], ...] = (
    isal_zlib.error,  # type: ignore[assignment] # its stub calls the class an instance
    lzma.LZMAError,
    zstandard.ZstdError,
    OSError,
    ValueError,
    EOFError,
)


class Codec(Protocol):
    """One stream of a compression: the interface of bz2's and lzma's decompressors."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: Data, max_length: int) -> bytes: ...


class _Zstd:
    """A zstd frame behind the same interface."""

    def __init__(self) -> None:
        library = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = library.decompressobj()
        self.unconsumed_tail: Data = b""
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._frame.eof

    def decompress(self, data: Data, _max_length: int) -> bytes:
        """Inflate the first bytes; the others are left in `unconsumed_tail`."""
        piece = self._frame.decompress(data[:_ZSTD_STEP])
        self.unconsumed_tail = b"" if self.eof else data[_ZSTD_STEP:]
        if self.eof:
            self.unused_data = self._frame.unused_data + bytes(data[_ZSTD_STEP:])
        return piece


def gzip() -> Codec:
    """Return the codec of one gzip member (RFC 1952)."""
    codec: Codec = isal_zlib.decompressobj(wbits=31)
    return codec


def zlib() -> Codec:
    """Return the codec of a zlib stream (RFC 1950)."""
    codec: Codec = isal_zlib.decompressobj(wbits=15)
    return codec


def is_zlib(head: bytes) -> bool:
    """Tell a zlib header without a preset dictionary (RFC 1950, 2.2), whatever its window."""
    is_one = len(head) > 1 and head[0] & 0x8F == 8 and not head[1] & 0x20
    return is_one and int.from_bytes(head[:2], "big") % 31 == 0


def deflate() -> Codec:
    """Return the codec of bare deflate (RFC 1951)."""
    codec: Codec = isal_zlib.decompressobj(wbits=-15)
    return codec


def xz() -> Codec:
    """Return the codec of one xz stream, or of the older lzma format."""
    return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=_XZ_MEMORY)


def bzip2() -> Codec:
    """Return the codec of one bzip2 stream."""
    return bz2.BZ2Decompressor()


def zstd() -> Codec:
    """Return the codec of one zstd frame (RFC 8878)."""
    return _Zstd()


class Unpack:
    """Takes one compressed stream, and pours what comes out into a sink."""

    def __init__(
        self, codec: Codec, sink: Sink, spending: Spending, packed: int | None = None
    ) -> None:
        """Take nothing yet; `packed` bytes in all where that is known, else to the stream's end."""
        self._codec = codec
        self._sink = sink
        self._spending = spending
        self._left = packed
        self.problem = ""
        """Why it could not be inflated; empty when it could."""

    @property
    def done(self) -> bool:
        """Tell whether it wants no more."""
        if self._left is None:
            return self._codec.eof or bool(self.problem)
        return self._left <= 0

    def take(self, data: memoryview) -> int:
        """Inflate what is there; what follows the stream's end is left.

        Raises:
            SpentError: a bound is reached.

        """
        if self._left is None:
            return self._take_open(data)
        part = data[: self._left]
        if not self.problem and not self._codec.eof and part:
            self._inflate(part)
        self._left -= len(part)
        if not self._left and not self._codec.eof:
            self.problem = self.problem or "is cut off"
        return len(part)

    def _take_open(self, data: memoryview) -> int:
        """Inflate step by step: a codec copies what follows its end."""
        at = 0
        while at < len(data) and not self.done:
            part = data[at : at + _STEP]
            self._inflate(part)
            at += len(part)
        return at - len(self._codec.unused_data) if self._codec.eof else at

    def _inflate(self, data: Data) -> None:
        out = pieces(self._codec, data)
        while not self.problem:
            try:
                piece = next(out, b"")
            except DamagedError as error:
                self.problem = str(error)
                return
            if not piece:
                return
            self._spending.inflate(len(piece))
            self._sink.feed(piece)


def pieces(codec: Codec, data: Data) -> Iterator[bytes]:
    """Yield what comes out of the next bytes.

    Raises:
        DamagedError: it cannot be inflated.

    """
    while True:
        try:
            piece = codec.decompress(data, PIECE)
        except ERRORS as error:
            large = "emory" in str(error)
            raise DamagedError(
                "needs more memory than it gets" if large else "is damaged"
            ) from error
        if piece:
            yield piece
        data = getattr(codec, "unconsumed_tail", b"")
        if codec.eof or (not data and len(piece) < PIECE):
            return


Codecs = Callable[[], Codec]

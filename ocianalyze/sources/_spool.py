"""The outer file, made seekable: a plain file as it is, a pipe or a compressed file spooled once.

The spool has no name where the system allows it (Linux), so that it vanishes however the process
ends; workers open it through the file descriptor of its owner.
"""

import bz2
import lzma
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Literal, Protocol, cast

import zstandard
from isal import igzip_lib

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, NotAnImage, SourceError
from ocianalyze.limits import MIB, Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.sources._blob import FileRange, stamp
from ocianalyze.sources._foreign import no_tar

_ISAL_ERROR = cast("type[Exception]", igzip_lib.error)
_PIECE = 1 << 18
_XZ_MEMORY = 256 * MIB
"""Dictionary of an xz stream; `xz -9` needs 65 MiB."""
_DAMAGE = (OSError, ValueError, lzma.LZMAError, zstandard.ZstdError, _ISAL_ERROR)
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


@dataclass(frozen=True, slots=True)
class Outer:
    """An open outer file: closing it removes what was spooled."""

    file: IO[bytes]
    whole: FileRange
    place: str
    """What the user named."""
    anomalies: tuple[Anomaly, ...] = ()
    within: str = ""
    """The compressions around it, ` (inside gzip)`; empty for none."""


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


@dataclass(slots=True)
class _Prefixed:
    """A stream whose first bytes were read already."""

    head: bytes
    stream: Readable
    taken: int = 0
    """Bytes handed out, to bound what they inflate to."""

    def read(self, size: int, /) -> bytes:
        """Return the head first, then what follows it."""
        data, self.head = self.head[:size], self.head[size:]
        data = data or self.stream.read(size)
        self.taken += len(data)
        return data


def open_outer(path: Path, limits: Limits) -> Outer:
    """Open a file or, for `-`, standard input.

    Raises:
        SourceError: it cannot be read, or not be spooled.
        LimitExceeded: it is too large to spool.

    """
    file = _open(path)
    try:
        outer = _opened(file, path, limits)
    except BaseException:
        file.close()
        raise
    if outer.file is not file:
        file.close()
    return outer


def _open(path: Path) -> IO[bytes]:
    try:
        if str(path) == "-":
            return os.fdopen(os.dup(0), "rb", buffering=0)
        return path.open("rb", buffering=0)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot be read: {reason}", place=str(path)) from error


def _opened(file: IO[bytes], path: Path, limits: Limits) -> Outer:
    status = os.fstat(file.fileno())
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISFIFO(status.st_mode)) and not stat.S_ISSOCK(
        status.st_mode
    ):
        raise SourceError("is neither a file nor a pipe", place=str(path))
    head = _head(file)
    form = _form(head)
    if form == "none" and stat.S_ISREG(status.st_mode) and file.tell() == len(head):
        name = _proc(file) if str(path) == "-" else str(path.absolute())
        if name is not None:
            size = status.st_size
            return Outer(file, FileRange(name, 0, size, size, stamp(status)), str(path))
    return _spooled(_Prefixed(head, file), form, str(path), limits)


def _head(file: Readable) -> bytes:
    head = b""
    while len(head) < _MAGIC_BYTES and (piece := file.read(_MAGIC_BYTES - len(head))):
        head += piece
    return head


def _form(head: bytes) -> Form:
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


def _proc(file: IO[bytes]) -> str | None:
    """Return a path to an open file that other processes can open; None without /proc."""
    path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
    return path if Path(path).exists() else None


def _spooled(source: _Prefixed, form: Form, place: str, limits: Limits) -> Outer:
    odd: list[Anomaly] = []
    inside: list[Form] = []
    try:
        file, name = _temporary()
    except OSError as error:
        raise _no_room(place, error) from error
    try:
        written = 0
        bound = partial(_bounded, source=source, place=place, limits=limits)
        for piece in _undamaged(_opened_up(source, form, bound, inside), odd):
            written += len(piece)
            file.write(piece)
        file.flush()
    except OSError as error:
        file.close()
        raise _no_room(place, error) from error
    except BaseException:
        file.close()
        raise
    if not written:
        file.close()
        if odd:
            raise NotAnImage(f"no tar: {odd[0].detail}", place=place, cure="copy it again")
        raise no_tar(b"", place, _within(inside))
    return Outer(file, FileRange(name, 0, written, written), place, tuple(odd), _within(inside))


def _within(forms: list[Form]) -> str:
    return f" (inside {' in '.join(reversed(forms))})" if forms else ""


def _opened_up(
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
        head = _head(stream)
        form = _form(head) if len(inside) < _NESTED else "none"
        pieces = chain((head, stream.rest), pieces)
        if form != "none":
            pieces = bound(_decoded(_Pieces(pieces), form))
    yield from filter(None, pieces)


def _temporary() -> tuple[IO[bytes], str]:
    """Return an open temporary file and the path by which workers open it."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by its Outer
    name = _proc(file)
    if name is not None:
        return file, name
    file.close()
    named = tempfile.NamedTemporaryFile(prefix="ocianalyze-")  # noqa: SIM115 - the same
    return named, named.name


def _no_room(place: str, error: OSError) -> SourceError:
    return SourceError(
        f"cannot be spooled to {tempfile.gettempdir()}: {error.strerror or error}",
        place=place,
        cure="decompress it to a file first, or set TMPDIR to a place with more room",
    )


def _bounded(
    pieces: Iterator[bytes], *, source: _Prefixed, place: str, limits: Limits
) -> Iterator[bytes]:
    """Yield pieces up to what may come out of a source."""
    made = 0
    for piece in pieces:
        made += len(piece)
        _bound(made, source.taken, place, limits)
        yield piece


def _bound(written: int, taken: int, place: str, limits: Limits) -> None:
    if written > limits.spool_bytes:
        raise LimitExceeded(
            f"more than {limits.spool_bytes} bytes to spool",
            place=place,
            cure="decompress it to a file first, or allow more: --limit spool-bytes=N",
            limit="spool_bytes",
        )
    if written > limits.inflate_free_bytes and written > taken * limits.inflate_ratio:
        raise LimitExceeded(
            f"inflates to more than {limits.inflate_ratio} times its size",
            place=place,
            cure="if you trust it, decompress it to a file first, or --limit inflate-ratio=N",
            limit="inflate_ratio",
        )


def _undamaged(pieces: Iterator[bytes], odd: list[Anomaly]) -> Iterator[bytes]:
    """Yield what can be decompressed; what ended it early goes to `odd`."""
    try:
        yield from pieces
    except EOFError:
        odd.append(Anomaly("blob.truncated", "the outer file ends early"))
    except _DAMAGE as error:
        odd.append(Anomaly("blob.corrupt", f"outer file: {error!s:.120}"))


def _decoded(source: Readable, form: Form) -> Iterator[bytes]:
    if form == "none":
        return iter(partial(source.read, _PIECE), b"")
    if form == "zstd":
        file = cast("IO[bytes]", source)  # of a file only `read` is used
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        return iter(partial(reader.read, _PIECE), b"")
    return _streams(source, _makers()[form])


def _makers() -> dict[Form, Callable[[], Decompressor]]:
    return {
        "gzip": partial(igzip_lib.IgzipDecompressor, flag=igzip_lib.DECOMP_GZIP),
        "xz": partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _XZ_MEMORY),
        "bzip2": bz2.BZ2Decompressor,
        "lzma": partial(lzma.LZMADecompressor, lzma.FORMAT_ALONE, _XZ_MEMORY),
    }


def _streams(source: Readable, make: Callable[[], Decompressor]) -> Iterator[bytes]:
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
        while not data and (more := source.read(_PIECE)):
            data = more.lstrip(b"\0")

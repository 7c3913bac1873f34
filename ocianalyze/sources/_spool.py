"""The outer file, made seekable: a plain file as it is, a pipe or a compressed file spooled once.

The spool has no name where the system allows it (Linux), so that it vanishes however the process
ends; workers open it through the file descriptor of its owner.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, NotAnImage, SourceError
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.sources._blob import FileRange, stamp
from ocianalyze.sources._foreign import no_tar
from ocianalyze.sources._inflating import DAMAGE, Form, Readable, form_of, head_of, opened_up


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
    head = head_of(file)
    form = form_of(head)
    if form == "none" and stat.S_ISREG(status.st_mode) and file.tell() == len(head):
        name = _proc(file) if str(path) == "-" else str(path.absolute())
        if name is not None:
            size = status.st_size
            return Outer(file, FileRange(name, 0, size, size, stamp(status)), str(path))
    return _spooled(_Prefixed(head, file), form, str(path), limits)


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
        for piece in _undamaged(opened_up(source, form, bound, inside), odd):
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
    except DAMAGE as error:
        odd.append(Anomaly("blob.corrupt", f"outer file: {error!s:.120}"))

"""Where bytes go: standard output, files that the user named, one line to standard error."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import typer

from ocianalyze.errors import OcianalyzeError, UsageError
from ocianalyze.report.escape import shown

STANDARD = Path("-")
_BUFFER = 1 << 16
_ELSEWHERE = "name a place that may be written and has room"

BROKEN_PIPE = 141
"""Exit status when whoever read standard output went away, as a shell reports SIGPIPE."""


def say(text: str) -> None:
    """Write one line to standard error, harmless whatever the image put into it."""
    from ocianalyze.report.mask import shapes  # noqa: PLC0415 - not for --version

    with suppress(OSError):
        sys.stderr.write(f"ocianalyze: {shown(shapes(text))}\n")
        sys.stderr.flush()


def emit(pieces: Iterable[bytes], target: Path = STANDARD) -> None:
    """Write bytes to standard output or, whole or not at all, to a file.

    Raises:
        OcianalyzeError: it cannot be written; a file that was there before stays.
        typer.Exit: whoever read standard output went away.

    """
    place = "standard output" if target == STANDARD else str(target)
    try:
        if target == STANDARD:
            _to_standard_output(pieces)
            return
        with _replacing(target) as file:
            file.writelines(pieces)
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
        raise OcianalyzeError(said, place=place, cure=_ELSEWHERE) from error


def writable(target: Path) -> None:
    """Refuse a target before the work begins.

    Raises:
        UsageError: it can never be written.

    """
    if target == STANDARD:
        return
    try:
        is_directory, has_parent = target.is_dir(), target.parent.is_dir()
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
        raise UsageError(said, place=str(target), cure=_ELSEWHERE) from error
    if is_directory:
        raise UsageError("is a directory", place=str(target), cure="name a file")
    if not has_parent:
        raise UsageError("its directory does not exist", place=str(target), cure="create it first")


def _to_standard_output(pieces: Iterable[bytes]) -> None:
    stream = sys.stdout.buffer
    waiting: list[bytes] = []
    count = 0
    try:
        for piece in pieces:
            waiting.append(piece)
            count += len(piece)
            if count >= _BUFFER:
                stream.write(b"".join(waiting))
                waiting, count = [], 0
        stream.write(b"".join(waiting))
        stream.flush()
    except BrokenPipeError:
        _mute()
        raise typer.Exit(BROKEN_PIPE) from None
    except OSError:
        _mute()
        raise


def _mute() -> None:
    """Let the interpreter flush into nothing when it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """Yield a new file that takes the target's place when all of it is written."""
    target = target.resolve()  # a link stays, what it names is replaced
    if target.exists() and not target.is_file():  # a device or a pipe has no place to take
        with target.open("wb") as file:
            yield file
        return
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with fresh.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise

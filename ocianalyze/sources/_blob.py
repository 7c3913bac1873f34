"""Stored bytes as values: a range of a local file, or bytes that a document embeds.

Both pickle, so that a worker process opens them itself. Reads are unbuffered and positional: two
readers of one file never disturb each other.
"""

import io
import os
import stat
import time
from typing import BinaryIO, Self, cast

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import SourceError

_SETTLED = 2.0
"""Seconds after which a file system's clock has surely ticked."""
_ALL = 1 << 62
READ_BYTES = 1 << 18
"""Bytes that one read of everything asks for at a time."""


class RangeReader:
    """A bounded, seekable view of an open file; ends early where the file does."""

    __slots__ = ("_at", "_descriptor", "_end", "_start")

    def __init__(self, descriptor: int, start: int, size: int) -> None:
        """Own the file descriptor; read `size` bytes from `start` on."""
        self._descriptor = descriptor
        self._start = start
        self._end = start + size
        self._at = start

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes, all that is left without a size."""
        left = max(self._end - self._at, 0)
        if size is None or size < 0:
            return self._rest()
        data = os.pread(self._descriptor, min(size, left), self._at)
        self._at += len(data)
        return data

    def _rest(self) -> bytes:
        pieces = []
        while piece := self.read(READ_BYTES):
            pieces.append(piece)
        return b"".join(pieces)

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill a buffer from the range; return how many bytes came."""
        view = memoryview(buffer).cast("B")[: max(self._end - self._at, 0)]
        count = os.preadv(self._descriptor, [view], self._at) if view else 0
        self._at += count
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move inside the range; return the position from its start."""
        base = (self._start, self._at, self._end)[whence]
        self._at = max(base + offset, self._start)
        return self.tell()

    def tell(self) -> int:
        """Return the position from the start of the range."""
        return self._at - self._start

    def readable(self) -> bool:
        """Return True: the range can be read."""
        return True

    def writable(self) -> bool:
        """Return False: sources are never written."""
        return False

    def seekable(self) -> bool:
        """Return True: the range is part of a regular file."""
        return True

    @property
    def closed(self) -> bool:
        """Tell whether the file was closed."""
        return self._descriptor < 0

    def close(self) -> None:
        """Close the file; again is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class FileRange:
    """Part of a local file."""

    path: str
    """Absolute, so that a worker finds it from any directory."""
    offset: int
    size: int
    """Bytes that are there."""
    promised: int
    """Bytes that the outer tar says there are; more than `size` when it is cut."""
    stamp: str = ""
    """Identity of the whole file, empty when it is temporary."""

    @property
    def identity(self) -> str:
        """Device, inode, size, times and offset as text; empty for temporary files."""
        return f"{self.stamp}:{self.offset}:{self.size}" if self.stamp else ""

    def is_settled(self) -> bool:
        """Tell that the file is still the one that was opened, and no longer being written.

        A file changed within the last two seconds may change again without its times showing it.
        """
        if not self.stamp:
            return False
        try:
            status = os.stat(self.path)  # noqa: PTH116 - a text, as everywhere here
        except OSError:
            return False
        return stamp(status) == self.stamp and time.time() - status.st_ctime > _SETTLED

    def open(self) -> BinaryIO:
        """Open the range.

        Raises:
            SourceError: the file is gone or may not be read.

        """
        return open_regular(self.path, self.offset, self.size)


@dataclass(frozen=True, slots=True)
class BytesBlob:
    """Bytes that a descriptor embeds as `data`."""

    data: bytes

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.data)

    @property
    def identity(self) -> str:
        """Empty: nothing outside the document can change them."""
        return ""

    def is_settled(self) -> bool:
        """Return False: there is no file to know again."""
        return False

    def open(self) -> BinaryIO:
        """Open the bytes."""
        return io.BytesIO(self.data)


def open_file(path: str) -> int:
    """Open a regular file for reading; return its descriptor.

    Never waits for the writer of a FIFO and never opens a device.

    Raises:
        SourceError: it is gone, may not be read or is no regular file.

    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot be read: {reason}", place=path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceError("is no regular file", place=path)
    return descriptor


def open_regular(path: str, offset: int = 0, size: int = _ALL) -> BinaryIO:
    """Open part of a regular file.

    Raises:
        SourceError: as of `open_file`.

    """
    return cast("BinaryIO", RangeReader(open_file(path), offset, size))


def stamp(status: os.stat_result) -> str:
    """Return what identifies the content of a file without reading it."""
    return (
        f"{status.st_dev}:{status.st_ino}:{status.st_size}"
        f":{status.st_mtime_ns}:{status.st_ctime_ns}"
    )


def whole_file(path: str) -> FileRange | None:
    """Return a regular file as a blob; None when there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - str paths pickle small, and os.stat takes NULs badly
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    size = status.st_size
    return FileRange(path, 0, size, size, stamp(status))

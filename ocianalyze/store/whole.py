"""Files of ours: read only where they are regular, written whole or not at all.

Nothing is synchronised to disk: what a power cut damages fails its checksum and is made again.
"""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def opened(path: Path) -> BinaryIO:
    """Open a file for reading; neither a link is followed nor a pipe waited for.

    Raises:
        OSError: it cannot be read.

    """
    return os.fdopen(os.open(path, _READ), "rb")


def read_whole(path: Path, limit: int) -> bytes | None:
    """Return the bytes of a file, None for one that is no regular file or over the limit.

    Raises:
        OSError: it cannot be read.

    """
    with opened(path) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return None
        return stream.read(status.st_size)  # `limit` would take that much memory first


def write_whole(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file and return its size; another writer of it does no harm.

    Raises:
        OSError: it cannot be written; nothing is left behind.

    """
    descriptor, name = mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(pieces)
            size = stream.tell()
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
    return size

"""One process at a time in the rare moments when the catalogue is opened or replaced."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "lock"

_PAUSE = 0.02


@contextmanager
def locked(directory: Path, seconds: float) -> Iterator[None]:
    """Hold the directory's lock; a process that dies lets it go.

    Raises:
        OSError: the lock cannot be had, or not within that time.

    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(directory / NAME, flags, 0o600)
    try:
        _wait(descriptor, time.monotonic() + seconds)
        try:
            yield
        finally:
            # A child forked meanwhile shares the descriptor: closing alone would not unlock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError("another process holds the lock") from None
            time.sleep(_PAUSE)
        else:
            return

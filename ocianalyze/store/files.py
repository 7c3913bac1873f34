"""The files of a store: `facts/ab/cdef....facts` and so on."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ocianalyze.dataclass import dataclass
from ocianalyze.store.columns import Damaged
from ocianalyze.store.whole import opened, read_whole, write_whole

FACTS, RECORDS = "facts", "records"
"""Kinds of files: name of their folder, and what their own names end in."""
_NAME = re.compile(r"[0-9a-f]{62}")
_FOLDER = re.compile(r"[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of the store, as its directory says."""

    path: Path
    key: str
    """64 hexadecimal digits; empty for what an interrupted writer left behind."""
    size: int
    modified: float
    """Seconds since 1970."""


class KeptFiles:
    """The files of one kind below one store directory, by key."""

    def __init__(self, directory: Path, kind: str = FACTS) -> None:
        """Remember where they are."""
        self.kind = kind
        self._root = directory / kind

    def path(self, key: str) -> Path:
        """Return where the file of a key is."""
        return self._root / key[:2] / f"{key[2:]}.{self.kind}"

    def read(self, key: str, limit: int) -> bytes | None:
        """Return the bytes of a file, None when there is none.

        Raises:
            Damaged: it is no regular file, or larger than any that is written.
            OSError: it cannot be read.

        """
        try:
            data = read_whole(self.path(key), limit)
        except FileNotFoundError:
            return None
        if data is None:
            raise Damaged("no file of the store")
        return data

    def begin(self, file: KeptFile, size: int) -> bytes:
        """Return the first bytes of a file, none when it cannot be read."""
        with suppress(OSError), opened(file.path) as stream:
            return stream.read(size)
        return b""

    def write(self, key: str, pieces: Iterable[bytes]) -> int:
        """Write a file whole and return its size; another writer of the key does no harm.

        Raises:
            OSError: it cannot be written; nothing is left behind.

        """
        path = self.path(key)
        for folder in (self._root, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        return write_whole(path, pieces)

    def remove(self, path: Path) -> str:
        """Remove a file and return why it stays, empty when it is gone."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def __iter__(self) -> Iterator[KeptFile]:
        """Yield every file in the order of the keys, then what writers left behind."""
        left: list[KeptFile] = []
        for folder in _listing(self._root):
            if _FOLDER.fullmatch(folder.name):
                for path in _listing(folder):
                    file = _look(path, self.kind)
                    if file is not None and file.key:
                        yield file
                    elif file is not None:
                        left.append(file)
        yield from left


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _look(path: Path, kind: str) -> KeptFile | None:
    is_kept = path.suffix == f".{kind}" and _NAME.fullmatch(path.stem) is not None
    if not is_kept and not (path.name.startswith(".") and path.suffix == ".tmp"):
        return None
    try:
        status = path.lstat()
    except OSError:
        return None
    key = path.parent.name + path.stem if is_kept else ""
    return KeptFile(path, key, status.st_size, status.st_mtime)

"""What tells this program from every other: names, sizes and times of its own files."""

import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from ocianalyze.version import VERSION

_PACKAGE = Path(__file__).parent.parent
_LEFT_OUT = "__pycache__"


@cache
def stamp() -> str:
    """Return a digest that changes when the program does; empty when its files cannot be seen."""
    seal = sha256(
        f"{VERSION}\0{sys.version}\0{sys.byteorder}\0{_PACKAGE}".encode("utf-8", "surrogateescape")
    )
    try:
        for row in sorted(_rows(str(_PACKAGE))):
            seal.update(row.encode("utf-8", "surrogateescape"))
    except OSError:
        return ""
    return seal.hexdigest()


def of_rules(folder: Path) -> str:
    """Return a digest that changes when a folder's rules do.

    Raises:
        OSError: it cannot be looked at.

    """
    rows = [_changed(path) for path in sorted(folder.glob("*.toml"))]
    return sha256("".join(rows).encode("utf-8", "surrogateescape")).hexdigest()


def _rows(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != _LEFT_OUT:
                    yield from _rows(entry.path)
                continue
            status = entry.stat()
            yield f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0"


def _changed(path: Path) -> str:
    status = path.stat()
    return f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0"

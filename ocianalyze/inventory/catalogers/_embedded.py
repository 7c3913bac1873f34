"""A tap for documents that programs carry in the middle, found by how they begin.

Only executables are looked at, libraries are not: their places in a file are written at its end,
which comes too late in a stream, and programs of these kinds are executables.
"""

from collections.abc import Callable
from dataclasses import field
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._marks import Hit, Marks, Part
from ocianalyze.layers.observer import Seen, Tap
from ocianalyze.limits import KIB

_SMALLEST = 16 * KIB
_EXECUTE = 0o111
_CANDIDATES = 8
"""Beginnings followed in one program."""


class Embedded(NamedTuple):
    """A kind of document."""

    text: bytes
    """With which it begins, one of `_executable.TEXTS`."""
    limit: int
    """Bytes of it that are read."""
    parse: Callable[[bytearray], bytes | None]
    """Makes the observation of the document with whatever follows it; must not raise."""
    begins: Callable[[bytes], bool] = bool
    """Tells by the first bytes that it may be one."""


@dataclass(slots=True)
class _EmbeddedTap:
    kind: Embedded
    marks: Marks
    parts: list[Part] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        at = self.marks.at
        for hit in self.marks.feed(piece):
            self._begin(hit)
        for part in self.parts:
            part.take(at, piece)
        return True

    def close(self) -> bytes | None:
        """Return what the first document says that can be read."""
        for hit in self.marks.close():
            self._begin(hit)
        return next(filter(None, (self.kind.parse(part.data) for part in self.parts)), None)

    def _begin(self, hit: Hit) -> None:
        if len(self.parts) < _CANDIDATES and self.kind.begins(hit.data):
            self.parts.append(Part(hit.at, self.kind.limit, bytearray(hit.data)))


def embedded(kind: Embedded, seen: Seen, head: memoryview) -> Tap | None:
    """Return a tap for a program that may carry a document; None for other files."""
    is_library = b".so" in seen.path.rpartition(b"/")[2]
    if not seen.mode & _EXECUTE or is_library or seen.size < _SMALLEST:
        return None
    is_program = _executable.kind(head)
    return (
        _EmbeddedTap(kind, Marks((kind.text,), _executable.TEXTS, seen.size))
        if is_program
        else None
    )

"""The observer that extracts the facts of every ELF file while its bytes pass.

Bytes come once and in order, so the parts worth keeping are chosen by the program headers: the
head of the file and the dynamic table. What lies elsewhere (the strings of a library with a very
large symbol table) is not read.
"""

from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.elf_facts import facts
from ocianalyze.detectors.elf_layout import MAGIC, layout, segments, wanted
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

HEAD_BYTES = 256 * 1024
"""Kept from the beginning of a file that does not come in one piece."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """A file that came in one piece."""

    piece: bytes | memoryview
    size: int

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self.piece[offset : offset + length])


@dataclass(slots=True)
class _Range:
    """A part to keep, beyond the head."""

    start: int
    end: int
    data: bytearray = field(default_factory=bytearray)

    def take(self, at: int, piece: bytes | memoryview) -> None:
        """Keep what a piece at an offset has of the part."""
        if at < self.end and at + len(piece) > self.start:
            self.data += piece[max(self.start - at, 0) : self.end - at]


@dataclass(slots=True)
class _Kept:
    """The parts of a file that were kept."""

    size: int
    head: bytearray = field(default_factory=bytearray)
    ranges: list[_Range] = field(default_factory=list)

    def read(self, offset: int, length: int) -> bytes:
        longest = bytes(self.head[offset : offset + length])
        for part in self.ranges:
            at = offset - part.start
            if at >= 0 and min(len(part.data) - at, length) > len(longest):
                longest = bytes(part.data[at : at + length])
        return longest

    def plan(self) -> None:
        """Choose the parts beyond the head, now that the head is complete."""
        form = layout(bytes(self.head[:64]))
        found = segments(self, form) if form else None
        chosen = wanted(found or [], self.size)
        self.ranges = [_Range(a, b, self.head[a:]) for a, b in chosen if b > HEAD_BYTES]


@dataclass(slots=True)
class _ElfTap:
    """Keeps parts of one file and reads them at its end."""

    size: int
    kept: _Kept = field(init=False)
    at: int = 0
    value: bytes | None = None

    def __post_init__(self) -> None:
        self.kept = _Kept(self.size)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        if not self.at and len(piece) >= self.size:
            self.value = facts(_Whole(piece, self.size)).to_json()
            return False
        missing = HEAD_BYTES - self.at
        if missing > 0:
            self.kept.head += piece[:missing]
            if len(piece) >= missing:
                self.kept.plan()
        for part in self.kept.ranges:
            part.take(self.at, piece)
        self.at += len(piece)
        return self.at < max((HEAD_BYTES, *(part.end for part in self.kept.ranges)))

    def close(self) -> bytes | None:
        """Return the facts as JSON (`ElfFacts`)."""
        return self.value or facts(self.kept).to_json()


def _open(seen: Seen, head: memoryview) -> Tap | None:
    return _ElfTap(seen.size) if head[:4] == MAGIC else None


OBSERVER = Observer(
    name="elf",
    version=2,
    interest=Interest(magics=frozenset({MAGIC})),
    open=_open,
    summary="machine, loader, libraries and where they are searched for, of ELF files",
)

"""Which members of a layer may be what is asked for, found at the speed of a search."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, compress, count, groupby
from typing import NamedTuple

from ocianalyze.filesystem.merged import Merged
from ocianalyze.filesystem.placing import hard_links
from ocianalyze.filesystem.skeleton import ENTRY, HARDLINK
from ocianalyze.model.facts import Entries


class Wanted(NamedTuple):
    """Which files are asked for."""

    mode: int
    names: frozenset[bytes] | None
    codes: frozenset[int] | None
    """Of file types."""
    xattrs: bool


class Candidates:
    """Members that are looked at more closely; others cannot be what is asked for."""

    def __init__(self, layers: Sequence[Entries], merged: Merged) -> None:
        """Remember where to look."""
        self._layers = layers
        self._merged = merged
        self._modes: dict[tuple[int, int], array[int]] = {}
        """What was asked for by layer and mode bits; controls know few of these."""

    def of(self, layer: int, wanted: Wanted) -> Iterable[int]:
        """Return members that may be asked for: their inode decides, and who wrote to it last."""
        entries = self._layers[layer]
        if wanted.names is not None:
            return sorted(chain.from_iterable(map(entries.names.where, wanted.names)))
        if wanted.codes is not None:
            return _typed(entries, wanted.codes)
        if wanted.xattrs:
            links = (entry for entry, _ in hard_links(entries))
            return _rising(entries.xattrs.entries, links, self._rewritten(layer))
        if wanted.mode:
            return self._of_mode(layer, wanted.mode)
        return range(len(entries))

    def _of_mode(self, layer: int, mode: int) -> "array[int]":
        """Return what may have any of some mode bits; several controls ask for the same."""
        if (layer, mode) in self._modes:
            return self._modes[layer, mode]
        entries = self._layers[layer]
        found = compress(count(), map(mode.__and__, entries.mode))
        links = positions(entries.kind, {HARDLINK})
        rising = array("I", _rising(found, links, self._rewritten(layer)))
        return self._modes.setdefault((layer, mode), rising)

    def _rewritten(self, layer: int) -> Iterator[int]:
        return (row & ENTRY for row in self._merged.headers.of_layer(layer))


def _typed(entries: Entries, codes: frozenset[int]) -> Iterator[int]:
    """Yield entries of some types, and hard links, whose inode decides."""
    typed = positions(entries.file_type, codes)
    return _rising(typed, positions(entries.kind, {HARDLINK}))


def _rising(*columns: Iterable[int]) -> Iterator[int]:
    """Yield all entries of rising columns, each once: there may be a million."""
    return (entry for entry, _ in groupby(merge(*columns)))


def positions(column: bytearray, values: Collection[int]) -> Iterator[int]:
    """Yield where a column has one of some values, at the speed of a search."""
    marks = column.translate(bytes(value in values for value in range(256)))
    at = marks.find(1)
    while at >= 0:
        yield at
        at = marks.find(1, at + 1)

"""Which members of a layer may be what is asked for, found at the speed of a search."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, compress, count, groupby
from typing import NamedTuple

from ocianalyze.filesystem.merged import Merged
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
        self._typed: dict[int, bytearray] = {}
        """File types by layer, a hard link's that of its inode."""

    def of(self, layer: int, wanted: Wanted) -> Iterable[int]:
        """Return members that may be asked for."""
        entries = self._layers[layer]
        if wanted.names is not None:
            return sorted(chain.from_iterable(map(entries.names.where, wanted.names)))
        if wanted.codes is not None:
            return positions(self._types(layer), wanted.codes)
        if wanted.xattrs:
            return _rising(entries.xattrs.entries, self._rewritten(layer), self._named(layer))
        if wanted.mode:
            return self._of_mode(layer, wanted.mode)
        return range(len(entries))

    def _types(self, layer: int) -> bytearray:
        if layer not in self._typed:
            entries = self._layers[layer]
            has_links = HARDLINK in entries.kind
            self._typed[layer] = entries.file_type[:] if has_links else entries.file_type
            for link, inode in self._merged.targets.of_layer(layer):
                code = self._layers[inode >> 32].file_type[inode & ENTRY]
                self._typed[layer][link & ENTRY] = code
        return self._typed[layer]

    def _of_mode(self, layer: int, mode: int) -> "array[int]":
        """Return what may have any of some mode bits; several controls ask for the same."""
        if (layer, mode) not in self._modes:
            found = compress(count(), map(mode.__and__, self._layers[layer].mode))
            links = (
                link & ENTRY
                for link, inode in self._merged.targets.of_layer(layer)
                if self._header_mode(inode) & mode
            )
            self._modes[layer, mode] = array("I", _rising(found, links, self._rewritten(layer)))
        return self._modes[layer, mode]

    def _header_mode(self, inode: int) -> int:
        """Return the mode that an inode got last."""
        writer = self._merged.headers.get(inode, inode)
        return self._layers[writer >> 32].mode[writer & ENTRY]

    def _rewritten(self, layer: int) -> Iterator[int]:
        return (row & ENTRY for row, _ in self._merged.headers.of_layer(layer))

    def _named(self, layer: int) -> Iterator[int]:
        """Yield the hard links to what has extended attributes, or may have them of a link."""
        for link, inode in self._merged.targets.of_layer(layer):
            attributes = self._layers[inode >> 32].xattrs
            if attributes.get(inode & ENTRY) or self._merged.headers.get(inode, -1) >= 0:
                yield link & ENTRY


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

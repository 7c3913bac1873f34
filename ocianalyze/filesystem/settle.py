"""The fate of the entries of one directory, in the order in which they act.

Whiteouts act on lower layers only, before anything of their own layer and wherever they stand in
it (image-spec "Image Layer Filesystem Changeset").
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ocianalyze.filesystem.cuts import Chain
from ocianalyze.filesystem.merged import DELETED, OVERWRITTEN, Merged
from ocianalyze.filesystem.skeleton import DIRECTORY, ENTRY, MARKS, SYMLINK, WHITEOUT

_LAST = 1 << 63
"""Later than any row."""


class Event(NamedTuple):
    """Something that an entry elsewhere does to a name of this directory."""

    time: int
    name: bytes
    is_below: bool
    """An entry is written below it; else a hard link names it."""


class Settling:
    """One directory while its entries take and lose their names."""

    def __init__(self, merged: Merged, chain: Chain | None, events: Iterable[Event]) -> None:
        """Begin empty; events are in order of time."""
        self._merged = merged
        self._chain = chain
        self._events = iter(events)
        self._pending = next(self._events, None)
        self._live: dict[bytes, int] = {}
        self._ghosts: dict[bytes, int] = {}
        """What whiteouts removed: hard links of the same layer may still name it."""
        self._whiteouts: dict[bytes, int] = {}
        """Of the layer at hand."""
        self.links = array("Q")
        """Hard links, each followed by what bore the name at that time."""
        self.dangling = array("Q")
        """Whiteouts of what is not in this directory, and hard links to nothing."""

    def run(self, rows: "array[int]") -> None:
        """Decide about all rows."""
        layer = -1
        for row in _in_order(self._merged, rows):
            if row >> 32 != layer:
                layer = row >> 32
                self._whiteouts.clear()
            if self._merged.kind(row) == WHITEOUT:
                self._advance((layer << 32) - 1)
                self._remove(row)
            else:
                self._advance(row)
                self._claim(row)
        self._advance(_LAST)

    def _advance(self, time: int) -> None:
        """Let everything happen that comes from elsewhere up to a time."""
        while (event := self._pending) and event.time <= time:
            self._pending = next(self._events, None)
            self._cut(event.time - 1)
            if event.is_below:
                self._cut(event.time)
                self._evict(event)
            else:
                self._name(event)
        self._cut(time)

    def _cut(self, time: int) -> None:
        """End everything when the directory lost its contents; the root's own entry stays."""
        at = self._chain.due(time) if self._chain else None
        if at is None:
            return
        layer = (at + 1) >> 32  # a whiteout's time is the one before its layer
        root = self._live.pop(b"", None)
        for row in self._live.values():
            self._merged.end(row, layer, DELETED)
        if at & ENTRY == ENTRY:
            self._ghosts.update(self._live)
        self._live = {} if root is None else {b"": root}

    def _name(self, event: Event) -> None:
        row = self._live.get(event.name)
        if row is None:
            row = self._ghost(event.name, event.time >> 32)
        if row is None or self._merged.kind(row) == DIRECTORY:
            self.dangling.append(event.time)
            return
        self.links.extend((event.time, row))
        if self._is_itself(event.time, row):
            self.dangling.append(event.time)

    def _is_itself(self, link: int, row: int) -> bool:
        """Tell a hard link to its own name, which runtimes free before they look for the target."""
        merged = self._merged
        return merged.name(link) == merged.name(row) and (
            merged.places[link >> 32][link & ENTRY] == merged.places[row >> 32][row & ENTRY]
        )

    def _ghost(self, name: bytes, layer: int) -> int | None:
        """Return what a whiteout of this layer took away."""
        row = self._ghosts.get(name)
        if row is None or self._merged.ended[row >> 32][row & ENTRY] != layer:
            return None
        return row

    def _evict(self, event: Event) -> None:
        row = self._live.get(event.name)
        if row is None or self._merged.kind(row) == DIRECTORY:
            return
        del self._live[event.name]
        layer = event.time >> 32
        self._merged.end(row, layer, OVERWRITTEN)
        if self._merged.kind(row) != SYMLINK:
            path = self._merged.path(row)
            self._merged.oddities.add(layer, "merge.under-file", path)

    def _remove(self, whiteout: int) -> None:
        name = self._merged.name(whiteout)
        self._whiteouts[name] = whiteout
        row = self._live.pop(name, None)
        if row is not None:
            self._merged.end(row, whiteout >> 32, DELETED)
            self._ghosts[name] = row
        elif self._ghost(name, whiteout >> 32) is None:
            self.dangling.append(whiteout)

    def _claim(self, row: int) -> None:
        name = self._merged.name(row)
        before = self._live.get(name)
        if before is not None:
            self._merged.end(before, row >> 32, OVERWRITTEN)
            self._report_duplicate(before, row)
        if self._whiteouts and self._whiteouts.get(name, -1) > row:
            path = self._merged.path(row)
            self._merged.oddities.add(row >> 32, "merge.odd-whiteout", path, b"after the entry")
        self._live[name] = row

    def _report_duplicate(self, before: int, row: int) -> None:
        both_directories = self._merged.kind(before) == DIRECTORY == self._merged.kind(row)
        if before >> 32 == row >> 32 and not both_directories:
            self._merged.oddities.add(row >> 32, "tar.duplicate", self._merged.path(row))


class Simple:
    """Tells directories in which one layer wrote each name once, and nothing but names."""

    def __init__(self, merged: Merged) -> None:
        """Look for layers without marks, where kinds need no second look."""
        self._merged = merged
        self._marked = [any(mark in layer.kind for mark in MARKS) for layer in merged.layers]

    def tells(self, number: int) -> bool:
        """Tell that nothing in a directory ends anything, unless something from elsewhere does."""
        merged = self._merged
        start, end = merged.starts[number], merged.starts[number + 1]
        if start == end:
            return True
        layer = merged.rows[start] >> 32
        if layer != merged.rows[end - 1] >> 32:
            return False
        members = array("I", (row & ENTRY for row in merged.rows[start:end]))
        entries = merged.layers[layer]
        if self._marked[layer] and any(entries.kind[member] in MARKS for member in members):
            return False
        if len(members) == 1:
            return True
        data, ends = entries.names.data, entries.names.ends
        names = {bytes(data[ends[at - 1] if at else 0 : ends[at]]) for at in members}
        return len(names) == len(members)


def _in_order(merged: Merged, rows: "array[int]") -> Iterator[int]:
    """Yield rows in the order in which they act: a layer's whiteouts before its entries."""
    start = 0
    while start < len(rows):
        layer = rows[start] >> 32
        end = bisect_right(rows, layer << 32 | ENTRY, start)
        kinds = merged.layers[layer].kind
        group = rows[start:end]
        yield from (row for row in group if kinds[row & ENTRY] == WHITEOUT)
        yield from (row for row in group if kinds[row & ENTRY] not in MARKS)
        start = end

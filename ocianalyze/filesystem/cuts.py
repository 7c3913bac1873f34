"""When directories lose everything below them, and when what is no directory must become one."""

from array import array
from bisect import bisect_right
from collections.abc import Container, Iterator

from ocianalyze.filesystem.merged import Merged
from ocianalyze.filesystem.skeleton import DIRECTORY, MARKS, OPAQUE, UNKNOWN, WHITEOUT

Standing = list[tuple[int, int]]
"""Rows of what is no directory, with the number of the directory at the same path."""
_LAST = 1 << 63
"""Later than any row."""


class Cuts:
    """Times at which directories lose their contents.

    A whiteout's time is just before its layer's first entry; that of a file or a link in the
    place of a directory is its own row.
    """

    def __init__(self, merged: Merged) -> None:
        """Find the cuts of every directory."""
        self.standing: Standing = []
        self._own: dict[int, array[int]] = {}
        self._parents = merged.skeleton.parents
        for number, row, is_whiteout in losses(merged):
            at = (row >> 32 << 32) - 1 if is_whiteout else row
            self._own.setdefault(number, array("q")).append(at)
            if not is_whiteout:
                self.standing.append((row, number))
        self._own = {number: array("q", sorted(own)) for number, own in self._own.items()}
        self._nearest = _nearest(self._parents, self._own) if self._own else array("I")

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._own)

    def of(self, number: int) -> "Chain | None":
        """Return the cuts that a directory and those above it have; None for none."""
        if not self._own:
            return None
        found: list[array[int]] = []
        above = self._nearest[number]
        while above:
            found.append(self._own[above - 1])
            above = self._nearest[self._parents[above - 1]] if above > 1 else 0
        return Chain(found) if found else None


class Chain:
    """The cuts of a directory and of those above it, asked for in order of time."""

    def __init__(self, cuts: "list[array[int]]") -> None:
        """Begin before all of them."""
        self._cuts = cuts
        self._next = min(own[0] for own in cuts)

    def due(self, time: int) -> int | None:
        """Return the first cut not asked for yet, up to a time, and pass over all up to it."""
        if self._next > time or self._next == _LAST:
            return None
        found = self._next
        following = ((own, bisect_right(own, time)) for own in self._cuts)
        self._next = min((own[at] for own, at in following if at < len(own)), default=_LAST)
        return found


def losses(merged: Merged) -> Iterator[tuple[int, int, bool]]:
    """Yield directories that lose their contents, to which row, and whether it is a whiteout."""
    skeleton = merged.skeleton
    inner = bytearray(len(skeleton))
    for number in skeleton.parents[1:]:
        inner[number] = 1
    for layer, (entries, places) in enumerate(zip(merged.layers, merged.places, strict=True)):
        for entry, kind in enumerate(entries.kind):
            if kind in (DIRECTORY, UNKNOWN) or (kind != OPAQUE and not inner[places[entry]]):
                continue
            name = entries.names[entry]
            found = skeleton.child(places[entry], name)
            if found is None or not (name or kind == OPAQUE):
                continue
            if inner[found] or merged.directory(found):
                yield found, layer << 32 | entry, kind in (OPAQUE, WHITEOUT)


def _nearest(parents: "array[int]", wanted: Container[int]) -> "array[int]":
    """Return, for each directory, one more than the nearest wanted one upwards; 0 for none."""
    nearest = array("I", bytes(4 * len(parents)))
    for number, parent in enumerate(parents):  # the root is its own parent
        nearest[number] = number + 1 if number in wanted else nearest[parent]
    return nearest


def evictions(merged: Merged, standing: Standing) -> dict[int, list[tuple[int, bytes]]]:
    """Return, for each directory, when which name must give way to a directory.

    Runtimes refuse an entry below a file; here the file ends, so that nothing is hidden.
    """
    if not standing:
        return {}
    found: dict[int, list[tuple[int, bytes]]] = {}
    skeleton = merged.skeleton
    nearest = _nearest(skeleton.parents, {number for _, number in standing})
    present: set[int] = set()
    coming = iter([*sorted(standing), (_LAST, 0)])
    row, number = next(coming)
    for time, place in _writes(merged, nearest):
        while row < time:
            present.add(number)
            row, number = next(coming)
        above = nearest[place]
        while above:
            if above - 1 in present:
                present.remove(above - 1)
                parent, name = skeleton.parents[above - 1], skeleton.names[above - 1]
                found.setdefault(parent, []).append((time, name))
            above = nearest[skeleton.parents[above - 1]]
    return found


def _writes(merged: Merged, nearest: "array[int]") -> Iterator[tuple[int, int]]:
    """Yield entries below the directories in question with their directories, as time goes."""
    for layer, (entries, places) in enumerate(zip(merged.layers, merged.places, strict=True)):
        for entry, (place, kind) in enumerate(zip(places, entries.kind, strict=True)):
            if nearest[place] and kind not in MARKS:
                yield layer << 32 | entry, place

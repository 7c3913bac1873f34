"""Directories that exist because something was written below them: no layer has an entry for them.

Runtimes make them, root's and of mode 0755, when they extract what is below. Like others they end
by a whiteout, by an opaque one above them, and by what is written in their place.
"""

from array import array

from ocianalyze.filesystem.cuts import losses
from ocianalyze.filesystem.merged import Merged
from ocianalyze.filesystem.skeleton import DIRECTORY, MARKS, OPAQUE

_NEVER = -1


def implied(merged: Merged) -> "array[int]":
    """Return the numbers of such directories in the final filesystem; the root is none."""
    told = _told(merged)
    if all(told):
        return array("I")
    written = _written(merged)
    missing = [at for at, is_told in enumerate(told) if not is_told and written[at] != _NEVER]
    if not missing:
        return array("I")
    removed = _removed(merged)
    return array("I", (at for at in missing if written[at] > removed[at]))


def _told(merged: Merged) -> bytearray:
    """Mark the root, and each directory that has a visible entry of its own."""
    skeleton = merged.skeleton
    told = bytearray(len(skeleton))
    told[0] = 1
    for layer, (entries, places) in enumerate(zip(merged.layers, merged.places, strict=True)):
        at = entries.kind.find(DIRECTORY)
        while at >= 0:
            if merged.is_visible(layer << 32 | at):
                number = skeleton.child(places[at], entries.names[at])
                told[number or 0] = 1
            at = entries.kind.find(DIRECTORY, at + 1)
    return told


def _written(merged: Merged) -> "array[int]":
    """Return the last row in or below each directory; whiteouts make no directory."""
    last = array("q", [_NEVER]) * len(merged.skeleton)
    for number in range(len(merged.skeleton) - 1, -1, -1):
        rows = reversed(merged.directory(number))
        own = next((row for row in rows if merged.kind(row) not in MARKS), _NEVER)
        last[number] = max(last[number], own)
        above = merged.skeleton.parents[number]
        last[above] = max(last[above], last[number])
    return last


def _removed(merged: Merged) -> "array[int]":
    """Return when each directory was last removed, with those above it or by itself."""
    removed = array("q", [_NEVER]) * len(merged.skeleton)
    emptied = removed[:]
    for number, row, is_whiteout in losses(merged):
        at = (row >> 32 << 32) - 1 if is_whiteout else row
        emptied[number] = max(emptied[number], at)
        if merged.kind(row) != OPAQUE:
            removed[number] = max(removed[number], at)
    for number, above in enumerate(merged.skeleton.parents):
        removed[number] = max(removed[number], emptied[above] if number else _NEVER)
        emptied[number] = max(emptied[number], removed[number])
    return removed

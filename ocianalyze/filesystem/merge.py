"""Layers merged by the rules of image-spec "Image Layer Filesystem Changeset".

Nothing is lost: every entry learns whether it is visible, overwritten or deleted in the final
filesystem, and by which layer. Work goes directory by directory, so that no more than one
directory's names are ever held as objects.
"""

import heapq
from array import array
from collections.abc import Sequence

from ocianalyze.filesystem.cuts import Cuts, evictions
from ocianalyze.filesystem.grouping import grouped
from ocianalyze.filesystem.inodes import LinksByTarget, Named, headers
from ocianalyze.filesystem.merged import NEVER, VISIBLE, Merged
from ocianalyze.filesystem.oddities import Oddities
from ocianalyze.filesystem.placing import Placed, place
from ocianalyze.filesystem.settle import Event, Settling, Simple
from ocianalyze.filesystem.skeleton import ENTRY, HARDLINK
from ocianalyze.limits import Limits
from ocianalyze.model.facts import Entries


def merge(layers: Sequence[Entries], limits: Limits) -> Merged:
    """Merge layers, lowest first."""
    oddities = Oddities(len(layers), limits)
    placed = place(layers, limits, oddities)
    placed.skeleton.freeze()
    each = (range(at << 32, (at << 32) + len(layer)) for at, layer in enumerate(layers))
    rows, starts = grouped(each, placed.entries, len(placed.skeleton))
    merged = Merged(
        layers=layers,
        skeleton=placed.skeleton,
        places=placed.entries,
        rows=rows,
        starts=starts,
        states=[bytearray([VISIBLE]) * len(layer) for layer in layers],
        ended=[array("h", [NEVER]) * len(layer) for layer in layers],
        oddities=oddities,
    )
    _settle(merged, placed)
    return merged


def _settle(merged: Merged, placed: Placed) -> None:
    """Decide the fate of everything, one directory after the other."""
    cuts = Cuts(merged)
    evicted = evictions(merged, cuts.standing)
    links = LinksByTarget(merged, placed)
    named, dangling = Named(merged.layers), array("Q")
    simple = Simple(merged)
    for number in range(len(merged.skeleton)):
        if not (cuts or number in evicted or links.at(number)) and simple.tells(number):
            continue
        chain, below = cuts.of(number), evicted.get(number, ())
        if not (chain or below or links.at(number)) and simple.tells(number):
            continue
        written = (Event(time, name, is_below=True) for time, name in sorted(below))
        settling = Settling(merged, chain, heapq.merge(links.of(number), written))
        settling.run(merged.directory(number))
        named.take(settling.links)
        dangling += settling.dangling
    merged.targets = named.inodes()
    merged.headers = headers(merged)
    _report(merged, [*dangling, *links.nowhere()])


def _report(merged: Merged, dangling: Sequence[int]) -> None:
    """Report hard links to nothing, and whiteouts of what no lower layer has."""
    lowest = _lowest_layers(merged) if dangling else array("h")
    for row in sorted(dangling):
        if merged.kind(row) == HARDLINK:
            link = merged.layers[row >> 32].links.get(row & ENTRY)
            merged.oddities.add(row >> 32, "tar.link-missing", merged.path(row), b"/" + link)
            continue
        place = merged.places[row >> 32][row & ENTRY]
        number = merged.skeleton.child(place, merged.name(row))
        if number is None or lowest[number] >= row >> 32:
            merged.oddities.add(row >> 32, "merge.dangling-whiteout", merged.path(row))


def _lowest_layers(merged: Merged) -> "array[int]":
    """Return the lowest layer that wrote in or below each directory."""
    lowest = array("h", [len(merged.layers)]) * len(merged.skeleton)
    for number in range(len(merged.skeleton) - 1, -1, -1):
        rows = merged.directory(number)
        if rows:
            lowest[number] = min(lowest[number], rows[0] >> 32)
        parent = merged.skeleton.parents[number]
        lowest[parent] = min(lowest[parent], lowest[number])
    return lowest

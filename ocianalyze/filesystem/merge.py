"""Layers merged by the rules of image-spec "Image Layer Filesystem Changeset".

Nothing is lost: every entry learns whether it is visible, overwritten or deleted in the final
filesystem, and by which layer. Whiteouts act on lower layers only, before anything of their own
layer and wherever they stand in it. Work goes directory by directory, so that no more than one
directory's names are ever held as objects.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ocianalyze.filesystem.skeleton import (
    DIRECTORY,
    HARDLINK,
    OPAQUE,
    UNKNOWN,
    WHITEOUT,
    Skeleton,
    join,
)
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.facts import Entries

VISIBLE, OVERWRITTEN, DELETED = b"vod"
NEVER = -1
_MARKS = (WHITEOUT, OPAQUE, UNKNOWN)
"""Kinds that are no part of the filesystem."""


@dataclass(slots=True)
class Merged:
    """The fate of every entry of every layer."""

    layers: Sequence[Entries]
    skeleton: Skeleton
    rows: "array[int]"
    """`layer << 32 | entry` of everything, directory by directory, each in order of time."""
    starts: "array[int]"
    """Where each directory's rows begin, and the end of the last."""
    states: list[bytearray]
    """For each layer, each entry's `VISIBLE`, `OVERWRITTEN` or `DELETED`."""
    ended: "list[array[int]]"
    """For each layer, the layer that ended each entry, or `NEVER`."""
    anomalies: list[tuple[int, Anomaly]] = field(default_factory=list)
    """Layer index and what was odd."""
    anomalies_dropped: int = 0
    targets: dict[int, int] = field(default_factory=dict)
    """Rows of hard links to the row of the inode that they name."""

    def directory(self, number: int) -> "array[int]":
        """Return the rows of one directory."""
        return self.rows[self.starts[number] : self.starts[number + 1]]

    def name(self, row: int) -> bytes:
        """Return a row's base name."""
        return self.layers[row >> 32].names[row & 0xFFFFFFFF]

    def kind(self, row: int) -> int:
        """Return a row's kind as a byte."""
        return self.layers[row >> 32].kind[row & 0xFFFFFFFF]

    def is_visible(self, row: int) -> bool:
        """Tell whether a row is part of the final filesystem."""
        entry = row & 0xFFFFFFFF
        layer = row >> 32
        return self.states[layer][entry] == VISIBLE and self.layers[layer].kind[entry] not in _MARKS


def merge(layers: Sequence[Entries], limits: Limits) -> Merged:
    """Merge layers, lowest first."""
    anomalies: list[tuple[int, Anomaly]] = []
    skeleton = Skeleton(layers, limits, lambda layer, odd: anomalies.append((layer, odd)))
    rows, starts = _group(skeleton)
    merged = Merged(
        layers=layers,
        skeleton=skeleton,
        rows=rows,
        starts=starts,
        states=[bytearray([VISIBLE]) * len(layer) for layer in layers],
        ended=[array("h", [NEVER]) * len(layer) for layer in layers],
        anomalies=anomalies,
    )
    cuts = _cuts(merged)
    for number in range(len(skeleton.paths)):
        _settle(merged, number, cuts.get(number, []))
    merged.targets = dict(_link_targets(merged))
    kept = len(layers) * limits.anomalies
    merged.anomalies_dropped = max(0, len(anomalies) - kept)
    del anomalies[kept:]
    return merged


def _group(skeleton: Skeleton) -> tuple["array[int]", "array[int]"]:
    """Sort everything by directory, keeping the order of time (a counting sort)."""
    counts = array("Q", bytes(8 * (len(skeleton.paths) + 1)))
    for places in skeleton.places:
        for place in places:
            counts[place + 1] += 1
    for number in range(1, len(counts)):
        counts[number] += counts[number - 1]
    starts = counts[:]
    rows = array("Q", bytes(8 * sum(map(len, skeleton.places))))
    for layer, places in enumerate(skeleton.places):
        for row, place in enumerate(places, layer << 32):
            rows[counts[place]] = row
            counts[place] += 1
    return rows, starts


def _cuts(merged: Merged) -> dict[int, list[int]]:
    """Return, for each directory that lost its contents, when: rows that everything precedes."""
    skeleton, own = merged.skeleton, dict[int, list[int]]()
    above = {skeleton.parents[number] for number in range(1, len(skeleton.paths))}
    for layer, (entries, places) in enumerate(zip(merged.layers, skeleton.places, strict=True)):
        for entry, kind in enumerate(entries.kind):
            if kind == DIRECTORY or (kind not in (OPAQUE, WHITEOUT) and places[entry] not in above):
                continue
            path = join(skeleton.paths[places[entry]], entries.names[entry])
            number = skeleton.numbers.get(path)
            if number is None or kind == UNKNOWN or (not path and kind != OPAQUE):
                continue
            at = layer << 32 if kind in (OPAQUE, WHITEOUT) else layer << 32 | entry
            own.setdefault(number, []).append(at)
    return _inherited(skeleton, own) if own else own


def _inherited(skeleton: Skeleton, own: dict[int, list[int]]) -> dict[int, list[int]]:
    """Add the cuts of all ancestors; a directory's number is higher than its parent's."""
    cuts: dict[int, list[int]] = {}
    for number in range(len(skeleton.paths)):
        above = cuts.get(skeleton.parents[number], []) if number else []
        mine = own.get(number, [])
        if above or mine:
            cuts[number] = sorted({*above, *mine})
    return cuts


def _settle(merged: Merged, number: int, cuts: list[int]) -> None:
    """Decide the fate of one directory's entries."""
    rows = merged.directory(number)
    if not rows:
        return
    if not cuts and rows[0] >> 32 == rows[-1] >> 32 and _are_distinct(merged, rows):
        return
    live: dict[bytes, int] = {}
    pending = cuts[::-1]
    for row in _in_order(merged, rows):
        while pending and pending[-1] <= row:
            _cut(merged, live, pending.pop())
        _claim(merged, number, live, row)
    while pending:
        _cut(merged, live, pending.pop())


def _are_distinct(merged: Merged, rows: "array[int]") -> bool:
    """Tell that one layer wrote each name once, and nothing but names."""
    entries = merged.layers[rows[0] >> 32]
    kinds, data, ends = entries.kind, entries.names.data, entries.names.ends
    names = set()
    for row in rows:
        entry = row & 0xFFFFFFFF
        if kinds[entry] in _MARKS:
            return False
        names.add(bytes(data[ends[entry - 1] if entry else 0 : ends[entry]]))
    return len(names) == len(rows)


def _in_order(merged: Merged, rows: "array[int]") -> Iterator[int]:
    """Yield rows in the order in which they act: a layer's whiteouts before its entries."""
    start = 0
    while start < len(rows):
        layer = rows[start] >> 32
        end = bisect_right(rows, layer << 32 | 0xFFFFFFFF, start)
        kinds = merged.layers[layer].kind
        group = rows[start:end]
        yield from (row for row in group if kinds[row & 0xFFFFFFFF] == WHITEOUT)
        yield from (row for row in group if kinds[row & 0xFFFFFFFF] not in _MARKS)
        start = end


def _claim(merged: Merged, number: int, live: dict[bytes, int], row: int) -> None:
    """Let an entry take its name, or a whiteout free it."""
    name = merged.name(row)
    if merged.kind(row) != WHITEOUT:
        before = live.get(name)
        if before is not None:
            _end(merged, before, row >> 32, OVERWRITTEN)
            _report_duplicate(merged, number, before, row)
        live[name] = row
        return
    before = live.pop(name, None)
    if before is not None:
        _end(merged, before, row >> 32, DELETED)
        return
    path = join(merged.skeleton.paths[number], name)
    if path not in merged.skeleton.numbers:
        merged.anomalies.append((row >> 32, Anomaly("merge.dangling-whiteout", "", path)))


def _report_duplicate(merged: Merged, number: int, before: int, row: int) -> None:
    both_directories = merged.kind(before) == DIRECTORY == merged.kind(row)
    if before >> 32 == row >> 32 and not both_directories:
        path = join(merged.skeleton.paths[number], merged.name(row))
        merged.anomalies.append((row >> 32, Anomaly("tar.duplicate", "", path)))


def _cut(merged: Merged, live: dict[bytes, int], at: int) -> None:
    """End everything that is live in a directory; the root's own entry stays."""
    root = live.pop(b"", None)
    for row in live.values():
        _end(merged, row, at >> 32, DELETED)
    live.clear()
    if root is not None:
        live[b""] = root


def _end(merged: Merged, row: int, layer: int, state: int) -> None:
    merged.states[row >> 32][row & 0xFFFFFFFF] = state
    merged.ended[row >> 32][row & 0xFFFFFFFF] = layer


def _link_targets(merged: Merged) -> Iterator[tuple[int, int]]:
    """Find the inode of each hard link; chains end at what is no hard link."""
    found = sorted(_named_rows(merged))
    final: dict[int, int] = {}
    for row, target in found:
        final[row] = final.get(target, target)
    return iter(final.items())


def _named_rows(merged: Merged) -> Iterator[tuple[int, int]]:
    """Yield each hard link's row with the row that bore the target's name at that time."""
    for number, links in _by_target(merged).items():
        named: dict[bytes, list[int]] = {}
        for row in _in_order(merged, merged.directory(number)):
            if merged.kind(row) != WHITEOUT:
                named.setdefault(merged.name(row), []).append(row)
        for row, name in links:
            target = _alive_at(merged, named.get(name, []), row)
            if target is not None:
                yield row, target
            else:
                path = join(merged.skeleton.paths[number], name)
                merged.anomalies.append((row >> 32, Anomaly("tar.link-missing", "", path)))


def _by_target(merged: Merged) -> dict[int, list[tuple[int, bytes]]]:
    grouped: dict[int, list[tuple[int, bytes]]] = {}
    for layer, entries in enumerate(merged.layers):
        places = iter(merged.skeleton.targets[layer])
        for entry, link in entries.links.items():
            if entries.kind[entry] == HARDLINK:
                name = link.rpartition(b"/")[2]
                grouped.setdefault(next(places), []).append((layer << 32 | entry, name))
    return grouped


def _alive_at(merged: Merged, rows: list[int], time: int) -> int | None:
    """Return the last of `rows` before `time` unless it had ended by then."""
    at = bisect_right(rows, time - 1) - 1
    if at < 0:
        return None
    row = rows[at]
    layer, entry = row >> 32, row & 0xFFFFFFFF
    ended = merged.ended[layer][entry]
    if ended == NEVER or ended > time >> 32:
        return row
    overwritten = merged.states[layer][entry] == OVERWRITTEN
    return row if ended == time >> 32 and overwritten else None

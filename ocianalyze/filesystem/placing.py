"""Where each entry of each layer lies in the merged tree.

Runtimes extract a member below a symbolic link at the link's target, inside the root. Most images
have no such member, and every directory is where it says; the others are replayed in tar order.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.detours import Detours
from ocianalyze.filesystem.oddities import Oddities
from ocianalyze.filesystem.skeleton import HARDLINK, MARKS, SYMLINK, Skeleton
from ocianalyze.layers.whiteout import AUFS
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import Entries

NOWHERE = 0xFFFFFFFF
"""The directory of a hard link's target when nothing was ever below it."""
_PARKED = AUFS + b"plnk"
"""Where AUFS kept files with many names (decision 0006)."""
_FILE = ord(Kind.FILE)


@dataclass(slots=True)
class Placed:
    """The directories of the merged tree, and which of them everything is in."""

    skeleton: Skeleton = field(default_factory=Skeleton)
    entries: "list[array[int]]" = field(default_factory=list)
    """For each layer the number of each entry's directory."""
    targets: "list[array[int]]" = field(default_factory=list)
    """For each layer the directory of each hard link's target, in the order of `hard_links`."""


def place(layers: Sequence[Entries], limits: Limits, oddities: Oddities) -> Placed:
    """Place every entry of every layer."""
    placed = Placed()
    for layer in layers:
        _adopt(placed, layer)
    if not _has_detours(placed, layers):
        return placed
    placed = Placed()
    detours = Detours(placed.skeleton, limits, oddities)
    for index, layer in enumerate(layers):
        _replay(placed, detours, index, layer)
    return placed


def _has_detours(placed: Placed, layers: Sequence[Entries]) -> bool:
    """Tell whether a link stands where any layer has a directory, or may lead to a target."""
    if any(NOWHERE in targets for targets in placed.targets):
        return True
    return any(
        placed.skeleton.child(places[entry], layer.names[entry])
        for layer, places in zip(layers, placed.entries, strict=True)
        for entry in layer.links.entries
    )


def _adopt(placed: Placed, layer: Entries) -> None:
    """Take every directory to be where its path says."""
    numbers = _numbers(placed.skeleton, layer.directories)
    placed.entries.append(array("I", map(numbers.__getitem__, layer.parent)))
    found = (placed.skeleton.find(_above(path)) for _, path in hard_links(layer))
    placed.targets.append(array("I", (NOWHERE if x is None else x for x in found)))


def _numbers(skeleton: Skeleton, directories: Sequence[bytes]) -> list[int]:
    """Number paths; the parent of one is most often among those before it."""
    known: dict[bytes, int] = {b"": 0}
    add = skeleton.put if len(skeleton) == 1 else skeleton.add
    for path in directories:
        above, _, name = path.rpartition(b"/")
        parent = known.get(above)
        if path in known:
            continue
        if parent is not None and name:
            known[path] = add(parent, name)
        else:
            add = skeleton.add
            known[path] = skeleton.number(path)
            known.setdefault(above, skeleton.parents[known[path]])
    return [known[path] for path in directories]


def _replay(placed: Placed, detours: Detours, index: int, layer: Entries) -> None:
    """Place one layer's entries in tar order, links followed as they stand by then."""
    places: array[int] = array("I")
    targets: array[int] = array("I")
    settled: dict[int, int] = {}
    kept = parked(layer)
    for entry, (parent, kind) in enumerate(zip(layer.parent, layer.kind, strict=True)):
        number = settled.get(parent)
        if number is None:
            path = layer.directories[parent]
            number = detours.place(index, path, entry=kind not in MARKS)
            if kind not in MARKS:
                settled[parent] = number
        places.append(number)
        target = layer.links.get(entry) if kind in (SYMLINK, HARDLINK) else None
        target = kept.get(entry, target)
        if kind == HARDLINK and target is not None:
            found = detours.look(_above(target))
            targets.append(NOWHERE if found is None else found)
            target = detours.target(target)
        if detours.write(index << 32 | entry, kind, (number, layer.names[entry]), target):
            settled.clear()
    placed.entries.append(places)
    placed.targets.append(targets)


def _above(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]


def parked(layer: Entries) -> Mapping[int, bytes]:
    """Return what a layer's hard links to files that AUFS kept name: the last name alone counts."""
    if _PARKED not in layer.links.values.data:
        return {}
    found: dict[int, bytes] = {}
    files: dict[bytes, bytes] = {}
    for entry, kind in enumerate(layer.kind):
        if kind == _FILE and (path := layer.path(entry)).startswith(_PARKED):
            files[layer.names[entry]] = path
        elif kind == HARDLINK and (path := layer.links.get(entry)).startswith(_PARKED):
            found[entry] = files.get(path.rpartition(b"/")[2], path)
    return found


def hard_links(layer: Entries) -> Iterator[tuple[int, bytes]]:
    """Yield a layer's hard links with the paths of their targets."""
    kept = parked(layer)
    entry = layer.kind.find(HARDLINK)
    while entry >= 0:
        yield entry, kept.get(entry) or layer.links.get(entry)
        entry = layer.kind.find(HARDLINK, entry + 1)

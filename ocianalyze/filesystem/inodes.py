"""Hard links: which content they name, and whose header counts for it.

A link shares its target's inode, so its own header's owner, mode and attributes reach every other
name of it: containerd, Docker and Podman apply them when they extract the link, umoci does not. A
link to a file that AUFS kept is a file of its own to those of them that unpack no overlay, with the
header of what AUFS kept: such a link takes no set-id bit away (decision 0006).
"""

from array import array
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby, repeat

from ocianalyze.filesystem.grouping import grouped
from ocianalyze.filesystem.merged import Merged, Pairs
from ocianalyze.filesystem.placing import Placed, hard_links, parked
from ocianalyze.filesystem.settle import Event
from ocianalyze.filesystem.skeleton import ENTRY
from ocianalyze.model.facts import Entries, unpack_xattrs

_SETID = 0o6000
_AS_ITSELF = b"hard link to a file that AUFS kept: a file of its own to some"


class LinksByTarget:
    """Hard links by the directories of their targets."""

    def __init__(self, merged: Merged, placed: Placed) -> None:
        """Sort them."""
        self._merged = merged
        nowhere = len(merged.skeleton)
        self._rows, self._starts = grouped(
            (
                (layer << 32 | entry for entry, _ in hard_links(entries))
                for layer, entries in enumerate(merged.layers)
            ),
            [array("I", map(min, targets, repeat(nowhere))) for targets in placed.targets],
            nowhere + 1,
        )

    def at(self, number: int) -> bool:
        """Tell whether any link leads into a directory."""
        return self._starts[number] < self._starts[number + 1]

    def of(self, number: int) -> Iterator[Event]:
        """Yield the links into a directory in order of time."""
        for row in self._rows[self._starts[number] : self._starts[number + 1]]:
            path = self._merged.layers[row >> 32].links.get(row & ENTRY)
            yield Event(row, path.rpartition(b"/")[2], is_below=False)

    def nowhere(self) -> "array[int]":
        """Return the links whose targets are in no directory."""
        return self._rows[self._starts[-2] :]


class Named:
    """What hard links name, by layer and entry."""

    def __init__(self, layers: Sequence[Entries]) -> None:
        """Begin with nothing."""
        self._layers = layers
        self._named: dict[int, array[int]] = {}
        """One more than the row that each entry names; 0 for what names none."""

    def take(self, named: "array[int]") -> None:
        """Add links, each followed by what it names."""
        each = iter(named)
        for link, row in zip(each, each, strict=True):
            layer = link >> 32
            if layer not in self._named:
                self._named[layer] = array("Q", bytes(8 * len(self._layers[layer])))
            self._named[layer][link & ENTRY] = row + 1

    def inodes(self) -> Pairs:
        """Follow links to links to what is none."""
        final = Pairs()
        for layer in sorted(self._named):
            named = self._named.pop(layer)
            for entry, row in enumerate(named):
                if row:
                    final.append(layer << 32 | entry, final.get(row - 1, row - 1))
        return final


def headers(merged: Merged) -> Pairs:
    """Return, for inodes whose links say otherwise, the links that count."""
    links, found, copies = merged.targets, Pairs(), _copies(merged)
    differing = _differing(merged)
    named = (at for at, inode in enumerate(links.values) if inode in differing)
    order = sorted(named, key=links.values.__getitem__)
    for inode, group in groupby(order, key=links.values.__getitem__):
        for link in _writers(merged, inode, [links.keys[at] for at in group], copies):
            found.append(inode, link)
            path = b"/" + merged.path(inode)
            merged.oddities.add(link >> 32, "merge.link-metadata", merged.path(link), path)
    return found


def _differing(merged: Merged) -> AbstractSet[int]:
    """Return the inodes of which a link's header says something else."""
    return {
        inode
        for link, inode in merged.targets.items()
        if _owner_and_mode(merged, link) != _owner_and_mode(merged, inode) or _xattrs(merged, link)
    }


def _copies(merged: Merged) -> AbstractSet[int]:
    """Return hard links that are files of their own to some runtimes; readers differ on each."""
    rows = [layer << 32 | x for layer, entries in enumerate(merged.layers) for x in parked(entries)]
    for row in rows:
        merged.oddities.add(row >> 32, "merge.odd-whiteout", merged.path(row), _AS_ITSELF)
    return {row for row in rows if not _owner_and_mode(merged, row)[0] & _SETID}


def _writers(merged: Merged, inode: int, links: list[int], copies: AbstractSet[int]) -> list[int]:
    """Return the links that add attributes, and who is last if there is anything to say."""
    own = unpack_xattrs(_xattrs(merged, inode)).items()
    adding = [link for link in links if not unpack_xattrs(_xattrs(merged, link)).items() <= own]
    last = next((link for link in reversed(links) if link not in copies), inode)
    if adding[-1:] == [last]:
        return adding
    if adding or _owner_and_mode(merged, inode) != _owner_and_mode(merged, last):
        return [*adding, last]
    return []


def _xattrs(merged: Merged, row: int) -> bytes:
    return merged.layers[row >> 32].xattrs.get(row & ENTRY)


def _owner_and_mode(merged: Merged, row: int) -> tuple[int, int, int]:
    entries, entry = merged.layers[row >> 32], row & ENTRY
    return entries.mode[entry], entries.uid[entry], entries.gid[entry]

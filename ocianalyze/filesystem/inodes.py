"""Hard links: which content they name, and whose header counts for it.

A link shares its target's inode, so its own header's owner, mode and attributes reach every other
name of it: containerd, Docker and Podman apply them when they extract the link, umoci does not. A
link to a file that AUFS kept is a file of its own to those of them that unpack no overlay, with the
header of what AUFS kept: such a link takes no set-id bit away (decision 0006).
"""

from array import array
from collections.abc import Set as AbstractSet
from itertools import groupby

from ocianalyze.filesystem.merged import Merged, Pairs
from ocianalyze.filesystem.placing import Placed, hard_links, parked
from ocianalyze.filesystem.settle import Event
from ocianalyze.filesystem.skeleton import ENTRY
from ocianalyze.model.facts import unpack_xattrs

_SETID = 0o6000
_AS_ITSELF = b"hard link to a file that AUFS kept: a file of its own to some"


class LinksByTarget:
    """Hard links in the order of the directories of their targets."""

    def __init__(self, merged: Merged, placed: Placed) -> None:
        """Sort them."""
        self._merged = merged
        rows, directories = array("Q"), array("I")
        for layer, (entries, targets) in enumerate(zip(merged.layers, placed.targets, strict=True)):
            rows.extend(layer << 32 | entry for entry, _ in hard_links(entries))
            directories.extend(targets)
        order = sorted(range(len(rows)), key=directories.__getitem__)
        self._rows = array("Q", (rows[at] for at in order))
        self._directories = array("I", (directories[at] for at in order))
        self._at = 0

    def at(self, number: int) -> bool:
        """Tell whether the next links lead into a directory."""
        return self._at < len(self._rows) and self._directories[self._at] == number

    def of(self, number: int) -> list[Event]:
        """Return the links into a directory in order of time; directories rise from 0."""
        found = []
        while self.at(number):
            row = self._rows[self._at]
            path = self._merged.layers[row >> 32].links.get(row & ENTRY)
            found.append(Event(row, path.rpartition(b"/")[2], is_below=False))
            self._at += 1
        return found

    def nowhere(self) -> "array[int]":
        """Return the links whose targets are in no directory."""
        return self._rows[self._at :]


def inodes(named: "array[int]") -> Pairs:
    """Follow links to links to what is none; `named` is each link and what it names, in turn."""
    links, targets = named[::2], named[1::2]
    final = Pairs()
    for at in sorted(range(len(links)), key=links.__getitem__):
        target = targets[at]
        final.append(links[at], final.get(target, target))
    return final


def headers(merged: Merged) -> Pairs:
    """Return, for inodes whose links say otherwise, the links that count."""
    links, found, copies = merged.targets, Pairs(), _copies(merged)
    order = sorted(range(len(links)), key=links.values.__getitem__)
    for inode, group in groupby(order, key=links.values.__getitem__):
        for link in _writers(merged, inode, [links.keys[at] for at in group], copies):
            found.append(inode, link)
            path = b"/" + merged.path(inode)
            merged.oddities.add(link >> 32, "merge.link-metadata", merged.path(link), path)
    return found


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

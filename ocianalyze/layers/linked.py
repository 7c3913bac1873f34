"""Contents that only the name of a hard link makes wanted: the layer is read again, for them alone.

A tar holds the content of a file with several names at the first of them, and an observer that
wants a later name has let it pass: package managers link what they install to a store whose names
are digests. Which contents have a wanted name is known at the end of the walk.
"""

from array import array
from collections.abc import Container, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from ocianalyze.blobs.compression import decompress
from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.blobs.stream import Opens
from ocianalyze.layers.contents import HEAD
from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.observer import Observer, Seen
from ocianalyze.layers.walk import Walk
from ocianalyze.limits import KIB
from ocianalyze.model.entry import Kind
from ocianalyze.model.media_type import Compression
from ocianalyze.model.observation import Observation

_READ = 256 * KIB
_MOST = 100_000
"""Links of one layer that are followed."""
_HARDLINK = ord(Kind.HARDLINK)
_NO_MAGIC = bytes(4)
"""Who wants a content for its own sake has seen it."""


class _Link(NamedTuple):
    """A hard link with a wanted name."""

    start: int
    """Where its content begins in the stream."""
    entry: int
    target: int


def look_again(blob: Opens, compression: Compression, walk: Walk) -> None:
    """Show observers the contents of hard links that they want by name, and have not seen.

    Raises:
        OSError: the blob's file cannot be read.

    """
    named = _named(walk)
    links = sorted(_links(walk, named)) if named else ()
    if not links:
        return
    with blob.open() as file:
        stored = iter(lambda: file.read(_READ), b"")
        cursor = Cursor(_raw(stored, compression))
        for start, group in groupby(links, itemgetter(0)):
            if walk.progress.is_late():
                break
            cursor.skip(start - cursor.offset)
            _show(walk, cursor, list(group))
    for seen in walk.attention.observations.values():
        seen.sort()


def _raw(stored: Iterator[bytes], compression: Compression) -> Iterator[bytes]:
    """Yield what the walk has seen; how it ended is known."""
    try:
        yield from decompress(stored, compression)
    except DamagedStreamError:
        return


def _links(walk: Walk, named: "array[int]") -> Iterator[_Link]:
    """Yield the hard links that somebody wants; those without a content here are told as unseen."""
    targets = _targets(walk, named)
    sparse, contents, kinds = walk.columns.sparse, walk.columns.contents, walk.columns.entries.kind
    for entry in named:
        target = targets.get(entry, -1)
        if target < 0 or kinds[target] != ord(Kind.FILE) or target in sparse:
            _unseen(walk, entry)
        elif walk.columns.entries.size[target]:
            yield _Link(contents[target], entry, target)


def _hard_links(walk: Walk) -> Iterator[int]:
    kinds = walk.columns.entries.kind
    entry = kinds.find(_HARDLINK)
    while entry >= 0:
        yield entry
        entry = kinds.find(_HARDLINK, entry + 1)


def _named(walk: Walk) -> "array[int]":
    """Return the hard links whose names are wanted."""
    found = array("I")
    for entry in _hard_links(walk):
        if _who(walk, entry):
            if len(found) == _MOST:
                what = f"{_MOST} hard links with names that are looked for, and more"
                walk.progress.stop("tar.limit", what)
                break
            found.append(entry)
    return found


def _targets(walk: Walk, links: Sequence[int]) -> dict[int, int]:
    """Return the entry that holds the content of each link: the last of its name before it."""
    entries, wanted = walk.columns.entries, set(links)
    bearers = _bearers(walk, wanted)
    names = {path.rpartition(b"/")[2] for path in bearers}
    found: dict[bytes, int] = {}
    targets: dict[int, int] = {}
    for entry, name in enumerate(entries.names):
        is_link = entries.kind[entry] == _HARDLINK
        target = found.get(entries.links.get(entry), -1) if is_link else entry
        if entry in wanted:
            targets[entry] = target
        if name in names and (path := _path(walk, entry)) in bearers:
            found[path] = target
    return targets


def _bearers(walk: Walk, wanted: Container[int]) -> set[bytes]:
    """Return the names through which links come to their contents: a link may name another."""
    entries, bearers = walk.columns.entries, set[bytes]()
    for entry in reversed(array("I", _hard_links(walk))):
        if entry in wanted or _path(walk, entry) in bearers:
            bearers.add(entries.links.get(entry))
    return bearers


def _path(walk: Walk, entry: int) -> bytes:
    entries = walk.columns.entries
    directory, name = walk.columns.directories.paths[entries.parent[entry]], entries.names[entry]
    return directory + b"/" + name if directory else name


def _who(walk: Walk, entry: int) -> tuple[Observer, ...]:
    directory, _, name = _path(walk, entry).rpartition(b"/")
    return walk.attention.interested(directory, name, _NO_MAGIC)


def _unseen(walk: Walk, entry: int) -> None:
    """Note that a wanted content lies in no file of this layer."""
    for observer in _who(walk, entry):
        walk.attention.observations[observer.name].append(Observation(entry, b"", complete=False))


def _show(walk: Walk, cursor: Cursor, links: Sequence[_Link]) -> None:
    """Show one content to all who want it under one of its further names."""
    entries, attention = walk.columns.entries, walk.attention
    target = links[0].target
    size, mode = entries.size[target], entries.mode[target]
    head = cursor.read(min(size, HEAD))
    opened = [
        (link.entry, attention.open(_who(walk, link.entry), seen, memoryview(head)))
        for link in links
        for seen in (Seen(_path(walk, link.entry), size, mode),)
    ]
    done = len(head)
    for _, taps in opened:
        attention.feed(taps, head)
    for piece in cursor.pieces(size - len(head)):
        done += len(piece)
        for _, taps in opened:
            attention.feed(taps, piece)
    for entry, taps in opened:
        attention.close(taps, entry, whole=done == size)

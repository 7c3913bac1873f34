"""The door for whoever wants to see every byte of a layer, whatever member it is in.

A sieve sees the uncompressed stream as it comes, headers, padding and what follows the archive
included. What it found is given to members when the walk is over and their places are known.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.sparse import Placed
from ocianalyze.limits import Limits
from ocianalyze.model.facts import Entries


class Spot(NamedTuple):
    """What a byte of the uncompressed tar belongs to."""

    part: Literal["content", "header", "outside"]
    """`outside` is padding, unreadable blocks, and what follows the archive's end."""
    entry: int
    """Number in the layer; -1 for `outside`."""
    start: int
    """Where that part begins in the stream."""
    end: int
    """Where it ends."""
    offset: int
    """Of the byte in that part; in a content with the holes before it."""


class Sifted(NamedTuple):
    """What a sieve leaves of one layer."""

    found: dict[int, bytes]
    """By entry."""
    outside: bytes = b""
    """What belongs to no member; empty for nothing."""
    partial: str = ""
    """Why not everything was looked at; empty when it was."""
    notes: Mapping[int, bytes] = MappingProxyType({})
    """By entry, observations of the name that `Sieving.notes` says."""


class Sieve(Protocol):
    """Looks through one layer."""

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the uncompressed stream."""
        ...

    def aside(self, data: bytes) -> None:
        """Take stored bytes that decompress to nothing: skippable frames, what follows the end."""
        ...

    def close(self, members: "Members") -> Sifted:
        """Return what was found, once both the stream and the walk are over."""
        ...


@dataclass(frozen=True, slots=True)
class Sieving:
    """A kind of sieve, as observers are given to a walk."""

    name: str
    """Key of what it finds in `LayerFacts`."""
    version: str
    """Changes when the same bytes would give something else."""
    open: Callable[[Limits], Sieve]
    """Called once for each layer, in the process that reads it."""
    notes: str = ""
    """Key in `LayerFacts` of what it notes besides, among what an observer of that name saw."""


class Members:
    """Where the members of one tar are."""

    def __init__(
        self,
        entries: Entries,
        contents: "array[int]",
        sparse: Mapping[int, Placed] = MappingProxyType({}),
    ) -> None:
        """Take complete entries, where each content begins (or would), holes by entry."""
        self.entries = entries
        self._contents = contents
        self._sparse = sparse

    def at(self, offset: int) -> Spot:
        """Return what a byte belongs to."""
        entry = bisect_right(self.entries.offset, offset) - 1
        following = entry + 1
        is_last = following == len(self.entries)
        limit = 1 << 63 if is_last else self.entries.offset[following]
        if entry < 0:
            return Spot("outside", -1, 0, limit, offset)
        begin = self._contents[entry]
        placed = self._sparse.get(entry)
        end = min(begin + (placed.length if placed else self.entries.size[entry]), limit)
        if offset < begin:
            start = self.entries.offset[entry]
            return Spot("header", entry, start, begin, offset - start)
        if offset < end:
            within = placed.offset(offset - begin) if placed else offset - begin
            return Spot("content", entry, begin, end, within)
        return Spot("outside", -1, end, limit, offset - end)

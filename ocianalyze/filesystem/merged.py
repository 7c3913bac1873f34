"""What became of every entry of every layer, in arrays."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.oddities import Oddities
from ocianalyze.filesystem.skeleton import ENTRY, MARKS, Skeleton, join
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.facts import Entries

VISIBLE, OVERWRITTEN, DELETED = b"vod"
NEVER = -1


class Pairs:
    """Rows that belong to few others, by those."""

    def __init__(self) -> None:
        """Begin empty."""
        self.keys = array("Q")
        self.values = array("Q")

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.keys)

    def append(self, key: int, value: int) -> None:
        """Add a pair; keys never fall."""
        self.keys.append(key)
        self.values.append(value)

    def get(self, key: int, otherwise: int) -> int:
        """Return the last row that belongs to a row."""
        at = bisect_right(self.keys, key) - 1
        return self.values[at] if at >= 0 and self.keys[at] == key else otherwise

    def every(self, key: int) -> "array[int]":
        """Return all rows that belong to a row whose key was added more than once."""
        return self.values[bisect_left(self.keys, key) : bisect_right(self.keys, key)]

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield all pairs, keys never fall."""
        return zip(self.keys, self.values, strict=True)

    def of_layer(self, layer: int) -> Iterator[tuple[int, int]]:
        """Yield the pairs whose keys are of a layer."""
        start = bisect_left(self.keys, layer << 32)
        end = bisect_left(self.keys, (layer + 1) << 32)
        return zip(self.keys[start:end], self.values[start:end], strict=True)


@dataclass(slots=True)
class Merged:
    """The fate of every entry of every layer; a row is `layer << 32 | entry`."""

    layers: Sequence[Entries]
    skeleton: Skeleton
    places: "list[array[int]]"
    """For each layer the number of each entry's directory."""
    rows: "array[int]"
    """Rows of everything, directory by directory, each in order of time."""
    starts: "array[int]"
    """Where each directory's rows begin, and the end of the last."""
    states: list[bytearray]
    """For each layer, each entry's `VISIBLE`, `OVERWRITTEN` or `DELETED`."""
    ended: "list[array[int]]"
    """For each layer, the layer that ended each entry, or `NEVER`."""
    oddities: Oddities
    targets: Pairs = field(default_factory=Pairs)
    """Rows of hard links to the row of the inode that they name."""
    headers: Pairs = field(default_factory=Pairs)
    """Rows of inodes to the rows of the hard links that wrote other metadata to them, the last
    of which has owner and mode."""

    @property
    def anomalies(self) -> Sequence[tuple[int, Anomaly]]:
        """What was odd, with the index of its layer."""
        return self.oddities.found

    @property
    def anomalies_dropped(self) -> int:
        """Anomalies beyond `limits.anomalies` of their layer, counted only."""
        return self.oddities.dropped

    def directory(self, number: int) -> "array[int]":
        """Return the rows of one directory."""
        return self.rows[self.starts[number] : self.starts[number + 1]]

    def name(self, row: int) -> bytes:
        """Return a row's base name."""
        return self.layers[row >> 32].names[row & ENTRY]

    def kind(self, row: int) -> int:
        """Return a row's kind as a byte."""
        return self.layers[row >> 32].kind[row & ENTRY]

    def path(self, row: int) -> bytes:
        """Return where a row is in the merged tree."""
        directory = self.skeleton.path(self.places[row >> 32][row & ENTRY])
        return join(directory, self.name(row))

    def inode(self, row: int) -> int:
        """Return the row that holds a row's content: its own unless it is a hard link."""
        return self.targets.get(row, row)

    def is_visible(self, row: int) -> bool:
        """Tell whether a row is part of the final filesystem."""
        layer, entry = row >> 32, row & ENTRY
        return self.states[layer][entry] == VISIBLE and self.layers[layer].kind[entry] not in MARKS

    def end(self, row: int, layer: int, state: int) -> None:
        """Set what ended an entry, and how."""
        self.states[row >> 32][row & ENTRY] = state
        self.ended[row >> 32][row & ENTRY] = layer

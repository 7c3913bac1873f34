"""On which layers evidence was there, and which evidence was there at the same time.

Layers cut an image's life into states, one after each layer. A file is part of the states from the
layer that wrote it up to the one before the layer that overwrote or deleted it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ocianalyze.inventory._base import Kept
from ocianalyze.model.entry import State

FOREVER = 1 << 30
"""The layer that ends what is still there."""
_NEIGHBOURS = 16
"""Files of one directory that may speak of each other; a directory with more holds one file for
each package."""


class Evidence(NamedTuple):
    """A kept value, and on which layers its file was there."""

    number: int
    """Position among all evidence of its cataloger."""
    kept: Kept
    start: int
    """The layer that wrote the file."""
    end: int
    """The layer that overwrote or deleted it, or `FOREVER`."""
    state: State


class Stretch(NamedTuple):
    """Layers on which a piece of evidence was there and its neighbours did not change."""

    evidence: Evidence
    start: int
    end: int


def whole(piece: Evidence) -> Stretch:
    """Return all layers on which a piece of evidence was there."""
    return Stretch(piece, piece.start, piece.end)


def stretches(
    named: Iterable[Evidence], everything: Iterable[Evidence]
) -> dict[int, list[Stretch]]:
    """Return the stretches of evidence that names packages, by their ends in rising order.

    Args:
        named: evidence that names packages.
        everything: that and what completes it: a database's log appears or goes in its directory.

    """
    turns: dict[str, list[Evidence]] = defaultdict(list)
    for piece in everything:
        turns[_directory(piece)].append(piece)
    found: dict[int, list[Stretch]] = defaultdict(list)
    for piece in named:
        for stretch in _cut(piece, turns[_directory(piece)]):
            found[stretch.end].append(stretch)
    return dict(sorted(found.items()))


def alive(everything: Iterable[Evidence], end: int) -> list[Kept]:
    """Return what was there on the layer below `end`."""
    return [piece.kept for piece in everything if piece.start < end <= piece.end]


def unbroken(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs of layers in order, overlapping and touching ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if joined and start <= joined[-1][1]:
            first, last = joined.pop()
            joined.append((first, max(last, end)))
        else:
            joined.append((start, end))
    return joined


def _directory(piece: Evidence) -> str:
    return piece.kept.path.rpartition("/")[0]


def _cut(piece: Evidence, neighbours: Sequence[Evidence]) -> Iterator[Stretch]:
    near = neighbours if len(neighbours) <= _NEIGHBOURS else ()
    points = {layer for other in near for layer in (other.start, other.end)}
    inner = sorted(layer for layer in points if piece.start < layer < piece.end)
    edges = [piece.start, *inner, piece.end]
    for start, end in pairwise(edges):
        yield Stretch(piece, start, end)

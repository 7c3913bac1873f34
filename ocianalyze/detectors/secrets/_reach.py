"""How far around the end of its trigger a pattern must be tried."""

from typing import NamedTuple

from ocianalyze.detectors.secrets._syntax import (
    Empty,
    Node,
    Unreadable,
    least_width,
    parse,
    width,
)

WINDOW = 16 << 10
"""Bytes on both sides of a trigger's end in which its rule's match must lie (a PEM block of an
RSA key of 16,384 bits has 12,800)."""
NEAR = 256
"""Bytes on both sides of a secret in which a word of `near` must be."""
_FAR = 4 << 10
"""Bytes behind the end that a try at known places may look at."""
_PLACES = 8
"""Beginnings of a match, known from its trigger's end, that are tried one by one."""


class Reach(NamedTuple):
    """How far from the end of its trigger matches begin and end, at most `WINDOW` bytes."""

    back: int
    ahead: int
    least: int = 0
    """How far they begin at least; 0 where the trigger does not begin them."""

    @property
    def is_placed(self) -> bool:
        """Whether a trigger's end says where its match begins, which is not far from its end."""
        return 0 < self.least <= self.back < self.least + _PLACES and self.ahead < _FAR


def reach_of(pattern: str, trigger: str, *, beside: bool = False) -> Reach:
    """Return how far around a trigger's end the pattern must be tried.

    A trigger with which the pattern begins cannot end farther from there than it is wide.
    """
    try:
        nodes = _solid(pattern)
        ahead = min(width(nodes) + NEAR * beside, WINDOW)
        if trigger and _begins(nodes, first := _solid(trigger)):
            return Reach(min(width(first), ahead), ahead, least_width(first))
    except Unreadable:
        return Reach(WINDOW, WINDOW)
    return Reach(ahead, ahead)


def _solid(pattern: str) -> tuple[Node, ...]:
    return tuple(node for node in parse(pattern) if node != Empty())


def _begins(nodes: tuple[Node, ...], first: tuple[Node, ...]) -> bool:
    """Tell whether an expression begins with another, whose last node may have been cut."""
    return len(first) > 1 and nodes[: len(first) - 1] == first[:-1]

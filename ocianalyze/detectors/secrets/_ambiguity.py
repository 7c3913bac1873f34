"""Expressions that take a time without end: what repeats matches one text in several ways.

`re` tries them all, twice as many for each byte more: `(a+)+b` on a line of forty `a`. Looked for
are loops whose body gets from one byte to another by two ways, with the same bytes in between.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._syntax import (
    Byte,
    Choice,
    Node,
    Nodes,
    Repeat,
    Unreadable,
    parse,
)

_LOOP = 12
"""Rounds from which on a repeat is one: what has two ways has thousands then."""
_PLACES = 64
"""Bytes of a loop; a longer one is taken for sure."""
_Pair = tuple[int, int]


def is_endless(pattern: str) -> bool:
    """Tell an expression that no content should be matched with; what is not read is none."""
    try:
        return any(_has_two_ways(loop) for loop in _loops(parse(pattern)))
    except Unreadable:
        return False


def _loops(nodes: Nodes) -> Iterator[Repeat]:
    """Yield the repeats that go on, the outer ones first."""
    for node in nodes:
        if isinstance(node, Repeat):
            if node.high >= _LOOP and not isinstance(node.node, Byte):
                yield node
            yield from _loops((node.node,))
        elif isinstance(node, Choice):
            for branch in node.branches:
                yield from _loops(branch)


@dataclass(slots=True)
class _Part:
    """Where matches of a part begin and end, among the places of a loop."""

    first: list[int]
    last: list[int]
    may_be_empty: bool


@dataclass(slots=True)
class _Ways:
    """The bytes of a loop, and from which to which matches go, once for each way."""

    bytes_at: list[frozenset[int]]
    steps: list[_Pair]

    def of(self, node: Node) -> _Part:
        """Add what a node matches."""
        if isinstance(node, Byte):
            self.bytes_at.append(_bytes_of(node.text))
            place = len(self.bytes_at) - 1
            return _Part([place], [place], may_be_empty=False)
        if isinstance(node, Choice):
            parts = [self.joined(map(self.of, branch)) for branch in node.branches]
            first = [place for part in parts for place in part.first]
            last = [place for part in parts for place in part.last]
            return _Part(first, last, any(part.may_be_empty for part in parts))
        return self.repeated(node) if isinstance(node, Repeat) else _Part([], [], may_be_empty=True)

    def joined(self, parts: Iterable[_Part]) -> _Part:
        """Add the steps from each part to the next."""
        found = _Part([], [], may_be_empty=True)
        for part in parts:
            self.steps += product(found.last, part.first)
            first = found.first + part.first if found.may_be_empty else found.first
            last = found.last + part.last if part.may_be_empty else part.last
            found = _Part(first, last, found.may_be_empty and part.may_be_empty)
            if len(self.bytes_at) > _PLACES:
                raise Unreadable("a loop is too long")
        return found

    def repeated(self, node: Repeat) -> _Part:
        """Add as many rounds as there must be, and a loop or some more for those that may be."""
        rounds = [self.of(node.node) for _ in range(min(node.low, _PLACES))]
        if node.high - node.low < _LOOP:
            return self.joined((*rounds, self.some(node.node, node.high - node.low)))
        again = rounds[-1] if rounds else self.of(node.node)
        if not node.keeps:
            self.steps += product(again.last, again.first)
        return self.joined(rounds or (_Part(again.first, again.last, may_be_empty=True),))

    def some(self, node: Node, most: int) -> _Part:
        """Add rounds that may be, of which each needs the one before."""
        found, last = _Part([], [], may_be_empty=True), list[int]()
        for _ in range(most):
            part = self.of(node)
            self.steps += product(last, part.first)
            last = part.last
            found = _Part(found.first or part.first, found.last + last, may_be_empty=True)
        return found


def _has_two_ways(loop: Repeat) -> bool:
    ways = _Ways([], [])
    try:
        body = ways.of(loop.node)
    except Unreadable:
        return False
    steps = [*ways.steps, *product(body.last, body.first)]
    if len(steps) > len(set(steps)):
        return True
    return _meets(steps, ways.bytes_at)


def _meets(steps: list[_Pair], bytes_at: list[frozenset[int]]) -> bool:
    """Tell whether two ways part, take the same bytes for a while, and meet again."""
    after: dict[int, list[int]] = {}
    for one, other in steps:
        after.setdefault(one, []).append(other)
    seen: set[_Pair] = set()
    waiting: list[_Pair] = [(place, place) for place in after]
    back: dict[_Pair, list[_Pair]] = {}
    while waiting:
        pair = waiting.pop()
        for both in product(after.get(pair[0], ()), after.get(pair[1], ())):
            if bytes_at[both[0]].isdisjoint(bytes_at[both[1]]):
                continue
            back.setdefault(both, []).append(pair)
            if both not in seen:
                seen.add(both)
                waiting.append(both)
    return any(
        one != other for both, pairs in back.items() if both[0] == both[1] for one, other in pairs
    )


@lru_cache(4_096)
def _bytes_of(text: str) -> frozenset[int]:
    """Return the bytes that one atom of an expression matches."""
    atom = re.compile(text.encode(), re.DOTALL)
    return frozenset(code for code in range(256) if atom.fullmatch(bytes((code,))))

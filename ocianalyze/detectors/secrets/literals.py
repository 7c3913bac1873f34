"""The fixed bytes of expressions: with which every match begins, and which it must have."""

from collections.abc import Iterable, Sequence
from functools import cache

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._syntax import (
    Byte,
    Choice,
    Empty,
    Node,
    Nodes,
    Repeat,
    Unreadable,
    parse,
)

_TEXTS = 24
"""Beginnings of one expression; more are no use as literals."""
_LENGTH = 24
_CLASS = 4


@dataclass(frozen=True, slots=True)
class Head:
    """How matches begin."""

    texts: frozenset[bytes]
    whole: bool
    """They are the matches themselves."""


_NOTHING = Head(frozenset({b""}), whole=True)
_ANYTHING = Head(frozenset({b""}), whole=False)


def beginnings(pattern: str, *, part: bool = False) -> frozenset[bytes]:
    """Return texts of which every match has one at its start; `b""` among them is no news.

    With `part` the pattern may have more behind a parenthesis without partner.
    """
    try:
        return _head(parse(pattern, part=part), folded=False).texts
    except Unreadable:
        return _ANYTHING.texts


def needed(pattern: str) -> frozenset[bytes]:
    """Return lower-case texts of which every match, made lower-case, holds one.

    The longest that the top of the expression has; only `b""` when nothing is fixed.
    """
    if pattern.isascii() and pattern.isalnum() and len(pattern) <= _LENGTH:
        return frozenset({pattern.lower().encode()})
    try:
        nodes = parse(pattern)
    except Unreadable:
        return _ANYTHING.texts
    best = _ANYTHING.texts
    for start in range(len(nodes)):
        texts = _head(nodes[start:], folded=True).texts
        if min(map(len, texts)) > min(map(len, best)):
            best = texts
    return best


@cache
def longest(pattern: str, *, part: bool = False) -> int:
    """Return how many bytes in a row are fixed, in their case, in every match.

    With `part` the pattern may have more behind a parenthesis without partner.
    """
    try:
        nodes = parse(pattern, part=part)
    except Unreadable:
        return 0
    heads = (_head(nodes[start:], folded=False) for start in range(len(nodes)))
    return max((min(map(len, head.texts)) for head in heads), default=0)


def _head(nodes: Nodes, *, folded: bool) -> Head:
    return _joined(_node_head(node, folded=folded) for node in nodes)


def _joined(heads: Iterable[Head]) -> Head:
    """Return how matches begin that are made of parts."""
    texts = frozenset({b""})
    for head in heads:
        longer = frozenset(a + b for a in texts for b in head.texts)
        if len(longer) > _TEXTS or max(map(len, longer)) > _LENGTH:
            return Head(texts, whole=False)
        texts = longer
        if not head.whole:
            return Head(texts, whole=False)
    return Head(texts, whole=True)


def _node_head(node: Node, *, folded: bool) -> Head:
    match node:
        case Empty():
            return _NOTHING
        case Byte(values, any_case) if values and len(values) <= _CLASS:
            if any_case and not folded:
                return _ANYTHING
            found = frozenset(bytes([value]) for value in values)
            return Head(frozenset(map(bytes.lower, found)) if folded else found, whole=True)
        case Choice(branches):
            return _either([_head(branch, folded=folded) for branch in branches])
        case Repeat():
            return _repeat_head(node, folded=folded)
    return _ANYTHING


def _either(heads: Sequence[Head]) -> Head:
    """Return how matches begin that are one of several; many texts are cut until they are few."""
    texts = frozenset().union(*(head.texts for head in heads))
    for length in range(_LENGTH, 0, -1):
        cut = frozenset(text[:length] for text in texts)
        if len(cut) <= _TEXTS:
            return Head(cut, cut == texts and all(head.whole for head in heads))
    return _ANYTHING


def _repeat_head(node: Repeat, *, folded: bool) -> Head:
    head = _node_head(node.node, folded=folded)
    if node.low == 0:
        optional = node.high == 1 and head.whole
        return Head(head.texts | {b""}, whole=True) if optional else _ANYTHING
    joined = _joined([head] * min(node.low, _LENGTH))
    return Head(joined.texts, joined.whole and node.low == node.high <= _LENGTH)

r"""The names of files that an expression for paths is about: `*.p12` of `(?i)\.p12$`.

Walks match files by name or by the end behind the last dot, so that rules cost nothing where no
such file is. An expression that may match other files as well has none.
"""

import re
from collections.abc import Iterable, Sequence

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

_MOST = 512
"""Names of one expression."""
_LENGTH = 64
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_BEGIN, _END = "/", r"\x00"
_BOUNDS = {"^": _BEGIN, r"\A": _BEGIN, "$": _END, r"\Z": _END}
"""What stands for the begin and the end of a path, which no path has."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """How matches end."""

    texts: frozenset[str]
    whole: bool
    """They are the matches themselves."""


_NOTHING = _Tail(frozenset({""}), whole=True)
_ANYTHING = _Tail(frozenset({""}), whole=False)


def endings(pattern: str) -> tuple[str, ...]:
    """Return names, and ends as `*.p12`, of which every path that matches has one.

    Empty where they are not known, or too many.
    """
    text = "".join(_BOUNDS.get(part, part) for part in _PART.findall(pattern))
    try:
        tails = _tail(parse(text)).texts
    except Unreadable:
        return ()
    names = {_name(tail) for tail in tails}
    return () if "" in names else tuple(sorted(names))


def _name(tail: str) -> str:
    """Return the name that a path with this end has; empty for any."""
    path, end, _ = tail.partition("\0")
    if not end:
        return ""
    _, is_base, base = path.rpartition("/")
    if is_base:
        return base
    _, is_suffix, suffix = path.rpartition(".")
    return f"*.{suffix}" if is_suffix and suffix else ""


def _tail(nodes: Nodes) -> _Tail:
    return _joined(_of(node) for node in reversed(nodes))


def _joined(tails: Iterable[_Tail]) -> _Tail:
    """Return how matches end that are made of parts, the last one first."""
    texts = frozenset({""})
    for tail in tails:
        longer = frozenset(b + a for a in texts for b in tail.texts)
        if len(longer) > _MOST or max(map(len, longer)) > _LENGTH:
            return _Tail(texts, whole=False)
        texts = longer
        if not tail.whole:
            return _Tail(texts, whole=False)
    return _Tail(texts, whole=True)


def _of(node: Node) -> _Tail:
    match node:
        case Empty():
            return _NOTHING
        case Byte(values, folded) if values:
            found = {chr(value) for value in values}
            if folded:
                found |= {x.swapcase() for x in found}
            return _Tail(frozenset(found), whole=True)
        case Choice(branches):
            return _either([_tail(branch) for branch in branches])
        case Repeat():
            return _repeated(node)
    return _ANYTHING


def _either(tails: Sequence[_Tail]) -> _Tail:
    texts = frozenset[str]().union(*(tail.texts for tail in tails))
    if len(texts) > _MOST:
        return _ANYTHING
    return _Tail(texts, all(tail.whole for tail in tails))


def _repeated(node: Repeat) -> _Tail:
    tail = _of(node.node)
    if node.low == 0:
        optional = node.high == 1 and tail.whole
        return _Tail(tail.texts | {""}, whole=True) if optional else _ANYTHING
    joined = _joined([tail] * min(node.low, _LENGTH))
    return _Tail(joined.texts, joined.whole and node.low == node.high <= _LENGTH)

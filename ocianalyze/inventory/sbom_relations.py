"""What SPDX relationships leave out of a document's subject (SPDX 2.3, clause 11).

A thing was built from sources and with tools that are no part of it. A package that a document
names for that alone is neither content nor a claim. What nothing relates is content.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

DOCUMENT = "SPDXRef-DOCUMENT"
Kind = Literal["part", "source", "aside"]
"""A part or need; what it was made from, whose parts and needs it has; what it has nothing of."""
_SOURCES = frozenset({"GENERATED_FROM", "DESCRIBED_BY", "DESCENDANT_OF"})
"""The related element is what this one was made from."""
_SOURCES_OF = frozenset({"GENERATES", "ANCESTOR_OF", "PATCH_FOR"})
"""This element is what the related one was made from."""
_ASIDE_OF = frozenset(
    {
        *("BUILD_DEPENDENCY_OF", "DEV_DEPENDENCY_OF", "TEST_DEPENDENCY_OF"),
        *("BUILD_TOOL_OF", "DEV_TOOL_OF", "TEST_TOOL_OF", "TEST_CASE_OF", "TEST_OF"),
        *("EXAMPLE_OF", "SPECIFICATION_FOR", "REQUIREMENT_DESCRIPTION_FOR"),
    }
)
"""This element served the related one, or speaks of it."""
_BACKWARD = ("_OF", "_BY", "_FOR")
"""How types end whose related element has this one."""


class Relation(NamedTuple):
    """One relationship as a document has it."""

    element: str
    type: str
    related: str


class _Edge(NamedTuple):
    of: str
    kind: Kind
    to: str


def left_out(relations: Iterable[Relation], described: Iterable[str]) -> set[str]:
    """Return the elements that are no content.

    Args:
        relations: of the document.
        described: elements that the document says it is about.

    """
    edges = [_edge(each) for each in relations]
    beside = {edge.to for edge in edges if edge.kind != "part"}
    roots = {DOCUMENT, *described}
    doubtful = _reached(beside, _by_element(edges)) - roots
    inside = {edge.of for edge in edges if edge.of not in doubtful} | roots
    passing = _by_element(edge for edge in edges if edge.kind != "aside")
    held = _reached(inside, passing)
    parts = {edge.to for edge in edges if edge.kind == "part" and edge.of in held}
    return doubtful - parts


def _edge(relation: Relation) -> _Edge:
    element, kind, related = relation
    if kind in _ASIDE_OF:
        return _Edge(related, "aside", element)
    if kind in _SOURCES_OF:
        return _Edge(related, "source", element)
    if kind in _SOURCES and related != DOCUMENT:
        return _Edge(element, "source", related)
    is_backward = kind.endswith(_BACKWARD)
    return _Edge(related, "part", element) if is_backward else _Edge(element, "part", related)


def _by_element(edges: Iterable[_Edge]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.of, []).append(edge.to)
    return found


def _reached(begin: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    """Return what can be reached, the beginning with it."""
    found = set(begin)
    waiting = list(found)
    while waiting:
        fresh = set(_next(waiting.pop(), edges, found))
        found |= fresh
        waiting += fresh
    return found


def _next(element: str, edges: Mapping[str, Iterable[str]], known: Container[str]) -> Iterator[str]:
    return (to for to in edges.get(element, ()) if to not in known)

"""What is odd about package data: findings about the image, not about one control."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import orjson

from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory.databases import Gone
from ocianalyze.inventory.hidden import Hidden
from ocianalyze.inventory.sbom_findings import Wrong
from ocianalyze.inventory.take import Taken
from ocianalyze.inventory.wanted import wanted
from ocianalyze.model.anomaly import CODES
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Finding

PACKED = "packed"
"""The observer of packed programs."""
_COMPILED, _DOCUMENTED = "java_native-compiler", "java_native"
"""The observers of programs that GraalVM compiled, and of the documents that some carry."""
_TOLD = 1_000
"""Programs told one by one."""
_NAMED = 3
_TEXT = 200
"""Characters of names that are told."""


class _Place(NamedTuple):
    """Where something odd is."""

    path: str = ""
    layer: int | None = None
    state: State | None = None


def oddities(
    view: ImageView, taken: Taken, lost: Iterable[Gone | Hidden], documents: Iterable[Wrong]
) -> Iterator[Finding]:
    """Yield damaged and lost package data, programs that hide theirs, documents that are wrong."""
    for problem in taken.problems:
        kept, piece = problem.evidence.kept, problem.evidence
        place = _Place(kept.path, piece.start, piece.state)
        yield _finding(view, "inventory.damaged-database", problem.detail, place)
    for gone in lost:
        place = _Place(gone.path, gone.layer, State.DELETED if gone.how == "removed" else None)
        told = _finding(view, gone.code, gone.detail, place)
        yield replace(told, title=gone.title, severity=gone.severity)
    yield from _hiding(view)
    yield from _wanted(view, taken)
    for wrong in documents:
        yield _finding(view, wrong.code, wrong.detail, _place(view.tree, wrong.path))


def _hiding(view: ImageView) -> Iterator[Finding]:
    """Yield programs that hide what they were built from, the first ones of each kind."""
    documented = {(entry.path, entry.layer) for entry, _ in view.tree.observations(_DOCUMENTED)}
    packed = ((entry, _packed(value)) for entry, value in view.tree.observations(PACKED))
    compiled = (
        (entry, f"compiled by {orjson.loads(value)['title']}, and names no libraries")
        for entry, value in view.tree.observations(_COMPILED)
        if (entry.path, entry.layer) not in documented
    )
    for code, programs in (
        ("inventory.packed-executable", packed),
        ("inventory.compiled-java", compiled),
    ):
        for entry, detail in islice(programs, _TOLD):
            yield _finding(view, code, detail, _Place(entry.path, entry.layer, entry.state))
        if left := sum(1 for _ in programs):
            yield _finding(view, code, f"and {left} more", _Place())


def _packed(value: bytes) -> str:
    facts = orjson.loads(value)
    return f"packed by {facts.get('packer', '')} {facts.get('version', '')}".strip()


def _wanted(view: ImageView, taken: Taken) -> Iterator[Finding]:
    for entry, names in wanted(view.tree, taken.packages):
        place = _Place(entry.path, entry.layer, entry.state)
        more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
        detail = f"asks for what is not installed: {', '.join(names[:_NAMED])[:_TEXT]}{more}"
        yield _finding(view, "inventory.wanted-absent", detail, place)


def _place(tree: Tree, path: str) -> _Place:
    if not path:
        return _Place()
    entry = tree.get(path)
    return _Place(path, entry.layer if entry else None, State.VISIBLE)


def _finding(view: ImageView, code: str, detail: str, place: _Place) -> Finding:
    step = None if place.layer is None else view.history.step_of_layer(place.layer)
    return Finding(
        code=code,
        severity=CODES[code].severity,
        title=CODES[code].title,
        detail=detail,
        path=place.path,
        layer=place.layer,
        step=step.index if step else None,
        state=place.state,
    )

"""What is odd about package data: findings about the image, not about one control."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory.sbom_differences import Differences, compare
from ocianalyze.inventory.take import Taken
from ocianalyze.inventory.weigh import DOCUMENTS
from ocianalyze.model.anomaly import CODES
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Finding
from ocianalyze.model.package import Found, Inventory, Presence

_PACKED = "packed"
"""The observer of packed programs."""
_TOLD = 1_000
"""Packed programs told one by one."""
_NAMED = 3
"""Packages that a difference names."""
_TEXT = 80
"""Characters of one of them."""


class _Place(NamedTuple):
    """Where something odd is."""

    path: str
    layer: int | None
    state: State


def oddities(view: ImageView, taken: Taken, inventory: Inventory) -> Iterator[Finding]:
    """Yield damaged package data, programs that hide theirs, and documents that are wrong."""
    for problem in taken.problems:
        kept, piece = problem.evidence.kept, problem.evidence
        place = _Place(kept.path, piece.start, piece.state)
        yield _finding(view, "inventory.damaged-database", problem.detail, place)
    yield from _packed(view)
    yield from _documents(view, taken, inventory)


def _packed(view: ImageView) -> Iterator[Finding]:
    for number, (entry, value) in enumerate(view.tree.observations(_PACKED)):
        if number >= _TOLD:
            return
        facts = orjson.loads(value)
        detail = f"packed by {facts.get('packer', '')} {facts.get('version', '')}".strip()
        place = _Place(entry.path, entry.layer, entry.state)
        yield _finding(view, "inventory.packed-executable", detail, place)


def _documents(view: ImageView, taken: Taken, inventory: Inventory) -> Iterator[Finding]:
    """Compare each document of the final filesystem with what was found beside documents.

    A package that only the image has is no difference: documents in images describe parts.
    """
    claimed = _claims(taken)
    if not claimed:
        return
    found = [
        package.found
        for package in inventory.packages
        if package.presence is Presence.VISIBLE and package.cataloger != DOCUMENTS
    ]
    types = {package.type for package in found}
    for path, documented in sorted(claimed.items()):
        wrong = compare((package for package in documented if package.type in types), found)
        if wrong.only_documented or wrong.other_version:
            yield _finding(view, "inventory.sbom-differs", _text(wrong), _place(view.tree, path))


def _claims(taken: Taken) -> dict[str, list[Found]]:
    claimed: dict[str, list[Found]] = {}
    for package in taken.packages:
        if package.cataloger == DOCUMENTS and package.presence is Presence.VISIBLE:
            claimed.setdefault(package.found.location, []).append(package.found)
    return claimed


def _place(tree: Tree, path: str) -> _Place:
    entry = tree.get(path)
    return _Place(path, entry.layer if entry else None, State.VISIBLE)


def _text(wrong: Differences) -> str:
    told = []
    if wrong.only_documented:
        names = _names(f"{x.name} {x.version}" for x in wrong.only_documented)
        told.append(f"names what is not there: {names}")
    if wrong.other_version:
        names = _names(f"{x.name} {x.version}, is {y.version}" for x, y in wrong.other_version)
        told.append(f"names another version: {names}")
    return "; ".join(told)


def _names(packages: Iterable[str]) -> str:
    names = [name[:_TEXT] for name in packages]
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


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

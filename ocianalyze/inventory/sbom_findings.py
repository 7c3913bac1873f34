"""SBOM documents, in the image or attached to it, against what was found: what to tell."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.inventory.sbom_attached import Attached
from ocianalyze.inventory.sbom_differences import (
    Differences,
    compare,
    compare_named,
    grouped,
    identity,
)
from ocianalyze.inventory.sbom_reader import packages
from ocianalyze.inventory.take import Taken
from ocianalyze.inventory.weigh import DOCUMENTS
from ocianalyze.model.package import Found, Inventory, Package, Presence

_NAMED = 3
"""Packages that a difference names."""
_TEXT = 80
"""Characters of one of them."""


class Wrong(NamedTuple):
    """What is wrong with one document."""

    detail: str
    path: str = ""
    """Of a document in the image."""
    is_read: bool = True
    """False for one that could not be read, or not all of it."""


def inner(taken: Taken, inventory: Inventory) -> Iterator[Wrong]:
    """Compare each document of the final filesystem with what was found beside documents.

    A package that only the image has is no difference: documents in images describe parts.
    """
    found = _found(inventory)
    types = {package.type for package in found}
    ours = grouped(found)
    for path, documented in sorted(_claims(taken).items()):
        wrong = compare_named((package for package in documented if package.type in types), ours)
        if wrong.only_documented or wrong.other_version:
            yield Wrong(_text(replace(wrong, only_found=())), path)


def outer(
    documents: Iterable[Attached], inventory: Inventory, types: Collection[str]
) -> Iterator[Wrong]:
    """Compare each attached document with what was found; it describes the whole image.

    Args:
        documents: about the image.
        inventory: what was found.
        types: purl types that catalogers find; others are not compared.

    """
    found = _found(inventory)
    for each in documents:
        if each.problem:
            yield Wrong(f"{each.name}: {each.problem}", is_read=each.document is not None)
        elif each.document is not None:
            documented = packages(each.document, each.name)
            some = _of_its_kind(documented, found) if each.is_shared else documented
            yield from _differences(each, list(some), found, types)


def _of_its_kind(documented: Iterable[Found], found: Iterable[Found]) -> Iterator[Found]:
    """Yield packages without those of architectures that other images of an index have."""
    here = {identity(package).arch for package in found}
    return (x for x in documented if here <= {""} or identity(x).arch in {"", *here})


def _differences(
    each: Attached, documented: list[Found], found: list[Found], types: Collection[str]
) -> Iterator[Wrong]:
    """Compare one document; a type of which it names nothing is not its subject."""
    described = {package.type for package in documented}
    wrong = compare(
        (package for package in documented if package.type in types),
        (package for package in found if package.type in described),
    )
    form = each.document.form if each.document else ""
    if told := _text(wrong):
        yield Wrong(f"{each.name} ({form:.40}) {told}")
    if each.document and each.document.left_out:
        detail = f"names {each.document.left_out} packages more than are taken"
        yield Wrong(f"{each.name} {detail}", is_read=False)


def _found(inventory: Inventory) -> list[Found]:
    return [package.found for package in inventory.packages if _is_there(package)]


def _is_there(package: Package) -> bool:
    return package.presence is Presence.VISIBLE and package.cataloger != DOCUMENTS


def _claims(taken: Taken) -> dict[str, list[Found]]:
    claimed: dict[str, list[Found]] = {}
    for package in taken.packages:
        if package.cataloger == DOCUMENTS and package.presence is Presence.VISIBLE:
            claimed.setdefault(package.found.location, []).append(package.found)
    return claimed


def _text(wrong: Differences) -> str:
    """Return the differences in words; what is only guessed to be there is not missed."""
    told = []
    if wrong.only_documented:
        names = _names(f"{x.name} {x.version}" for x in wrong.only_documented)
        told.append(f"names what is not there: {names}")
    if wrong.other_version:
        names = _names(f"{x.name} {x.version}, is {y.version}" for x, y in wrong.other_version)
        told.append(f"names another version: {names}")
    sure = [x for x in wrong.only_found if x.confidence != "heuristic"]
    if sure:
        told.append(f"does not name: {_names(f'{x.name} {x.version}' for x in sure)}")
    return "; ".join(told)


def _names(packages: Iterable[str]) -> str:
    names = [name[:_TEXT] for name in packages]
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more

"""SBOM documents, in the image or attached to it, against what was found: what to tell."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from ocianalyze.inventory.sbom_attached import Attached
from ocianalyze.inventory.sbom_differences import (
    Differences,
    compare,
    compare_named,
    grouped,
    identity,
)
from ocianalyze.inventory.sbom_proof import NONE, Judged, Listed, is_shipped, judge
from ocianalyze.inventory.sbom_reader import packages
from ocianalyze.inventory.take import Taken
from ocianalyze.model.package import DOCUMENTS, Found, Inventory, Package, Presence

Code = Literal[
    "inventory.sbom-differs", "inventory.sbom-unconfirmed", "inventory.attestation-unread"
]
DIFFERS: Code = "inventory.sbom-differs"
UNCONFIRMED: Code = "inventory.sbom-unconfirmed"
UNREAD: Code = "inventory.attestation-unread"
_INCOMPARABLE = "names nothing that can be compared"
_NAMED = 3
"""Packages that a difference names."""
_TEXT = 80
"""Characters of one of them."""


class Wrong(NamedTuple):
    """What is wrong with one document, or cannot be told of it."""

    detail: str
    path: str = ""
    """Of a document in the image."""
    code: Code = DIFFERS


def inner(
    taken: Taken, inventory: Inventory, types: Collection[str], whole: Listed
) -> Iterator[Wrong]:
    """Compare each document of the final filesystem with what was found beside documents.

    A package that only the image has is no difference: documents in images describe parts.

    Args:
        taken: with what documents name.
        inventory: what was found.
        types: purl types that catalogers find; others are not compared.
        whole: types of which the image has a whole list.

    """
    ours = grouped(_found(inventory))
    for path, documented in sorted(_claims(taken).items()):
        if not is_shipped(path, inventory.ownership, inventory.packages):
            named = [package for package in documented if package.type in types]
            found = replace(compare_named(named, ours), only_found=())
            parts = judge(found, whole)
            yield from _told(parts._replace(wrong=replace(parts.wrong, only_found=())), "", path)
            if not named:
                yield Wrong(_INCOMPARABLE, path, UNCONFIRMED)


def outer(
    documents: Iterable[Attached],
    inventory: Inventory,
    types: Collection[str],
    whole: Listed = NONE,
) -> Iterator[Wrong]:
    """Compare each attached document with what was found; it describes the whole image.

    Args:
        documents: about the image.
        inventory: what was found.
        types: purl types that catalogers find; others are not compared.
        whole: types of which the image has a whole list.

    """
    found = _found(inventory)
    for each in documents:
        if each.problem:
            code = UNREAD if each.document is None else DIFFERS
            yield Wrong(f"{each.name}: {each.problem}", code=code)
        elif each.document is not None:
            documented = packages(each.document, each.name)
            some = _of_its_kind(documented, found) if each.is_shared else documented
            named = [package for package in some if package.type in types]
            yield from _differences(each, named, found, whole)


def _of_its_kind(documented: Iterable[Found], found: Iterable[Found]) -> Iterator[Found]:
    """Yield packages without those of architectures that other images of an index have."""
    here = {identity(package).arch for package in found}
    return (x for x in documented if here <= {""} or identity(x).arch in {"", *here})


def _differences(
    each: Attached, documented: list[Found], found: list[Found], whole: Listed
) -> Iterator[Wrong]:
    """Compare one document; a type of which it names nothing is not its subject."""
    described = {package.type for package in documented}
    wrong = compare(documented, (package for package in found if package.type in described))
    form = each.document.form if each.document else ""
    yield from _told(judge(wrong, whole), f"{each.name} ({form:.40}) ")
    if not documented:
        yield Wrong(f"{each.name} ({form:.40}) {_INCOMPARABLE}", code=UNCONFIRMED)
    if each.document and each.document.left_out:
        detail = f"names {each.document.left_out} packages more than are taken"
        yield Wrong(f"{each.name} {detail}", code=UNREAD)


def _told(judged: Judged, about: str, path: str = "") -> Iterator[Wrong]:
    if text := _text(judged.wrong, "names what is not there"):
        yield Wrong(f"{about}{text}", path)
    if text := _text(judged.open, "names what was not found"):
        yield Wrong(f"{about}{text}", path, UNCONFIRMED)


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


def _text(found: Differences, missing: str) -> str:
    """Return differences in words."""
    told = []
    if found.only_documented:
        names = _names(f"{x.name} {x.version}" for x in found.only_documented)
        told.append(f"{missing}: {names}")
    if found.other_version:
        names = _names(f"{x.name} {x.version}, is {y.version}" for x, y in found.other_version)
        told.append(f"names another version: {names}")
    if found.only_found:
        told.append(f"does not name: {_names(f'{x.name} {x.version}' for x in found.only_found)}")
    return "; ".join(told)


def _names(packages: Iterable[str]) -> str:
    names = [name[:_TEXT] for name in packages]
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more

"""Which evidence counts where several pieces speak of one package.

- An installed package is stronger than a lock file or a bundled copy that names the same version:
  the weaker one is dropped and its path becomes evidence of the stronger one.
- A lock file or manifest alone stays, as heuristic: the application may still hold it.
- A version in a program's own strings says nothing about a file that a distribution's package
  owns, nor about one that a package without a list of files must have brought, and nothing new
  inside a runtime that tells its version itself. A program and its library
  (`python3.11`, `libpython3.11.so`) are one package.
- What an SBOM names is a claim. It is dropped when that package was found, and when it is disproved
  (`sbom_proof`); others are listed, as heuristic.
- A language package whose files a distribution's or a conda package ships says so in `owner`, so
  that nobody counts it twice.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.sbom_differences import identities
from ocianalyze.inventory.sbom_proof import NONE, Listed, disproves, is_shipped, shipped_by
from ocianalyze.inventory.unlisted import Software, brought, is_brought
from ocianalyze.model.package import DOCUMENTS, SHIPPING, Package, Presence

_RANK = {"exact": 0, "strong": 1, "heuristic": 2}
_CLAIM = 3


class Weighed(NamedTuple):
    """What is left, sorted, and what became of everything."""

    packages: tuple[Package, ...]
    numbers: dict[int, int]
    """Old indexes to indexes into `packages`, those of dropped packages to what covers them."""


def with_owners(packages: Sequence[Package], owned: Owning) -> list[Package]:
    """Name the distribution's or conda package that ships each other package.

    What a document names is shipped by the package that the document came with, as libraries that
    were copied into a Python wheel are by the wheel.
    """
    return [_with_owner(package, packages, owned) for package in packages]


def _with_owner(package: Package, packages: Sequence[Package], owned: Owning) -> Package:
    if package.cataloger == DOCUMENTS:
        path = owned.canonical.path(file_of(package))
        shipper = shipped_by(path, owned.ownership, packages)
        owner = shipper.purl if shipper else ""
    else:
        owner = "" if package.type in SHIPPING else _shipped_by(package, packages, owned)
    return replace(package, owner=owner) if owner else package


def _shipped_by(package: Package, packages: Sequence[Package], owned: Owning) -> str:
    owners = (packages[number] for number in owned.of(file_of(package)))
    return next((owner.purl for owner in owners if owner.type in SHIPPING), "")


def file_of(package: Package) -> str:
    """Return the file that was read; archives inside archives are in the outer one."""
    return package.evidence[0].partition("!")[0]


def weigh(packages: Sequence[Package], owned: Owning, whole: Listed = NONE) -> Weighed:
    """Drop what stronger evidence says already, keeping the paths of what is dropped.

    Args:
        packages: of all evidence.
        owned: who owns which file.
        whole: types of which the image has a whole list, so that claims can be disproved.

    """
    order = sorted(range(len(packages)), key=lambda number: _strength(packages[number]))
    same: dict[tuple[str, ...], dict[tuple[int, Presence], int]] = {}
    into: dict[int, int] = {}
    paths: dict[int, dict[str, None]] = {}
    known = brought(owned, packages)
    for number in order:
        package = packages[number]
        alike, *also = (same.setdefault(name, {}) for name in _names(package))
        others = (*alike.values(), *_runtimes(packages, number, owned))
        covering = next(_projects(packages, number, owned), None)
        covering = _covering(packages, number, others) if covering is None else covering
        if covering is not None:
            paths.setdefault(covering, {}).update(dict.fromkeys(package.evidence))
            into[number] = covering
        elif _is_disproved(package, packages, owned, whole) or _is_told(package, known):
            into[number] = -1
        else:
            into[number] = number
            alike.setdefault((_strength(package)[0], package.presence), number)
        for names in also if into[number] >= 0 else ():
            names.setdefault((_strength(package)[0], package.presence), into[number])
    return _sorted(packages, into, paths)


def _strength(package: Package) -> tuple[int, int, str]:
    rank = _CLAIM if package.cataloger == DOCUMENTS else _RANK[package.found.confidence]
    return rank, package.introduced, package.found.location


def _names(package: Package) -> Iterator[tuple[str, ...]]:
    """Yield what makes records one package, wherever they lie; a claim's file is the document."""
    names = identities(package.found)
    named = islice(names, 1) if package.cataloger == DOCUMENTS else names
    return (name[:4] for name in named)


def _is_disproved(
    package: Package, packages: Sequence[Package], owned: Owning, whole: Listed
) -> bool:
    """Tell a claim that the image disproves; what a package says of its inside, nothing does."""
    if package.cataloger != DOCUMENTS or not disproves(whole, package.found):
        return False
    path = owned.canonical.path(file_of(package))
    return not is_shipped(path, owned.ownership, packages)


def _runtimes(packages: Sequence[Package], number: int, owned: Owning) -> Iterator[int]:
    """Yield packages of the same name that own the directory of a program."""
    package = packages[number]
    if package.type == "generic":
        for owner in owned.ownership.home(owned.canonical.path(file_of(package))):
            if owner != number and packages[owner].name == package.name:
                yield owner


def _projects(packages: Sequence[Package], number: int, owned: Owning) -> Iterator[int]:
    """Yield the editable installation (PEP 660) of the project that builders left metadata in."""
    package = packages[number]
    if not package.found.location.endswith(".egg-info"):
        return
    for owner in owned.ownership.of(owned.canonical.path(file_of(package))):
        strong = packages[owner]
        is_editable = ("editable", "true") in strong.found.properties
        if owner != number and is_editable and strong.purl == package.purl:
            yield owner


def _covering(packages: Sequence[Package], number: int, others: Iterable[int]) -> int | None:
    """Return the package that makes this one say nothing new."""
    weak = packages[number]
    for other in others:
        strong = packages[other]
        is_stronger = _strength(strong)[0] < _strength(weak)[0]
        is_program = weak.type == "generic" == strong.type and not _is_again(strong, weak)
        if strong.presence is weak.presence and (is_stronger or is_program):
            return other
    return None


def _is_again(one: Package, other: Package) -> bool:
    """Tell the same installation, at another time."""
    return one.found.location == other.found.location


def _is_told(package: Package, known: Container[Software]) -> bool:
    """Tell a version string in a file that a distribution's package owns, or must have brought."""
    is_program = package.type == "generic"
    return is_program and (bool(package.owner) or is_brought(package, known))


def _sorted(
    packages: Sequence[Package], into: dict[int, int], paths: dict[int, dict[str, None]]
) -> Weighed:
    left = sorted((x for x, to in into.items() if x == to), key=lambda x: _order(packages[x]))
    kept = tuple(_with_paths(packages[number], paths.get(number, {})) for number in left)
    place = {number: at for at, number in enumerate(left)}
    return Weighed(kept, {old: place[to] for old, to in into.items() if to in place})


def _with_paths(package: Package, more: dict[str, None]) -> Package:
    package = package if package.cataloger != DOCUMENTS else _as_claim(package)
    if not more:
        return package
    return replace(package, evidence=tuple(dict.fromkeys((*package.evidence, *more))))


def _as_claim(package: Package) -> Package:
    return replace(package, found=replace(package.found, confidence="heuristic"))


def _order(package: Package) -> tuple[str, str, str, int]:
    return package.type, package.purl, package.found.location, package.introduced

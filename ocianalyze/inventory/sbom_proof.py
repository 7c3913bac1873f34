"""Which claims of SBOM documents an image can disprove, and which it can only confirm.

- Disproved: the claim is of a type whose installer leaves a record of every package (a package
  database, Python's `*.dist-info`), these records were read whole, and none is of that package.
- Only confirmed: what is linked, shaded, bundled or compiled into programs (`golang`, `cargo`,
  `maven`, `npm` ...), and `generic`, whose names everybody makes up: that it was not found says
  nothing, nor does another spelling, nor another version that somebody else's strings tell.
- Not compared: types that no cataloger finds, and documents that a package ships about itself.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ocianalyze.inventory.sbom_differences import Differences
from ocianalyze.model.package import OS_TYPES, SHIPPING, Found, Ownership, Package, Presence

Listed = frozenset[tuple[str, str]]
NONE: Listed = frozenset()
"""Nothing is listed whole."""


class Judged(NamedTuple):
    """Differences by what they prove."""

    wrong: Differences
    open: Differences
    """Neither confirmed nor disproved."""


def listed(packages: Iterable[Package], catalogers: Collection[str]) -> Listed:
    """Return the types of which the image has a whole list, those of distributions with vendor.

    Args:
        packages: of the image.
        catalogers: whose records are complete and were read whole.

    """
    return frozenset(
        _kind(package.found)
        for package in packages
        if package.presence is Presence.VISIBLE and package.cataloger in catalogers
    )


def disproves(whole: Listed, claim: Found) -> bool:
    """Tell that a package would have been found if it were installed."""
    return _kind(claim) in whole


def is_shipped(path: str, ownership: Ownership, packages: Sequence[Package]) -> bool:
    """Tell that a document came with a package, and so is about what is inside that one."""
    return shipped_by(path, ownership, packages) is not None


def shipped_by(path: str, ownership: Ownership, packages: Sequence[Package]) -> Package | None:
    """Return the package that a document came with, the distribution's or conda's before others."""
    owners = [packages[number] for number in ownership.of(path)]
    owners.sort(key=lambda package: package.type not in SHIPPING)
    return next((package for package in owners if package.type != "generic"), None)


def judge(found: Differences, whole: Listed) -> Judged:
    """Part differences by what they prove; what is only guessed to be there is not missed.

    A version that nothing disproves is open, and the one that is there in its place not named.
    """
    proved = tuple(x for x in found.other_version if disproves(whole, x[0]))
    doubtful = tuple(x for x in found.other_version if not disproves(whole, x[0]))
    unnamed = (*found.only_found, *(there for _, there in doubtful))
    wrong = Differences(
        tuple(x for x in found.only_documented if disproves(whole, x)),
        tuple(x for x in unnamed if x.confidence != "heuristic" and x.type != "generic"),
        proved,
    )
    left = tuple(x for x in found.only_documented if not disproves(whole, x))
    return Judged(wrong, Differences(left, (), doubtful))


def _kind(found: Found) -> tuple[str, str]:
    """Return a type with what its list is of: that of a distribution has no other's packages."""
    return found.type, found.namespace.lower() if found.type in OS_TYPES else ""

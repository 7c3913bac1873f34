"""Which evidence counts where several pieces speak of one package.

An installed package is stronger than a lock file or an SBOM that names it; a program's own version
string says nothing new about a file that a package owns. The weaker package is dropped and its
path becomes evidence of the stronger one. A language package whose files an OS package ships says
so, instead of being counted twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ocianalyze.inventory.ownership import Canonical, Ownership
from ocianalyze.model.package import Package

OS_TYPES = frozenset({"deb", "apk", "rpm", "alpm"})
"""purl types of distributions' packages."""
_RANK = {"exact": 0, "strong": 1, "heuristic": 2}


def with_owners(
    packages: Sequence[Package], owned: Ownership, canonical: Canonical
) -> list[Package]:
    """Name the OS package that ships each language package."""
    return [
        package
        if package.type in OS_TYPES
        else replace(package, owner=_shipped_by(package, packages, owned, canonical))
        for package in packages
    ]


def _shipped_by(
    package: Package, packages: Sequence[Package], owned: Ownership, canonical: Canonical
) -> str:
    path = package.evidence[0].partition("!")[0]
    owners = (packages[number] for number in owned.owners(canonical.path(path)))
    return next((owner.purl for owner in owners if owner.type in OS_TYPES), "")


def strongest(packages: Iterable[Package]) -> list[Package]:
    """Drop what stronger evidence says already, keeping the paths of what is dropped."""
    ranked = sorted(packages, key=lambda package: _RANK[package.found.confidence])
    kept: dict[tuple[str, ...], list[Package]] = {}
    for package in ranked:
        same = kept.setdefault(_identity(package), [])
        at = next((n for n, other in enumerate(same) if _covers(other, package)), None)
        if at is None:
            same.append(package)
        else:
            evidence = dict.fromkeys((*same[at].evidence, *package.evidence))
            same[at] = replace(same[at], evidence=tuple(evidence))
    return [package for same in kept.values() for package in same if not _is_told(package)]


def _identity(package: Package) -> tuple[str, ...]:
    found = package.found
    return found.type, found.namespace, found.name.lower(), found.version


def _covers(strong: Package, weak: Package) -> bool:
    """Tell that a stronger piece of evidence makes a weaker one say nothing new."""
    stronger = _RANK[strong.found.confidence] < _RANK[weak.found.confidence]
    return stronger and strong.presence is weak.presence


def _is_told(package: Package) -> bool:
    """Tell a version string in a file that a distribution's package owns."""
    return package.type == "generic" and bool(package.owner)

"""Who owned a file that is no more there: claims of every layer's package data, asked for rarely.

Ownership is of the final filesystem; a removed package claims nothing in it.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.model.package import OS_TYPES, Package

_KEPT = 100_000
"""Values of one observer that are asked; real images have some thousands."""
_MERGED = "usr/"
"""What databases leave out of paths that usr-merge moved."""


def former_owners(
    view: ImageView, path: str, catalogers: Iterable[Cataloger]
) -> tuple[Package, ...]:
    """Return the packages that any layer's data names as owners of a path, language ones first.

    Args:
        view: of the image.
        path: canonical, as its last version has it.
        catalogers: whose data is asked.

    """
    names = frozenset({path, path.removeprefix(_MERGED)})
    claimed = {
        (claim.type, claim.name, claim.location)
        for cataloger in catalogers
        for claim in _claims(view, cataloger)
        if _holds(claim, names)
    }
    owners = [x for x in view.inventory.packages if claimed & _keys(x)]
    return tuple(sorted(owners, key=lambda package: package.type in OS_TYPES))


def _keys(package: Package) -> set[tuple[str, str, str]]:
    found = package.found
    return {(found.type, found.name, found.location)}


def _holds(claim: Claim, names: frozenset[str]) -> bool:
    trees = (f"{tree.strip('/')}/" for tree in claim.trees)
    inside = any(name.startswith(tree) for tree in trees for name in names)
    elsewhere = (path for path, _ in claim.elsewhere)
    claimed = chain(claim.paths, claim.programs, elsewhere)
    return inside or any(path.strip("/") in names for path in claimed)


def _claims(view: ImageView, cataloger: Cataloger) -> Iterator[Claim]:
    """Yield what every version of the evidence claims; damaged evidence claims nothing."""
    make = cataloger.claims
    for observer in cataloger.observers if make else ():
        for number, (entry, value) in enumerate(view.tree.observations(observer.name)):
            if number >= _KEPT or make is None:
                break
            kept = Kept(observer.name, entry.path, value, complete=True)
            try:
                yield from make(kept, view.inventory.distribution)
            except (ValueError, LookupError, TypeError, AttributeError):
                continue

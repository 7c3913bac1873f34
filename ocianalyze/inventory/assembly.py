"""The inventory of one image: distribution, packages, owners, and what nobody owns."""

from functools import cache

from ocianalyze.discovery import parts, plugins
from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory import catalogers as package
from ocianalyze.inventory._base import Cataloger
from ocianalyze.inventory.distro import distribution
from ocianalyze.inventory.ownership import Canonical, own
from ocianalyze.inventory.take import take
from ocianalyze.inventory.unowned import unowned
from ocianalyze.inventory.weigh import strongest, with_owners
from ocianalyze.model.package import Inventory

GROUP = "ocianalyze.catalogers.v1"
"""Entry points with a `Cataloger`."""


@cache
def catalogers() -> tuple[Cataloger, ...]:
    """Return every cataloger, those from outside last."""
    return (*parts(package, "CATALOGER", Cataloger), *plugins(GROUP, Cataloger))


def inventory(tree: Tree) -> Inventory:
    """Return what is installed in a merged tree, and in the layers below it."""
    distro = distribution(tree)
    taken = take(tree, catalogers(), distro)
    owned = own(tree, taken.packages, taken.claims)
    packages = strongest(with_owners(taken.packages, owned, Canonical(tree)))
    packages.sort(key=lambda found: (found.purl, found.found.location, found.introduced))
    owned = own(tree, packages, taken.claims)
    return Inventory(
        distribution=distro,
        packages=tuple(packages),
        owners=owned.files,
        unowned=tuple(sorted(unowned(tree, owned), key=lambda file: file.path)),
        problems=tuple(taken.problems),
    )

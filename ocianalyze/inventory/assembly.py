"""The inventory of one image: distribution, packages, owners, and what nobody owns."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import chain

from ocianalyze.discovery import parts, plugins
from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory import catalogers as package
from ocianalyze.inventory import distro, redirected, verify_digests, verify_settings
from ocianalyze.inventory._base import Cataloger
from ocianalyze.inventory.canonical import Canonical, links_of
from ocianalyze.inventory.databases import Gone, gone, marked
from ocianalyze.inventory.hidden import Hidden, beside, unnamed
from ocianalyze.inventory.lost_records import stripped
from ocianalyze.inventory.oddities import PACKED, oddities
from ocianalyze.inventory.ownership import Owning, renumber
from ocianalyze.inventory.runtimes import take_runtimes
from ocianalyze.inventory.sbom_attached import Attached
from ocianalyze.inventory.sbom_findings import inner, outer
from ocianalyze.inventory.sbom_proof import Listed, listed
from ocianalyze.inventory.take import Taken, take
from ocianalyze.inventory.unlisted import unlisted
from ocianalyze.inventory.unowned import unowned
from ocianalyze.inventory.verify import Database, verify
from ocianalyze.inventory.weigh import weigh, with_owners
from ocianalyze.layers.observer import Observer
from ocianalyze.model.entry import State
from ocianalyze.model.package import OS_TYPES, Distribution, Inventory
from ocianalyze.model.unowned import UnownedFiles
from ocianalyze.model.verification import Verification

GROUP = "ocianalyze.catalogers.v1"
"""Entry points with a `Cataloger`."""


@cache
def catalogers() -> tuple[Cataloger, ...]:
    """Return every cataloger, those from outside last."""
    return (*parts(package, "CATALOGER", Cataloger), *plugins(GROUP, Cataloger))


def basics() -> tuple[Observer, ...]:
    """Return what the walk must be given so that the distribution is known."""
    return distro.OBSERVERS


@cache
def observers() -> tuple[Observer, ...]:
    """Return what the walk must be given so that there is an inventory."""
    of_catalogers = (one for each in catalogers() for one in each.observers)
    of_verification = (verify_settings.OBSERVER, *verify_digests.observers())
    return (*distro.OBSERVERS, *of_catalogers, *of_verification, redirected.OBSERVER)


@cache
def _types() -> frozenset[str]:
    """Return the purl types that any cataloger finds."""
    return frozenset(kind for each in catalogers() for kind in each.types)


def with_inventory(view: ImageView, documents: Iterable[Attached] = ()) -> ImageView:
    """Return the view with what is installed, and what is odd about it among the findings.

    Args:
        view: of the image.
        documents: SBOMs attached to it.

    """
    distribution = distro.distribution(view.tree)
    taken = take(view.tree, catalogers(), distribution)
    links = links_of(view.tree, [layer.index for layer in view.layers])
    owned = Owning(view.tree, taken.packages, Canonical(view.tree, links))
    owned.take(taken.claims())
    lost = tuple(gone(view.tree, taken.packages, taken.former_claims))
    lost = (*lost, *stripped(taken, owned, lost))
    if lost:
        taken.packages[:] = marked(taken.packages, lost)
    damaged = {problem.evidence.kept.path for problem in taken.problems}
    named = () if view.unread else unnamed(owned, taken.packages, distribution, lost, damaged)
    known = tuple(named)
    silent = () if view.unread else unlisted(owned, taken.packages)
    untold: tuple[Gone | Hidden, ...] = (*lost, *known, *silent, *beside(owned, taken.packages))
    is_whole = not (view.unread or known or any(each.is_loss for each in untold))
    whole = listed(taken.packages, _complete(view.tree, taken) if is_whole else ())
    inventory = _inventory(taken, distribution, owned, untold, whole)
    compared_with = inventory, _types(), whole
    wrong = chain(inner(taken, *compared_with), outer(documents, *compared_with))
    findings = (*view.findings, *oddities(view, taken, untold, wrong))
    compared = partial(_verified, taken, owned.canonical)
    return replace(view, inventory=inventory, findings=findings, verify=compared)


def _verified(taken: Taken, canonical: Canonical, view: ImageView) -> Verification:
    """Compare package contents with the records of all catalogers' databases."""
    databases = (
        Database(each.name, each.records, taken.visible(each))
        for each in catalogers()
        if each.records
    )
    return verify(view, databases, canonical)


def _complete(tree: Tree, taken: Taken) -> frozenset[str]:
    """Return the catalogers that list all packages of their types and could read all of them.

    What a packed program holds of a language's packages, no list tells.
    """
    packed = tree.observations(PACKED)
    is_open = any(entry.state is State.VISIBLE for entry, _ in packed)
    damaged = {x.evidence.kept.observer.partition("-")[0] for x in taken.problems}
    named = (
        each.name
        for each in catalogers()
        if each.lists_all and (not is_open or OS_TYPES.issuperset(each.types))
    )
    return frozenset(named) - damaged


def _inventory(
    taken: Taken,
    distribution: Distribution,
    owned: Owning,
    lost: Iterable[Gone | Hidden],
    whole: Listed,
) -> Inventory:
    take_runtimes(taken.packages, owned)
    owned.share_inodes()
    weighed = weigh(with_owners(taken.packages, owned), owned, whole)
    renumber(owned.ownership, weighed.numbers)
    alone = unowned(owned.tree, owned.ownership, weighed.packages)
    return Inventory(
        distribution=distribution,
        packages=weighed.packages,
        ownership=owned.ownership,
        unowned=UnownedFiles(alone),
        problems=(*_problems(taken, owned), *_untold(lost)),
    )


def _untold(lost: Iterable[Gone | Hidden]) -> Iterator[str]:
    """Yield what is gone whose files, or some, are there; where nothing is left nothing lacks."""
    return (f"{each.path}: {each.detail}" for each in lost if each.is_loss)


def _problems(taken: Taken, owned: Owning) -> list[str]:
    told = [
        f"{problem.evidence.kept.path} in layer {problem.evidence.start}: {problem.detail}"
        for problem in taken.problems
    ]
    if taken.unnamed:
        told.append(f"and {taken.unnamed} more files of package data")
    if owned.is_cut or owned.canonical.is_spent:
        told.append("packages claim more paths than are taken")
    return told

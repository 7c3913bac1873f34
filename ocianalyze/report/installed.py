"""Packages, and executables without one, as records of the document."""

from collections import Counter
from collections.abc import Callable, Sequence

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.installed import (
    DistributionRecord,
    InventoryRecord,
    PackageRecord,
    UnownedRecord,
)
from ocianalyze.model.package import Distribution, Inventory, Package, Presence, Unowned
from ocianalyze.model.record import ImageRef
from ocianalyze.report.escape import spelled, unicode
from ocianalyze.report.listed import Part
from ocianalyze.report.places import layer_ref, step_ref


def package_records(
    ref: ImageRef,
    view: ImageView,
    packages: Sequence[Package],
    veiled: Callable[[PackageRecord], PackageRecord],
) -> Part[PackageRecord]:
    """Return packages of an image; nothing of them keeps it."""
    layers = {each.index: layer_ref(view, each.index) for each in view.layers}
    steps = {each.index: step_ref(view, each.step) for each in view.layers}

    def record(package: Package) -> PackageRecord:
        found = package.found
        return veiled(
            PackageRecord(
                image=ref,
                purl=unicode(package.purl),
                type=unicode(found.type),
                namespace=unicode(found.namespace),
                name=unicode(found.name),
                version=unicode(found.version),
                epoch=unicode(found.epoch),
                arch=unicode(found.arch),
                source=unicode(found.source),
                source_version=unicode(found.source_version),
                licenses=tuple(map(unicode, found.licenses)),
                supplier=unicode(found.supplier),
                reason=found.reason,
                location=spelled(found.location),
                evidence=tuple(map(spelled, package.evidence)),
                confidence=found.confidence,
                cataloger=package.cataloger,
                presence="visible" if package.presence is Presence.VISIBLE else "removed",
                introduced=layers.get(package.introduced),
                step=steps.get(package.introduced),
                removed=None if package.removed is None else layers.get(package.removed),
                owner=unicode(package.owner) or None,
                properties={unicode(name): unicode(value) for name, value in found.properties},
            )
        )

    return Part(packages, record)


def unowned_records(
    ref: ImageRef, view: ImageView, veiled: Callable[[UnownedRecord], UnownedRecord]
) -> Part[UnownedRecord]:
    """Return the executables that no package vouches for; nothing of them keeps the image."""
    layers = [layer_ref(view, index) for index in range(len(view.layers))]

    def record(file: Unowned) -> UnownedRecord:
        return veiled(
            UnownedRecord(
                image=ref,
                path=spelled(file.path),
                kind=file.kind,
                sha256=file.sha256 or None,
                size=file.size,
                layer=layers[file.layer],
                within=spelled(file.within) or None,
            )
        )

    return Part(view.inventory.unowned, record)


def inventory_record(inventory: Inventory) -> InventoryRecord:
    """Return how much is installed."""
    visible = [one for one in inventory.packages if one.presence is Presence.VISIBLE]
    return InventoryRecord(
        distribution=_distribution(inventory.distribution),
        packages=len(visible),
        removed=len(inventory.packages) - len(visible),
        types=dict(sorted(Counter(unicode(one.type) for one in visible).items())),
        owned_files=len(inventory.ownership.files),
        unowned=len(inventory.unowned),
        problems=tuple(map(unicode, inventory.problems)),
    )


def _distribution(found: Distribution) -> DistributionRecord | None:
    if not found.path:
        return None
    return DistributionRecord(
        id=unicode(found.id),
        version=unicode(found.version),
        name=unicode(found.name),
        codename=unicode(found.codename),
        end_of_life=found.end_of_life or None,
        path=spelled(found.path),
    )

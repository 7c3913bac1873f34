"""One image from the facts of its layers, when nothing made of them was kept.

Imports every cataloger and what finds secrets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets.document import Document
from ocianalyze.engine.means import seeking
from ocianalyze.engine.options import Options
from ocianalyze.filesystem.assembly import Assembled, assemble_image, finding
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly as inventory
from ocianalyze.inventory import distro
from ocianalyze.inventory.sbom_attached import Attached
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.finding import Finding
from ocianalyze.model.package import Inventory
from ocianalyze.model.verification import Verification
from ocianalyze.sources._base import StoredFile, StoredImage

_PASSING = ("_seconds (", "cannot be read")
"""In reasons for which bytes were not looked at that another run may not have."""


def assembled(
    image: StoredImage, facts: Sequence[LayerFacts | None], options: Options, room: int
) -> Assembled:
    """Merge an image's layers; `room` bounds what is told of oddities."""
    return assemble_image(image, facts, filetype.TYPES, options.limits, room)


def analysed(
    view: ImageView,
    read: Sequence[Document],
    rest: Iterable[StoredFile],
    attached: Iterable[Attached],
    options: Options,
) -> tuple[ImageView, bool]:
    """Return the view with what is installed and what is secret, and nothing that tells secrets.

    Also whether the same comes out another time: it does not where time ran out or reading failed.

    Args:
        view: the merged image with the bases that it may have.
        read: its documents.
        rest: what the source holds beside its images.
        attached: SBOMs about it.
        options: what is looked for.

    """
    view = replace(view, findings=(*view.findings, *_misfit(view)))
    if "packages" in options.skip:
        view = replace(view, inventory=Inventory(distro.distribution(view.tree)))
    else:
        view = inventory.with_inventory(view, attached)
    return (view, True) if "secrets" in options.skip else _with_secrets(view, read, rest, options)


def compared(view: ImageView, options: Options) -> Verification:
    """Compare package contents with their records, of a view whose comparison was not kept."""
    if "packages" in options.skip:
        return Verification()
    return inventory.with_inventory(replace(view, findings=())).verify(view)


def _misfit(view: ImageView) -> tuple[Finding, ...]:
    """Return that the base which the operator names is none of this image."""
    claimed = boundary(view).claimed
    if claimed is None or claimed.told_by != "operator":
        return ()
    detail = f"{claimed.name or 'it'}: its layers are not the first of this image"
    return (finding(None, Anomaly("image.base-differs", detail)),)


def _with_secrets(
    view: ImageView, read: Sequence[Document], rest: Iterable[StoredFile], options: Options
) -> tuple[ImageView, bool]:
    """Return the view with its secrets, which nothing in it tells any more."""
    from ocianalyze.detectors.secrets.veil import veiled  # noqa: PLC0415 - unless left out

    found = seeking(options)
    beside = found.beside(rest)
    gathered = found.secrets(view, read, beside)
    findings = (*view.findings, *found.unread(view, gathered, beside))
    view = replace(view, secrets=gathered.secrets, findings=findings)
    lasting = not any(mark in one.reason for _, one in beside.unread for mark in _PASSING)
    return view if options.show_secrets else veiled(view, read, found.engine), lasting

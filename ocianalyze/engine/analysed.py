"""One image from its parts and the facts of its layers; what was made of them before is kept."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from ocianalyze.controls.aspects.base import known_bases
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.filetype import TYPES
from ocianalyze.detectors.secrets.attached import documents
from ocianalyze.detectors.secrets.document import Document
from ocianalyze.detectors.secrets.shown import Names, identities_of, names_of, quiet_platform
from ocianalyze.engine.keeping import REST, Keeping, Subject, settled
from ocianalyze.engine.options import Options
from ocianalyze.engine.record import (
    Record,
    config_of,
    inventory_of,
    known_of,
    recorded,
    verification_of,
    with_comparison,
    with_texts,
)
from ocianalyze.filesystem import assembly
from ocianalyze.filesystem.assembly import Assembled
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.limits import Limits
from ocianalyze.model.base import BaseImage
from ocianalyze.model.digest import Digest
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.provenance import Provenance
from ocianalyze.model.verification import Verification
from ocianalyze.report._base import AnalysedImage
from ocianalyze.sources._base import StoredFile, StoredImage
from ocianalyze.store.columns import Damaged

if TYPE_CHECKING:
    from ocianalyze.model.subject import IntegrityStatus


class Spent(NamedTuple):
    """What earlier images of the input left."""

    room: int
    """Findings that may be told."""
    read: int
    """Bytes of attached documents that were read."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """One image, and what becomes of it when it has been judged."""

    image: AnalysedImage
    read: int
    """Bytes of attached documents read for it and for the images before it."""
    keep: Callable[[], None]
    """Keeps what may be kept; called when controls have run, since some compare packages."""


class _Work(NamedTuple):
    """One image at hand."""

    subject: Subject
    rest: Iterator[StoredFile]
    """What the subject does not list."""
    options: Options


class _Made(NamedTuple):
    """One image for which nothing was kept."""

    assembled: Assembled
    config: ImageConfig | None
    """As the image has it."""
    read: int
    """Bytes of attached documents read by then."""
    lasting: bool
    """The same comes out another time."""


def analyse(
    image: StoredImage,
    facts: Sequence[LayerFacts | None],
    options: Options,
    spent: Spent,
    kept: Keeping | None,
) -> Analysed:
    """Analyse one image.

    Args:
        image: as the source keeps it.
        facts: of each layer.
        options: with the bases that this image may have.
        spent: of what all images of the input share.
        kept: records of images; None where nothing is kept.

    """
    listing = iter(image.rest())
    rest = tuple(islice(listing, REST + 1)) if kept and "secrets" not in options.skip else ()
    read = documents(image, options.limits)
    subject = Subject(image, facts, read, rest, spent.read, spent.room)
    work = _Work(subject, listing, options)
    key = kept.key(subject, options) if kept else ""
    record = kept.get(key, facts) if kept and key else None
    again = _recalled(work, record, kept) if record and kept else None
    if record is not None and again is not None:
        assembled, taken = again, record.read
    else:
        assembled, config, taken, lasting = _made(work)
        may = key and lasting and settled(rest)
        record = recorded(assembled.view, config, taken) if may else None
    view = _ignoring(assembled.view, options)
    kind = _Keep(kept, key, record, subject.facts, is_kept=again is not None)
    return Analysed(_image(image, replace(assembled, view=view)), taken, partial(kind.keep, view))


class _Keep(NamedTuple):
    """What may be kept of an image, and under what."""

    kept: Keeping | None
    key: str
    record: Record | None
    facts: Sequence[LayerFacts | None]
    is_kept: bool

    def keep(self, view: ImageView) -> None:
        """Keep a new record, or one that has the comparison of packages now.

        Nothing of an image whose filesystem is known in part: a record does not say which.
        """
        record = self.record
        if self.kept is None or record is None or view.unread:
            return
        found = view.told(view.verify) if record.compared is None else None
        if self.is_kept and found is None:
            return
        if found is not None:
            record = with_comparison(record, view, found)
        self.kept.put(self.key, with_texts(record, view))
        if not self.is_kept and isinstance(view.tree, MergedTree):
            self.kept.put_merged(self.facts, view.tree.merged)


def _made(work: _Work) -> _Made:
    """Analyse the image with all that this takes."""
    from ocianalyze.engine import fresh  # noqa: PLC0415 - imports all that analyses
    from ocianalyze.inventory.sbom_attached import Attachments  # noqa: PLC0415 - the same

    subject, options = work.subject, work.options
    attachments = Attachments(options.limits, subject.read)
    assembled = fresh.assembled(subject.image, subject.facts, options, subject.room)
    view = _told(assembled.view, work)
    attached = attachments.of(subject.image)
    rest = chain(subject.rest, work.rest)
    view, lasting = fresh.analysed(view, subject.documents, rest, attached, options)
    done = replace(assembled, view=view)
    return _Made(done, assembled.view.config, attachments.taken, lasting)


def _recalled(work: _Work, record: Record, kept: Keeping) -> Assembled | None:
    """Return the image as its record has it; None for a record that cannot be used."""
    subject, options = work.subject, work.options
    merged = kept.merged(subject.facts, options.limits)
    tree = MergedTree(subject.facts, TYPES, options.limits, merged)
    if merged is None:
        kept.put_merged(subject.facts, tree.merged)
    own, _ = assembly.config_of(subject.image, options.limits)
    assembled = assembly.frame_image(subject.image, subject.facts, own, record.history, tree)
    try:
        config = config_of(record, own)
    except Damaged:
        return None
    known = known_of(record)
    view = _told(assembled.view, work)
    view = replace(
        view,
        config=config,
        platform=quiet_platform(view.platform, known.masked),
        findings=record.findings,
        inventory=inventory_of(record),
        secrets=record.secrets,
        verify=partial(_compared, record, tree, options),
    )
    view = view.knowing(identities_of, known).knowing(written, own)
    silent = record.known.silent
    return replace(assembled, view=view.knowing(names_of, Names(known)) if silent else view)


def _compared(record: Record, tree: MergedTree, options: Options, view: ImageView) -> Verification:
    """Return what packages say of their files; it was kept if a control had asked."""
    if record.compared is not None:
        return verification_of(record.compared, view.inventory.packages, tree)
    from ocianalyze.engine.fresh import compared  # noqa: PLC0415 - imports every cataloger

    return compared(view, options)


def _told(view: ImageView, work: _Work) -> ImageView:
    """Return the view with what the image's own documents and the operator tell of it."""
    image, options, read = work.subject.image, work.options, work.subject.documents
    bases = known_bases.joined(_claims(read), options.bases)
    return replace(
        view,
        skipped=options.skip,
        bases=bases,
        digests=_digests(image),
        names=image.names,
        provenances=_provenances(image, read, options.limits),
    )


def _ignoring(view: ImageView, options: Options) -> ImageView:
    """Return the view whose secrets have the reasons for which they may stay."""
    if not options.ignores:
        return view
    from ocianalyze.detectors.secrets.ignore import ignoring  # noqa: PLC0415 - imports TOML

    known = view.once(identities_of)
    secrets = ignoring(view.secrets, options.ignores)
    again = replace(view, secrets=secrets).knowing(identities_of, known)
    again = again.knowing(written, view.once(written))
    names = view.told(names_of)
    return again if names is None else again.knowing(names_of, names)


def _image(image: StoredImage, assembled: Assembled) -> AnalysedImage:
    from ocianalyze.report.secrets import hiding  # noqa: PLC0415 - layers are read first

    view, integrity = assembled.view, assembled.integrity
    status: IntegrityStatus = "partial" if integrity.untried else "ok"
    return AnalysedImage(
        names=tuple(map(hiding(view), image.names)),
        manifest_digest=_manifest_digest(image),
        config_digest=image.config.digest if image.config else None,
        platform=view.platform,
        view=view,
        attestations=len(image.attestations),
        integrity="failed" if integrity.failed else status,
        digests_verified=integrity.digests,
        diff_ids_verified=integrity.diff_ids,
    )


def _claims(read: Iterable[Document]) -> list[BaseImage]:
    """Return the bases that an image's own documents name."""
    told = {"annotation": known_bases.of_manifest, "attestation": known_bases.of_provenance}
    return [base for one in read if one.where in told for base in told[one.where](one.data)]


def _provenances(
    image: StoredImage, read: Iterable[Document], limits: Limits
) -> tuple[Provenance, ...]:
    """Return the provenance that is attached to an image."""
    if not image.statements:
        return ()
    from ocianalyze.controls.aspects.base.provenances import (  # noqa: PLC0415 - few images have any
        provenances,
    )

    listed = {str(statement.digest): statement.predicate for statement in image.statements}
    found = {one.name: one.data for one in read if one.where == "attestation"}
    return provenances(listed, found, limits)


def _digests(image: StoredImage) -> frozenset[str]:
    """Return what names an image."""
    config = image.config.digest if image.config else None
    return frozenset(map(str, filter(None, (_manifest_digest(image), image.index_digest, config))))


def _manifest_digest(image: StoredImage) -> Digest | None:
    """Return the digest that is promised, else that of the bytes (skopeo's `dir:`)."""
    if image.manifest is None:
        return None
    if image.manifest.digest is not None:
        return image.manifest.digest
    return Digest(f"sha256:{hashlib.sha256(image.manifest.data).hexdigest()}")

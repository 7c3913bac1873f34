"""The stages in their order: sources, layers, merge, controls, report."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ocianalyze import detectors
from ocianalyze.controls import catalogue, known_bases
from ocianalyze.controls._base import Result
from ocianalyze.controls.catalogue import Listed
from ocianalyze.controls.evaluate import Weigh, evaluate, withhold
from ocianalyze.controls.origin import boundary
from ocianalyze.controls.provenances import provenances
from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets._rules import SHIPPED
from ocianalyze.detectors.secrets.attached import documents
from ocianalyze.detectors.secrets.documents import Document
from ocianalyze.detectors.secrets.ignore import Ignore, ignoring
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.detectors.secrets.veil import hidden, identities_of, veiled
from ocianalyze.discovery import offers
from ocianalyze.errors import UsageError
from ocianalyze.filesystem.assembly import assemble_image, finding
from ocianalyze.filesystem.bases import base_of
from ocianalyze.filesystem.sql._base import Masks
from ocianalyze.filesystem.view import ImageView, Part
from ocianalyze.inventory import assembly as inventory
from ocianalyze.inventory import distro, verify_digests
from ocianalyze.inventory.sbom_attached import Attached, Attachments
from ocianalyze.layers.observer import Observer
from ocianalyze.layers.read import Reading
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.base import BaseImage
from ocianalyze.model.digest import Digest
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.finding import Finding
from ocianalyze.model.package import Inventory
from ocianalyze.model.provenance import Provenance
from ocianalyze.report import mask
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.sources import open_source, select
from ocianalyze.sources._base import Contents, Source, StoredFile, StoredImage
from ocianalyze.store.local import Store
from ocianalyze.store.reading import Reader, Sought, blobs
from ocianalyze.store.telling import Progress, Teller

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.folder import Found
    from ocianalyze.model.report import IntegrityStatus, Report

_AT_HAND = 100
"""Images of the same input that may be the base of others."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to analyse; the defaults analyse everything and keep nothing."""

    image: str | None = None
    """Name, digest or `#N` that narrows to one image."""
    platform: str | None = None
    """`os/arch[/variant]`."""
    jobs: int = 0
    """Layers read at once; 0 is one for each core."""
    store: Path | None = None
    """Where facts are kept; None keeps none."""
    compiled: Path | None = None
    """Where compiled rules for secrets may be, which takes seconds to make again; they are written
    where facts are kept, and nowhere else."""
    limits: Limits = DEFAULT
    keep_going: bool = False
    """Evaluate controls although bytes differ from their digests."""
    progress: Callable[[Progress], None] | None = None
    warn: Callable[[str], None] | None = None
    """Takes one line when something beside the image, such as the store, does not work."""
    bases: tuple[BaseImage, ...] = ()
    """Images that the input may have been built on, as the operator or a table tells."""
    verify: Literal["usual", "full"] = "usual"
    """Which files are compared with what their packages recorded: programs, libraries and
    scripts, or all."""
    skip: frozenset[Part] = frozenset()
    """What is not looked for; controls that need it are not evaluated."""
    rules: tuple[Path, ...] = ()
    """Folders with the user's own rules for secrets."""
    show_secrets: bool = False
    """Tell the values of secrets; nothing is kept then."""
    ignores: tuple[Ignore, ...] = ()
    """Secrets that may stay, with the reasons."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a scan judges."""

    profile: str
    """Its name, for the report."""
    controls: Sequence[Listed]
    weigh: Weigh | None = None
    """What a profile file makes of verdicts."""


def chosen(
    profile: str = "l2", version: str = "", now: str = "", limits: Limits = DEFAULT
) -> Chosen:
    """Return the controls of a named profile (`ocianalyze.controls.catalogue.select`), or a file's.

    Args:
        profile: names, with commas between them; or a file, whose name ends in `.yaml` or `.yml`
            or has a `/`.
        version: of the CIS Docker Benchmark; the newest where it is empty.
        now: the day to compare ages with, as `2026-06-10`; where it is empty, only the allowances
            of a profile file ask the clock.
        limits: bounds for the queries of a profile file.

    Raises:
        UsageError: there is no such profile or benchmark version, or no such day.

    """
    if "/" in profile or profile.endswith((".yaml", ".yml")):
        from ocianalyze.controls.profiled import profiled  # noqa: PLC0415 - imports YAML
        from ocianalyze.policy.load import load  # noqa: PLC0415 - the same

        masks = Masks(mask.line, mask.variable, hidden, identities_of)
        asked = profiled(load(Path(profile), limits), masks, limits, now, version)
        return Chosen(asked.name, asked.controls, asked.weigh)
    listed = catalogue.select(profile.split(","), version)
    return Chosen(profile, catalogue.at_day(listed, now) if now else listed)


def scan(reference: str, options: Options, judged: Chosen | None = None) -> "Report":
    """Analyse an input and evaluate controls: those of profile `l2` where none are given.

    Raises:
        OcianalyzeError: the input cannot be analysed at all.

    """
    choice = judged or chosen()
    source, selection = open_source(reference, options.limits)
    with source:
        contents, images = _selected(source, selection, options)
        results = (
            replace(image, results=judge(image, choice, keep_going=options.keep_going))
            for image in _each(images, options)
        )
        ahead = tuple(islice(results, 1))
        from ocianalyze.report.assemble import assemble  # noqa: PLC0415 - layers are read first

        analysis = _analysis(reference, source, contents)
        return assemble(analysis, choice.profile, chain(ahead, results))


def open_images(reference: str, options: Options) -> Analysis:
    """Read every image of an input; no control is run.

    Raises:
        OcianalyzeError: the input cannot be analysed at all.

    """
    source, selection = open_source(reference, options.limits)
    with source:
        contents, images = _selected(source, selection, options)
        analysed = tuple(_each(images, options))
        return _analysis(reference, source, contents, analysed)


def given_bases(reference: str, limits: Limits) -> tuple[BaseImage, ...]:
    """Return the images of an input as bases that the operator names; no layer is read.

    Raises:
        OcianalyzeError: the input cannot be opened, or names no layers.

    """
    source, selection = open_source(reference, limits)
    with source:
        images = select(source.contents().images, selection, None, limits)
        found = tuple(filter(None, (base_of(one, "operator", limits) for one in images)))
    if not found:
        raise UsageError("its configs name no layers", place=reference, cure="name another base")
    return found


def search_files(path: Path, options: Options) -> "Found":
    """Look for secrets in plain files: a folder and all below it, or one file."""
    from ocianalyze.detectors.secrets.folder import read_folder  # noqa: PLC0415 - no image needs it

    found = read_folder(path, _seeking(options))
    return found._replace(secrets=ignoring(found.secrets, options.ignores))


@cache
def observers() -> tuple[Observer, ...]:
    """Return every observer that detectors and catalogers offer."""
    return (*offers(detectors, "OBSERVER", Observer), *inventory.observers())


def fingerprint(options: Options) -> str:
    """Return a text that changes when the same bytes would give other facts."""
    limits = options.limits
    seen = ",".join(f"{one.name}={one.version}" for one in _observers(options))
    rules = "" if "secrets" in options.skip else f"secrets={_seeking(options).version},"
    return f"filetype={filetype.VERSION},{rules}{seen},{limits if limits != DEFAULT else 'default'}"


def _observers(options: Options) -> tuple[Observer, ...]:
    if "packages" in options.skip:
        return (*offers(detectors, "OBSERVER", Observer), *inventory.basics())
    if options.verify == "full":
        usual = {one.name for one in verify_digests.observers()}
        rest = (one for one in observers() if one.name not in usual)
        return (*rest, *verify_digests.observers(full=True))
    return observers()


def _seeking(options: Options) -> Seeking:
    """Return what finds secrets; nothing is loaded before it is needed."""
    bare = options.show_secrets
    return Seeking(
        (SHIPPED, *options.rules),
        cache=options.store or options.compiled,
        keep=options.store is not None,
        limits=options.limits,
        bare=bare,
    )


def _sought(options: Options) -> Sought:
    def reading() -> Reading:
        seeking = None if "secrets" in options.skip else _seeking(options)
        seen = (*_observers(options), *(seeking.observers() if seeking else ()))
        sieving = seeking.sieving() if seeking else None
        return Reading(seen, filetype.classify, options.limits, sieving)

    return Sought(reading, options.limits, options.jobs, options.warn)


def _store(options: Options) -> Store | None:
    if options.store is None or options.show_secrets:
        return None
    return Store(options.store, fingerprint(options), options.limits)


def _selected(
    source: Source, selection: str | None, options: Options
) -> tuple[Contents, Sequence[StoredImage]]:
    contents = source.contents()
    name = options.image or selection
    if not contents.images and name is None and options.platform is None:
        # The report says of each artifact why it is no image.
        return contents, ()
    first, *others = select(contents.images, name, options.platform, options.limits)
    return contents, (replace(first, rest=contents.rest), *others)


def _analysis(
    reference: str, source: Source, contents: Contents, images: tuple[AnalysedImage, ...] = ()
) -> Analysis:
    findings = tuple(finding(None, anomaly) for anomaly in contents.anomalies)
    return Analysis(reference, source.kind, images, contents.artifacts, findings)


def judge(image: AnalysedImage, choice: Chosen, *, keep_going: bool) -> tuple[Result, ...]:
    """Evaluate controls over one image; of bytes that differ from their digests they say little."""
    if image.integrity == "failed" and not keep_going:
        return withhold(image.view, choice.controls)
    return evaluate(image.view, choice.controls, choice.weigh)


def _each(images: Sequence[StoredImage], options: Options) -> Iterator[AnalysedImage]:
    """Read image after image; facts stay in memory as long as a later image needs them."""
    needed = Counter(blob for image in images for blob in blobs(image))
    reader = Reader(_sought(options), _store(options), Teller(needed, options.progress))
    attachments = Attachments(options.limits)
    room = options.limits.findings
    at_hand = [base_of(image, "image", options.limits) for image in images[:_AT_HAND]]
    for image in images:
        facts = reader.read(image)
        lower = (one for one in at_hand if one and len(one.diff_ids) < len(image.layers))
        own = replace(options, bases=(*options.bases, *lower))
        analysed = _analysed(image, facts, attachments.of(image), own, room)
        room -= len(analysed.view.findings)
        yield analysed
        done = blobs(image)
        needed.subtract(done)
        reader.drop(blob for blob in done if not needed[blob])


def _analysed(
    image: StoredImage,
    facts: Sequence[LayerFacts | None],
    attached: Iterable[Attached],
    options: Options,
    room: int,
) -> AnalysedImage:
    assembled = assemble_image(image, facts, filetype.TYPES, options.limits, room)
    read = documents(image, options.limits)
    claims = _claims(read)
    bases = known_bases.joined(claims, options.bases)
    view, integrity = assembled.view, assembled.integrity
    view = replace(view, skipped=options.skip, bases=bases, digests=_digests(image))
    view = replace(view, provenances=_provenances(image, read, options.limits))
    view = replace(view, findings=(*view.findings, *_misfit(view)))
    if "packages" in options.skip:
        view = replace(view, inventory=Inventory(distro.distribution(view.tree)))
    else:
        view = inventory.with_inventory(view, attached)
    if "secrets" not in options.skip:
        view = _with_secrets(view, read, image.rest(), options)
    status: IntegrityStatus = "partial" if integrity.untried else "ok"
    return AnalysedImage(
        names=image.names,
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
    listed = {str(statement.digest): statement.predicate for statement in image.statements}
    found = {one.name: one.data for one in read if one.where == "attestation"}
    return provenances(listed, found, limits)


def _digests(image: StoredImage) -> frozenset[str]:
    """Return what names an image."""
    config = image.config.digest if image.config else None
    return frozenset(map(str, filter(None, (_manifest_digest(image), image.index_digest, config))))


def _misfit(view: ImageView) -> tuple[Finding, ...]:
    """Return that the base which the operator names is none of this image."""
    claimed = boundary(view).claimed
    if claimed is None or claimed.told_by != "operator":
        return ()
    detail = f"{claimed.name or 'it'}: its layers are not the first of this image"
    return (finding(None, Anomaly("image.base-differs", detail)),)


def _with_secrets(
    view: ImageView, read: Sequence[Document], rest: Iterable[StoredFile], options: Options
) -> ImageView:
    """Return the view with its secrets, which nothing in it tells any more."""
    seeking = _seeking(options)
    beside = seeking.beside(rest)
    found = seeking.secrets(view, read, beside)
    secrets = ignoring(found.secrets, options.ignores)
    findings = (*view.findings, *seeking.unread(view, found.left_out, beside))
    view = replace(view, secrets=secrets, findings=findings)
    return view if options.show_secrets else veiled(view, read, seeking.engine)


def _manifest_digest(image: StoredImage) -> Digest | None:
    """Return the digest that is promised, else that of the bytes (skopeo's `dir:`)."""
    if image.manifest is None:
        return None
    if image.manifest.digest is not None:
        return image.manifest.digest
    return Digest(f"sha256:{hashlib.sha256(image.manifest.data).hexdigest()}")

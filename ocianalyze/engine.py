"""The stages in their order: sources, layers, merge, controls, report."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ocianalyze import detectors
from ocianalyze.controls import catalogue
from ocianalyze.controls._base import Result
from ocianalyze.controls.catalogue import Listed
from ocianalyze.controls.evaluate import Weigh, evaluate, withhold
from ocianalyze.detectors import filetype
from ocianalyze.discovery import offers
from ocianalyze.filesystem.assembly import assemble_image, finding
from ocianalyze.filesystem.sql._base import Masks
from ocianalyze.inventory import assembly as inventory
from ocianalyze.layers.observer import Observer
from ocianalyze.layers.workers import Reading, Task, read_layers
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import read_config
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.report import IntegrityStatus, Report
from ocianalyze.report import mask
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.sources import open_source, select
from ocianalyze.sources._base import Blob, Contents, Source, StoredImage
from ocianalyze.store.local import Store


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an analysis is."""

    done_bytes: int
    """Stored bytes read, of all layers that need reading."""
    total_bytes: int
    layers: int
    """Layers read to their end."""
    total_layers: int


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
    limits: Limits = DEFAULT
    keep_going: bool = False
    """Evaluate controls although bytes differ from their digests."""
    progress: Callable[[Progress], None] | None = None
    warn: Callable[[str], None] | None = None
    """Takes one line when something beside the image, such as the store, does not work."""


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

        masks = Masks(mask.line, mask.variable)
        asked = profiled(load(Path(profile), limits), masks, limits, now, version)
        return Chosen(asked.name, asked.controls, asked.weigh)
    listed = catalogue.select(profile.split(","), version)
    return Chosen(profile, catalogue.at_day(listed, now) if now else listed)


def scan(reference: str, options: Options, judged: Chosen | None = None) -> Report:
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
        return assemble(_analysis(reference, source, contents), choice.profile, results)


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


@cache
def observers() -> tuple[Observer, ...]:
    """Return every observer that detectors and catalogers offer."""
    return (*offers(detectors, "OBSERVER", Observer), *inventory.observers())


def fingerprint(limits: Limits) -> str:
    """Return a text that changes when the same bytes would give other facts."""
    seen = ",".join(f"{observer.name}={observer.version}" for observer in observers())
    return f"filetype={filetype.VERSION},{seen},{limits if limits != DEFAULT else 'default'}"


def _selected(
    source: Source, selection: str | None, options: Options
) -> tuple[Contents, Sequence[StoredImage]]:
    contents = source.contents()
    name = options.image or selection
    if not contents.images and name is None and options.platform is None:
        # The report says of each artifact why it is no image.
        return contents, ()
    return contents, select(contents.images, name, options.platform, options.limits)


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
    needed = Counter(blob for image in images for blob in _blobs(image))
    reader = _Reader(options, _Teller(needed, options.progress))
    room = options.limits.findings
    for image in images:
        facts = reader.read(image)
        analysed = _analysed(image, facts, options.limits, room)
        room -= len(analysed.view.findings)
        yield analysed
        done = _blobs(image)
        needed.subtract(done)
        reader.drop(blob for blob in done if not needed[blob])


def _blobs(image: StoredImage) -> list[Blob]:
    return [layer.blob for layer in image.layers if layer.blob is not None]


def _analysed(
    image: StoredImage, facts: Sequence[LayerFacts | None], limits: Limits, room: int
) -> AnalysedImage:
    assembled = assemble_image(image, facts, filetype.TYPES, limits, room)
    view, integrity = inventory.with_inventory(assembled.view), assembled.integrity
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


def _manifest_digest(image: StoredImage) -> Digest | None:
    """Return the digest that is promised, else that of the bytes (skopeo's `dir:`)."""
    if image.manifest is None:
        return None
    if image.manifest.digest is not None:
        return image.manifest.digest
    return Digest(f"sha256:{hashlib.sha256(image.manifest.data).hexdigest()}")


class _Reader:
    """Facts of layers: kept ones where their bytes are proved, read ones otherwise."""

    def __init__(self, options: Options, teller: "_Teller") -> None:
        self._options = options
        self._teller = teller
        self._held: dict[Blob, LayerFacts] = {}
        self._store = None
        if options.store is not None:
            self._store = Store(options.store, fingerprint(options.limits), options.limits)

    def read(self, image: StoredImage) -> list[LayerFacts | None]:
        """Return the facts of each layer, None for a layer without bytes."""
        missing = [blob for blob in dict.fromkeys(_blobs(image)) if blob not in self._held]
        if missing:
            promises = _promises(image, self._options.limits) if self._store else {}
            self._fetch(missing, promises)
        return [self._held[layer.blob] if layer.blob else None for layer in image.layers]

    def drop(self, blobs: Iterable[Blob]) -> None:
        """Forget facts that no later image needs."""
        for blob in blobs:
            self._held.pop(blob, None)

    def _fetch(self, missing: Sequence[Blob], promises: dict[Blob, list[Digest]]) -> None:
        kept: dict[Blob, LayerFacts] = {}
        tasks: dict[Blob, Task] = {}
        for blob in missing:
            facts, proved = self._kept(blob, promises.get(blob, []))
            if facts is not None and proved:
                self._held[blob] = facts
                self._teller.spare(blob)
                continue
            if facts is not None:
                kept[blob] = facts
            tasks[blob] = Task(blob, facts.digest if facts else None)
        for blob, facts in self._run(tasks):
            self._held[blob] = facts if facts is not None else kept[blob]
            self._keep(blob, facts, self._held[blob].digest)
        if self._store is not None and tasks.keys() - kept.keys():
            self._store.prune(keep_bytes=self._options.limits.store_bytes)
        self._warn()

    def _kept(self, blob: Blob, promised: Sequence[Digest]) -> tuple[LayerFacts | None, bool]:
        """Return kept facts, and whether these very bytes were hashed before."""
        if self._store is None:
            return None, False
        known = self._store.known(blob.identity)
        if known is not None and (facts := self._store.get(known)) is not None:
            return facts, True
        found = (self._store.get(digest) for digest in promised)
        return next((facts for facts in found if facts is not None), None), False

    def _run(self, tasks: dict[Blob, Task]) -> Iterator[tuple[Blob, LayerFacts | None]]:
        blobs, work = list(tasks), list(tasks.values())
        reading = Reading(observers(), filetype.classify, self._options.limits)

        def tell(number: int, done: int) -> None:
            self._teller.read(blobs[number], done)

        for number, facts in read_layers(work, reading, self._options.jobs, tell):
            self._teller.done(blobs[number])
            yield blobs[number], facts

    def _keep(self, blob: Blob, facts: LayerFacts | None, digest: Digest) -> None:
        if self._store is None:
            return
        if facts is not None:
            self._store.put(facts)
        if blob.is_settled():
            self._store.remember(blob.identity, digest)

    def _warn(self) -> None:
        if self._store is not None and self._options.warn is not None:
            for problem in self._store.problems:
                self._options.warn(problem)
            self._store.problems.clear()


def _promises(image: StoredImage, limits: Limits) -> dict[Blob, list[Digest]]:
    """Return which digests each blob may have, by what descriptors and config say."""
    config = image.config and read_config(image.config.data, limits)[0]
    diff_ids = config.rootfs.diff_ids if config else []
    promises: dict[Blob, list[Digest]] = {}
    for index, layer in enumerate(image.layers):
        if layer.blob is not None:
            named = [layer.digest] if layer.digest else diff_ids[index : index + 1]
            promises.setdefault(layer.blob, []).extend(named)
    return promises


class _Teller:
    """Turns what workers tell into progress of the whole."""

    def __init__(self, blobs: Iterable[Blob], progress: Callable[[Progress], None] | None) -> None:
        self._pending = dict.fromkeys(blobs, 0)
        """How much of each blob that is not finished was read."""
        self._done = 0
        self._total = sum(blob.size for blob in self._pending)
        self._finished = 0
        self._layers = len(self._pending)
        self._progress = progress

    def spare(self, blob: Blob) -> None:
        """Take that one layer needs no reading."""
        if self._pending.pop(blob, None) is not None:
            self._total -= blob.size
            self._layers -= 1

    def read(self, blob: Blob, done: int) -> None:
        """Take how much of one layer was read."""
        before = self._pending.get(blob)
        if before is not None and before < done <= blob.size:
            self._pending[blob] = done
            self._done += done - before
            self._show()

    def done(self, blob: Blob) -> None:
        """Take that one layer is finished."""
        self._done += blob.size - self._pending.pop(blob, blob.size)
        self._finished += 1
        self._show()

    def _show(self) -> None:
        if self._progress is not None:
            done, finished = self._done, self._finished
            self._progress(Progress(done, self._total, finished, self._layers))

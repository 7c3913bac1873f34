"""The stages in their order: sources, layers, merge, controls, report."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.engine.idle import Idle
from ocianalyze.engine.keeping import fingerprint as _fingerprint
from ocianalyze.engine.options import Chosen, Options
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.sources import open_source, select
from ocianalyze.sources._base import Contents, Source, StoredImage
from ocianalyze.store.local import Store
from ocianalyze.store.reading import Reader, Sought, blobs
from ocianalyze.store.telling import Teller

if TYPE_CHECKING:
    from ocianalyze.controls._base import Result
    from ocianalyze.detectors.secrets.folder import Found
    from ocianalyze.engine.images import Read
    from ocianalyze.layers.observer import Observer
    from ocianalyze.layers.read import Reading
    from ocianalyze.model.base import BaseImage
    from ocianalyze.model.report import Report
    from ocianalyze.report._base import AnalysedImage, Analysis
    from ocianalyze.report.assemble import At, OfInput

__all__ = [
    "Chosen",
    "Options",
    "chosen",
    "fingerprint",
    "given_bases",
    "judge",
    "observers",
    "open_images",
    "scan",
    "scan_each",
    "search_files",
]


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
        from ocianalyze.detectors.secrets.shown import (  # noqa: PLC0415
            hidden,
            identities_of,
            names_of,
        )
        from ocianalyze.filesystem.sql._base import Masks  # noqa: PLC0415 - the same
        from ocianalyze.policy.load import load  # noqa: PLC0415 - the same
        from ocianalyze.report import mask  # noqa: PLC0415 - the same

        masks = Masks(mask.line, mask.variable, hidden, identities_of, names_of)
        asked = profiled(load(Path(profile), limits), masks, limits, now, version)
        return Chosen(asked.name, asked.controls, asked.weigh)
    from ocianalyze.controls import catalogue  # noqa: PLC0415 - layers are read first

    listed = catalogue.select(profile.split(","), version)
    return Chosen(profile, catalogue.at_day(listed, now) if now else listed)


def scan(reference: str, options: Options, judged: Chosen | None = None) -> "Report":
    """Analyse an input and evaluate controls: those of profile `l2` where none are given.

    Raises:
        OcianalyzeError: the input cannot be analysed at all.

    """
    choice, idle = cache(lambda: judged or chosen()), Idle(options)
    taken = _scanned(reference, options, choice, idle)
    idle.say()
    from ocianalyze.report.assemble import document  # noqa: PLC0415 - layers are read first

    return document([taken], choice().profile)


def scan_each(
    references: Sequence[str],
    options: Options,
    judged: Chosen | None,
    told: Callable[[int, Exception | None], None],
) -> "Report":
    """Analyse several inputs, one after the other, and evaluate controls over each.

    Args:
        references: of the inputs.
        options: how to analyse.
        judged: as of `scan`.
        told: takes the number of each input that begins, and once more with the error where one
            cannot be analysed: the others are all the same.

    Raises:
        UsageError: what is asked is wrong for any input.

    """
    from ocianalyze.report.assemble import At, OfInput, document, packed  # noqa: PLC0415 - see above
    from ocianalyze.report.subject import apart, lost_record  # noqa: PLC0415 - the same

    choice, idle = cache(lambda: judged or chosen()), Idle(options)
    inputs: list[OfInput] = []
    names, images = apart(references), 0
    for number, reference in enumerate(references):
        told(number, None)
        try:
            taken = _scanned(reference, options, choice, idle, At(number, images, names[number]))
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, others must not be lost
            told(number, error)
            taken = OfInput(lost_record(number, names[number], reference, error))
        images += len(taken.images)
        inputs.append(packed(taken))
    idle.say()
    return document(inputs, choice().profile)


def _scanned(
    reference: str,
    options: Options,
    choice: Callable[[], Chosen],
    idle: Idle,
    at: "At | None" = None,
) -> "OfInput":
    """Return what one input puts into a report."""

    def begun() -> None:
        _import_rest()
        choice()

    source, selection = open_source(reference, options.limits)
    with source:
        contents, stored = _selected(source, selection, options)
        results = (
            replace(image, results=judge(image, choice(), keep_going=options.keep_going))
            for image in _each(stored, options, begun, idle)
        )
        ahead = tuple(islice(results, 1))
        from ocianalyze.report.assemble import At, of_input  # noqa: PLC0415 - see above

        analysis = _analysis(reference, source, contents)
        return of_input(analysis, chain(ahead, results), at or At())


def open_images(reference: str, options: Options) -> "Analysis":
    """Read every image of an input; no control is run.

    Raises:
        OcianalyzeError: the input cannot be analysed at all.

    """
    source, selection = open_source(reference, options.limits)
    with source:
        contents, images = _selected(source, selection, options)
        idle = Idle(options)
        analysed = tuple(_each(images, options, _import_rest, idle))
        idle.say()
        return _analysis(reference, source, contents, analysed)


def given_bases(reference: str, limits: Limits) -> "tuple[BaseImage, ...]":
    """Return the images of an input as bases that the operator names; no layer is read.

    Raises:
        OcianalyzeError: the input cannot be opened, or names no layers.

    """
    from ocianalyze.filesystem.bases import base_of  # noqa: PLC0415 - layers are read first

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
    from ocianalyze.detectors.secrets.ignore import ignoring  # noqa: PLC0415 - the same
    from ocianalyze.engine.means import seeking  # noqa: PLC0415 - the same

    found = read_folder(path, seeking(options))
    idle = Idle(options)
    idle.see(found.secrets)
    idle.say()
    return found._replace(secrets=ignoring(found.secrets, options.ignores))


def observers() -> "tuple[Observer, ...]":
    """Return every observer that detectors and catalogers offer."""
    from ocianalyze.engine import means  # noqa: PLC0415 - imports all that reads layers

    return means.observers()


def fingerprint(options: Options) -> str:
    """Return a text that changes when the same bytes would give other facts."""
    from ocianalyze.engine import means  # noqa: PLC0415 - imports all that reads layers

    return means.fingerprint(options)


def _sought(options: Options, begun: Callable[[], None] = lambda: None) -> Sought:
    def reading() -> "Reading":
        from ocianalyze.engine import means  # noqa: PLC0415 - kept facts need none of it

        return means.reading(options)

    return Sought(reading, options.limits, options.jobs, options.warn, begun)


def _store(options: Options) -> Store | None:
    if options.store is None or options.show_secrets:
        return None
    return Store(options.store, _fingerprint(options), options.limits)


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
    reference: str, source: Source, contents: Contents, images: "tuple[AnalysedImage, ...]" = ()
) -> "Analysis":
    from ocianalyze.filesystem.assembly import finding  # noqa: PLC0415 - layers are read first
    from ocianalyze.report._base import Analysis  # noqa: PLC0415 - the same

    findings = tuple(finding(None, anomaly) for anomaly in contents.anomalies)
    beside = contents.unreferenced
    return Analysis(reference, source.kind, images, contents.artifacts, findings, beside)


def judge(image: "AnalysedImage", choice: Chosen, *, keep_going: bool) -> "tuple[Result, ...]":
    """Evaluate controls over one image; of bytes that differ from their digests they say little."""
    from ocianalyze.controls.evaluate import evaluate, withhold  # noqa: PLC0415 - see above

    if image.integrity == "failed" and not keep_going:
        return withhold(image.view, choice.controls)
    return evaluate(image.view, choice.controls, choice.weigh)


def _each(
    images: Sequence[StoredImage], options: Options, begun: Callable[[], None], idle: Idle
) -> "Iterator[AnalysedImage]":
    """Read image after image and analyse each; `begun` is called when layers are being read."""
    read = _read(images, options, begun)
    ahead = iter(tuple(islice(read, 1)))
    from ocianalyze.engine.images import analysed  # noqa: PLC0415 - layers are read first

    yield from analysed(chain(ahead, read), images, options, idle)


def _read(
    images: Sequence[StoredImage], options: Options, begun: Callable[[], None]
) -> "Iterator[Read]":
    """Yield images with their facts, which stay in memory as long as a later image needs them."""
    needed = Counter(blob for image in images for blob in blobs(image))
    teller = Teller(needed, options.progress)
    reader = Reader(_sought(options, begun), _store(options), teller)
    for image in images:
        yield image, reader.read(image)
        done = blobs(image)
        needed.subtract(done)
        reader.drop(blob for blob in done if not needed[blob])


def _import_rest() -> None:
    """Import what comes after reading, while other processes read."""
    from ocianalyze.controls import evaluate  # noqa: F401, PLC0415 - see above
    from ocianalyze.engine import fresh, images  # noqa: F401, PLC0415 - see above
    from ocianalyze.layers import history  # noqa: F401, PLC0415 - see above

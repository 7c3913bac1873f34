"""The stages in their order: sources, layers, merge, controls, report."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.controls import catalogue
from ocianalyze.controls._base import Result
from ocianalyze.controls.evaluate import evaluate, withhold
from ocianalyze.engine.analysed import Spent, analyse
from ocianalyze.engine.keeping import fingerprint as _fingerprint
from ocianalyze.engine.keeping import kept_for
from ocianalyze.engine.options import Chosen, Options
from ocianalyze.errors import UsageError
from ocianalyze.filesystem.assembly import finding
from ocianalyze.filesystem.bases import base_of
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.base import BaseImage
from ocianalyze.model.secret import Secret
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.sources import open_source, select
from ocianalyze.sources._base import Contents, Source, StoredImage
from ocianalyze.store.local import Store
from ocianalyze.store.reading import Reader, Sought, blobs
from ocianalyze.store.telling import Teller

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.folder import Found
    from ocianalyze.detectors.secrets.ignore import Ignore
    from ocianalyze.layers.observer import Observer
    from ocianalyze.layers.read import Reading
    from ocianalyze.model.report import Report

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
    "search_files",
]

_AT_HAND = 100
"""Images of the same input that may be the base of others."""


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
        from ocianalyze.detectors.secrets.shown import hidden, identities_of  # noqa: PLC0415
        from ocianalyze.filesystem.sql._base import Masks  # noqa: PLC0415 - the same
        from ocianalyze.policy.load import load  # noqa: PLC0415 - the same
        from ocianalyze.report import mask  # noqa: PLC0415 - the same

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
    from ocianalyze.detectors.secrets.ignore import ignoring  # noqa: PLC0415 - the same
    from ocianalyze.engine.means import seeking  # noqa: PLC0415 - the same

    found = read_folder(path, seeking(options))
    _say_idle(_idle(options.ignores, found.secrets), options)
    return found._replace(secrets=ignoring(found.secrets, options.ignores))


def observers() -> "tuple[Observer, ...]":
    """Return every observer that detectors and catalogers offer."""
    from ocianalyze.engine import means  # noqa: PLC0415 - imports all that reads layers

    return means.observers()


def fingerprint(options: Options) -> str:
    """Return a text that changes when the same bytes would give other facts."""
    from ocianalyze.engine import means  # noqa: PLC0415 - imports all that reads layers

    return means.fingerprint(options)


def _sought(options: Options) -> Sought:
    def reading() -> "Reading":
        from ocianalyze.engine import means  # noqa: PLC0415 - kept facts need none of it

        return means.reading(options)

    return Sought(reading, options.limits, options.jobs, options.warn)


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
    kept, room, taken = kept_for(options), options.limits.findings, 0
    at_hand = [base_of(image, "image", options.limits) for image in images[:_AT_HAND]]
    idle = options.ignores
    for image in images:
        facts = reader.read(image)
        lower = (one for one in at_hand if one and len(one.diff_ids) < len(image.layers))
        own = replace(options, bases=(*options.bases, *lower))
        one = analyse(image, facts, own, Spent(room, taken), kept)
        room, taken = room - len(one.image.view.findings), one.read
        idle = _idle(idle, one.image.view.secrets)
        yield one.image
        one.keep()
        done = blobs(image)
        needed.subtract(done)
        reader.drop(blob for blob in done if not needed[blob])
    _say_idle(idle, options)


def _idle(ignores: "tuple[Ignore, ...]", secrets: Sequence[Secret]) -> "tuple[Ignore, ...]":
    """Return the entries of an ignore list that still name nothing."""
    if not ignores:
        return ()
    from ocianalyze.detectors.secrets.ignore import idle  # noqa: PLC0415 - imports TOML

    return idle(ignores, secrets)


def _say_idle(ignores: "tuple[Ignore, ...]", options: Options) -> None:
    if options.warn is None or "secrets" in options.skip:
        return
    for entry in ignores:
        options.warn(f"{entry.place}: fits no secret that was found")

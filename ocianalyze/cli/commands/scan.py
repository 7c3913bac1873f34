"""`ocianalyze scan`: run the controls and report."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.output import STANDARD, emit, say, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.progress import Meter, metered
from ocianalyze.cli.reading import Reading, engine_options, reads
from ocianalyze.cli.terminal import PLAIN, wants_colour, width
from ocianalyze.errors import OcianalyzeError, UsageError, said_of

if TYPE_CHECKING:
    from ocianalyze.engine import Options
    from ocianalyze.model.report import Report
    from ocianalyze.report._base import Gate
    from ocianalyze.store.telling import Progress


def _formats() -> list[str]:
    from ocianalyze.report.formats import names  # noqa: PLC0415 - for completion alone

    return names()


def _statuses() -> list[str]:
    from ocianalyze.report.threshold import FailOn as Status  # noqa: PLC0415 - for completion alone

    return list(get_args(Status))


Formats = Annotated[
    list[str],
    options.option(
        "--format",
        "-f",
        metavar="FMT[=FILE]",
        autocompletion=_formats,
        help="text, json or jsonl; repeatable with files: -f text -f json=out.json.",
    ),
]
FailOn = Annotated[
    str,
    options.option(
        "--fail-on",
        metavar="STATUS[:SIDE]",
        autocompletion=_statuses,
        help="What fails the gate: fail, needs-review or not-evaluated, each with those before "
        "it; never: nothing. fail:author counts only what did not come with the base, fail:base "
        "only what did not come from the author.",
    ),
]
Profile = Annotated[
    str,
    options.option(
        "--profile",
        metavar="NAME|FILE",
        autocompletion=lambda: ["l1", "l2", "all"],
        help="Section 4 up to level l1 or l2; all: the whole catalogue; or a framework or "
        "control of it; several with commas; or a profile file (.yaml).",
    ),
]
Now = Annotated[
    str,
    options.option(
        "--now",
        metavar="DATE",
        show_default=False,
        help="The day that ages are compared with, as 2026-06-10; without it they are not.",
    ),
]

_MISFIT = "image.base-differs"
"""Code of the finding that the named base is not the image's."""
_USUAL = ("l2", "", "")
"""Profile, benchmark version and day where nothing is asked for."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(cls=Panelled, epilog=status.OF_SCAN)(scan)


@reads
def scan(
    images: options.References,
    *,
    formats: Formats = ["text"],  # noqa: B006 - typer reads it, nobody changes it
    output: options.Output = STANDARD,
    fail_on: FailOn = "fail",
    profile: Profile = "l2",
    benchmark_version: options.BenchmarkVersion = "",
    now: Now = "",
    reading: Reading,
    rules: options.Rules = None,
    ignore: options.Ignore = None,
    show_secrets: options.ShowSecrets = False,
    skip: options.Skip = None,
    base: options.Base = "",
    base_table: options.BaseTable = None,
    verify: options.Verified = "usual",
    verbose: options.Verbose = False,
) -> None:
    """Say, with evidence, which controls an image meets."""
    targets = targets_of(formats, output)
    _thresholds(fail_on)
    with metered(bar=reading.shows_progress) as (meter, progress):
        chosen = engine_options(
            reading,
            progress=_meanwhile(progress, targets),
            compiling=meter.compiling,
            rules=rules,
            ignore=ignore,
            show_secrets=show_secrets,
            skip=skip,
            base=base,
            base_table=base_table,
            verify=verify,
        )
        report, lost = _scan(images, chosen, (profile, benchmark_version, now), meter)
    decided = _decide(report, fail_on)
    _write(report, decided, targets, verbose=verbose)
    if unfit := _unfit(report):
        say(unfit)
    if not reading.quiet:
        say(_concluded(report, decided, targets, meter))
    ended = status.of(report, decided, lost, keep_going=reading.keep_going)
    raise typer.Exit(ended)


def targets_of(formats: Iterable[str], output: Path) -> list[tuple[str, Path]]:
    """Return each format's name with its place, both known to be usable.

    Raises:
        UsageError: a format is unknown, a place cannot be written or is named twice.

    """
    from ocianalyze.report.formats import known  # noqa: PLC0415 - not for --help

    targets: list[tuple[str, Path]] = []
    for text in formats:
        name, _, file = text.partition("=")
        place = Path(file) if file else output
        if place in (taken for _, taken in targets):
            raise UsageError(f"two reports for {place}", place="--format", cure="use FMT=FILE")
        writable(place)
        known(name)
        targets.append((name, place))
    return targets


def _meanwhile(
    progress: "Callable[[Progress], None]", targets: Iterable[tuple[str, Path]]
) -> "Callable[[Progress], None]":
    """Return a callback that first imports what reports need: layers are being read by then."""

    @cache
    def imported() -> None:
        from ocianalyze.report import assemble, formats, gate  # noqa: F401, PLC0415 - see above

        for name, _ in targets:
            formats.load(name)

    def told(how_far: "Progress") -> None:
        imported()
        progress(how_far)

    return told


class _Inputs:
    """Hears which of several inputs begins, and which cannot be analysed."""

    def __init__(self, references: Sequence[str], meter: Meter) -> None:
        """Begin with none."""
        self._references = references
        self._meter = meter
        self.lost: list[int] = []
        """Exit statuses that the errors have."""

    def told(self, number: int, error: Exception | None) -> None:
        """Show how far it is, or say the error."""
        reference = self._references[number]
        if error is None:
            from ocianalyze.report.subject import display  # noqa: PLC0415 - not for --help

            self._meter.begin(f"{number + 1} of {len(self._references)}: {display(reference)}  ")
            return
        said, ended = said_of(error.of(reference) if isinstance(error, OcianalyzeError) else error)
        say(said)
        self.lost.append(ended)


def _scan(
    images: Sequence[str], options: "Options", judged: tuple[str, str, str], meter: Meter
) -> "tuple[Report, list[int]]":
    """Return the report, and the exit statuses of inputs that could not be analysed."""
    from ocianalyze import engine, sources  # noqa: PLC0415 - imports everything that reads

    # What can be wrong is refused before anything is read; what cannot need not wait for it.
    asked = None if judged == _USUAL else engine.chosen(*judged, options.limits)
    named = (one for each in images for one in sources.inputs(each, options.limits))
    references = list(dict.fromkeys(named))
    if len(references) == 1:
        return engine.scan(references[0], options, asked), []
    inputs = _Inputs(references, meter)
    return engine.scan_each(references, options, asked, inputs.told), inputs.lost


def _thresholds(fail_on: str) -> None:
    """Refuse what is no threshold before anything is read."""
    from ocianalyze.report.threshold import threshold  # noqa: PLC0415 - not for --help

    threshold(fail_on)


def _decide(report: "Report", fail_on: str) -> "Gate":
    from ocianalyze.report.gate import gate  # noqa: PLC0415

    return gate(report, fail_on)


def _write(
    report: "Report", gate: "Gate", targets: Iterable[tuple[str, Path]], *, verbose: bool
) -> None:
    from ocianalyze.report._base import Style  # noqa: PLC0415
    from ocianalyze.report.formats import load  # noqa: PLC0415

    for name, place in targets:
        here = place == STANDARD
        style = Style(
            verbose=verbose,
            colour=here and wants_colour(),
            width=width() if here else PLAIN,
            gate=gate,
        )
        emit(load(name).render(report, style), place)


def _unfit(report: "Report") -> str:
    """Return why the named base counts for nothing; empty when it does, or none was named."""
    found = [each.detail for each in report.findings if each.code == _MISFIT]
    if not found:
        return ""
    many = f" ({len(found)} of {len(report.images)} images)" if len(report.images) > 1 else ""
    return f"--base: {found[0]}{many}"


def _concluded(
    report: "Report", gate: "Gate", targets: Iterable[tuple[str, Path]], meter: Meter
) -> str:
    """Return what it took; of an input whose text is not on the terminal also how it ended."""
    from ocianalyze.report.words import plural, size  # noqa: PLC0415 - not for --help

    images = plural(len(report.images), "image")
    if len(report.inputs) > 1:
        images += f" of {plural(len(report.inputs), 'input')}"
    read = f"{size(meter.read)} of layers read" if meter.read or not meter.spared else ""
    kept = f"{plural(meter.spared, 'layer')} from the store" if meter.spared else ""
    took = ", ".join(filter(None, (f"{images} in {meter.seconds:.1f} s", read, kept)))
    if ("text", STANDARD) in targets:
        return took
    from ocianalyze.report import blocks  # noqa: PLC0415 - only the text has it otherwise

    ended = "".join(span.text for span in blocks.gate(gate))
    return f"{report.input.reference}: {ended}; {took}"

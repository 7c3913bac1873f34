"""`ocianalyze sbom`: the packages of an image as a document for other tools."""

import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, say, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading, reads
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report._base import AnalysedImage, Analysis


def _formats() -> list[str]:
    from ocianalyze.report.sbom import names  # noqa: PLC0415 - for completion alone

    return names()


Format = Annotated[
    str,
    options.option(
        "--format",
        "-f",
        of="sbom",
        metavar="FORMAT",
        autocompletion=_formats,
        help="cyclonedx: CycloneDX 1.6 as JSON; spdx: SPDX 2.3 as JSON, with a SHA-1 of each file.",
    ),
]
Scope = Annotated[
    Literal["visible", "all"],
    options.option("--scope", help="all: packages too that a later layer removed, marked as such."),
]

_EPOCH = "SOURCE_DATE_EPOCH"
_LAST_SECOND = 253_402_300_799
"""Of the year 9999."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        cls=Panelled,
        epilog=status.OF_READING,
        short_help="Write an SBOM: CycloneDX or SPDX.",
    )(sbom)


@reads
def sbom(
    image: options.Reference,
    *,
    form: Format = "cyclonedx",
    output: options.Output = STANDARD,
    scope: Scope = "visible",
    reading: Reading,
) -> None:
    """Write what is installed in one image as a CycloneDX or SPDX document.

    SPDX demands a SHA-1 of each file: layers of which facts are kept without it are read again.

    The same image gives the same bytes: the time in the document is the image's own, or that of
    SOURCE_DATE_EPOCH.
    """
    from ocianalyze.report.sbom import load  # noqa: PLC0415 - imports orjson

    chosen, epoch = load(form), source_date()
    writable(output)
    analysis = opened(image, reading, sha1=chosen.needs_sha1)
    from ocianalyze.report.sbom._base import Bill  # noqa: PLC0415

    if found := _only(analysis):
        emit(chosen.render(Bill(found, found.view.inventory, scope, epoch)), output)
        for problem in found.view.inventory.problems:
            say(problem)
    raise typer.Exit(status.of_packages(analysis, keep_going=reading.keep_going))


def source_date() -> int | None:
    """Return the seconds of SOURCE_DATE_EPOCH; None when it is not set.

    Raises:
        UsageError: it is no time.

    """
    text = os.environ.get(_EPOCH, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text) <= _LAST_SECOND):
        raise UsageError(f"no seconds: {text!r:.40}", place=_EPOCH, cure="write seconds since 1970")
    return int(text)


def _only(analysis: "Analysis") -> "AnalysedImage | None":
    """Return the one image; None where there is none at all.

    Raises:
        UsageError: there are several, and a document describes one.

    """
    if len(analysis.images) > 1:
        first = analysis.images[0]
        raise UsageError(
            f"{len(analysis.images)} images, and an SBOM describes one",
            cure=f"name it: --image '#0' or --platform {first.platform}",
        )
    return analysis.images[0] if analysis.images else None

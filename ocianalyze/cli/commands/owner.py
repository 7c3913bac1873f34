"""`ocianalyze owner`: which package owns a path, and which layer and step wrote it."""

from typing import Annotated

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading, reads

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Paths in the image; links are shown and followed."),
]
Format = Annotated[options.Formats, options.format_of("owner")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        cls=Panelled,
        epilog=status.OF_READING,
        short_help="Say which package owns a path.",
    )(owner)


@reads
def owner(
    image: options.Reference,
    path: Paths,
    *,
    form: Format = "text",
    output: options.Output = STANDARD,
    reading: Reading,
) -> None:
    """Say which package owns a path, through which links, and who wrote it.

    The most specific owner comes first: a Python distribution before the package of the
    distribution that ships it. A content that differs from its package's record is told where the
    scan made the digests: of programs, and of what sha256 records.
    """
    writable(output)
    analysis = opened(image, reading)
    from ocianalyze.cli import owning  # noqa: PLC0415 - imports orjson

    emit(owning.FORMATS[form](analysis, path), output)
    raise typer.Exit(status.of_reading(analysis, keep_going=reading.keep_going))

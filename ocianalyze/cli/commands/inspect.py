"""`ocianalyze inspect`: what an image says about itself, and whether its bytes agree."""

from typing import Annotated

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading, reads

Verbose = Annotated[
    bool,
    options.option("--verbose", "-v", help="Digests whole, and history as builders wrote it."),
]
Format = Annotated[options.Formats, options.format_of("inspect")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(cls=Panelled, epilog=status.OF_READING)(inspect)


@reads
def inspect(
    image: options.Reference,
    *,
    form: Format = "text",
    output: options.Output = STANDARD,
    reading: Reading,
    verbose: Verbose = False,
) -> None:
    """Show config, history and layers of an image, and verify them."""
    writable(output)
    analysis = opened(image, reading)
    from ocianalyze.cli import anatomy  # noqa: PLC0415

    if form == "text":
        emit(anatomy.text(analysis, verbose=verbose), output)
    else:
        emit({"json": anatomy.json, "jsonl": anatomy.jsonl}[form](analysis), output)
    raise typer.Exit(status.of_reading(analysis, keep_going=reading.keep_going))

"""`ocianalyze inspect`: what an image says about itself, and whether its bytes agree."""

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, writable
from ocianalyze.cli.reading import Reading, reads


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=status.OF_READING)(inspect)


@reads
def inspect(
    image: options.Reference,
    *,
    form: options.Form = "text",
    output: options.Output = STANDARD,
    reading: Reading,
) -> None:
    """Show config, history and layers of an image, and verify them."""
    writable(output)
    analysis = opened(image, reading)
    from ocianalyze.cli import anatomy  # noqa: PLC0415

    render = {"text": anatomy.text, "json": anatomy.json, "jsonl": anatomy.jsonl}[form]
    emit(render(analysis), output)
    raise typer.Exit(status.of_reading(analysis, keep_going=reading.keep_going))

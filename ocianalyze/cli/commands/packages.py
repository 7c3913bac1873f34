"""`ocianalyze packages`: list what is installed, and the layer that brought it."""

from typing import Annotated, Literal

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, say, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading, reads
from ocianalyze.cli.terminal import room

Scope = Annotated[
    Literal["visible", "all"],
    options.option("--scope", help="all: packages too that a later layer removed."),
]
Type = Annotated[
    list[str] | None,
    options.option("--type", metavar="TYPE", help="Only this type: deb, pypi. Repeatable."),
]
Format = Annotated[
    Literal["text", "json", "jsonl", "csv"],
    options.option(
        "--format", "-f", of="packages", help="text: a line each; jsonl: one package a line."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        cls=Panelled,
        epilog=status.OF_READING,
        short_help="List packages and who brought them.",
    )(packages)


@reads
def packages(
    image: options.Reference,
    *,
    scope: Scope = "visible",
    kind: Type = None,
    form: Format = "text",
    output: options.Output = STANDARD,
    reading: Reading,
) -> None:
    """List the packages of an image: distributions' and languages', with their layers.

    Text shows type, name, version and the layer that introduced the package; in brackets
    the layer that removed it, the package that ships it, whether only weak evidence names it or
    only for development, and where it is if another one reads the same.
    """
    writable(output)
    analysis = opened(image, reading)
    from ocianalyze.cli import installed  # noqa: PLC0415 - imports orjson

    wanted = installed.Selection(scope, frozenset(kind or ()))
    installed.refuse(analysis, wanted)
    if form == "text":
        emit(installed.text(analysis, wanted, room() if output == STANDARD else None), output)
    else:
        emit(installed.FORMATS[form](analysis, wanted), output)
    for found in analysis.images:
        for problem in found.view.inventory.problems:
            say(problem)
    raise typer.Exit(status.of_packages(analysis, keep_going=reading.keep_going))

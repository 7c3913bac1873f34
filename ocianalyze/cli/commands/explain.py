"""`ocianalyze explain`: one item of the catalogue, in words."""

from typing import Annotated

import typer

from ocianalyze.cli import options
from ocianalyze.cli.output import emit
from ocianalyze.cli.terminal import wants_colour, width


def _ids() -> list[str]:
    from ocianalyze.cli import catalogued  # noqa: PLC0415 - for completion alone
    from ocianalyze.controls.catalogue import catalogue  # noqa: PLC0415 - the same

    return catalogued.ids(catalogue())


Name = Annotated[
    str,
    typer.Argument(metavar="CONTROL", autocompletion=_ids, help="CIS-4.8, 4.8 or cis-docker-4.8."),
]
Format = Annotated[options.Formats, options.format_of("explain")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(short_help="Say how a control is decided, and what helps.")(explain)


def explain(
    control: Name,
    *,
    form: Format = "text",
    benchmark_version: options.BenchmarkVersion = "",
) -> None:
    """Say what a control reads, what decides it, what it cannot know, and what helps.

    Of an item that no image decides it says who owns it, and where its evidence belongs.
    """
    from ocianalyze.cli import catalogued  # noqa: PLC0415
    from ocianalyze.controls.catalogue import catalogue, find  # noqa: PLC0415

    rows = catalogue(benchmark_version)
    found = find(control, rows)
    if form == "text":
        from ocianalyze.report.console import encoded  # noqa: PLC0415 - as above

        said = catalogued.explanation(found, rows, min(width(), 100))
        emit([encoded(said, colour=wants_colour())])
    else:
        emit({"json": catalogued.json, "jsonl": catalogued.jsonl}[form]([found]))

"""`ocianalyze controls`: list what can be decided about an image, and what others must."""

from typing import Annotated, Literal

import typer

from ocianalyze.cli import options
from ocianalyze.cli.output import STANDARD, emit, writable

Framework = Annotated[
    str | None,
    options.option(
        "--framework",
        metavar="NAME",
        help="Only one framework: cis-docker, cis-debian-12, ocia ...",
    ),
]
Owner = Annotated[
    Literal["image", "runtime", "node", "platform"] | None,
    options.option("--owner", help="Only what this party can meet."),
]
Implemented = Annotated[
    bool | None,
    options.option(
        "--implemented/--not-implemented",
        show_default=False,
        help="Only what a control decides, or only what none does.",
    ),
]
Verbose = Annotated[
    bool, options.option("--verbose", "-v", help="List the items of all frameworks.")
]
Format = Annotated[options.Formats, options.format_of("controls")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(short_help="List the controls.")(controls)


def controls(
    form: Format = "text",
    *,
    framework: Framework = None,
    owner: Owner = None,
    implemented: Implemented = None,
    benchmark_version: options.BenchmarkVersion = "",
    output: options.Output = STANDARD,
    verbose: Verbose = False,
) -> None:
    """List the frameworks, or the items of one: level, owner, how far a program decides each.

    JSON lists all items.
    """
    from ocianalyze.cli import catalogued  # noqa: PLC0415
    from ocianalyze.cli.terminal import wants_colour, width  # noqa: PLC0415
    from ocianalyze.controls.catalogue import catalogue, only  # noqa: PLC0415

    writable(output)
    rows = catalogue(benchmark_version)
    rows = only(rows, framework=framework, owner=owner, implemented=implemented)
    if form != "text":
        emit({"json": catalogued.json, "jsonl": catalogued.jsonl}[form](rows), output)
        return
    from ocianalyze.cli import frameworks  # noqa: PLC0415 - as above
    from ocianalyze.report.console import encoded  # noqa: PLC0415 - as above

    shown = catalogued.table if framework or verbose else frameworks.table
    colour = output == STANDARD and wants_colour()
    emit([encoded(shown(rows, width()), colour=colour)], output)

"""`ocianalyze controls`: list what can be decided about an image."""

import typer

from ocianalyze.cli import options
from ocianalyze.cli.output import STANDARD, emit, writable


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(short_help="List the controls.")(controls)


def controls(form: options.Form = "text", *, output: options.Output = STANDARD) -> None:
    """List the controls: number, level, and how far a program decides each."""
    from ocianalyze.cli import catalogued  # noqa: PLC0415
    from ocianalyze.controls.catalogue import controls as listed  # noqa: PLC0415

    writable(output)
    render = {"text": catalogued.text, "json": catalogued.json, "jsonl": catalogued.jsonl}[form]
    emit(render(listed()), output)

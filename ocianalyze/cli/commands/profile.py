"""`ocianalyze profile`: write, show and validate profiles."""

from pathlib import Path
from typing import Annotated

import typer

from ocianalyze.cli import options, status, values
from ocianalyze.cli.output import STANDARD, emit, writable
from ocianalyze.errors import UsageError

File = Annotated[Path, typer.Argument(metavar="FILE", help="A profile, in YAML.")]
Name = Annotated[str, typer.Argument(metavar="NAME|FILE", help="l1, l2, all, or a profile file.")]
Format = Annotated[options.Formats, options.format_of("profile")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        name="profile",
        help="Write, show and validate profiles: which controls, and what is allowed.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command()(init)
    group.command(short_help="Show what a profile judges.")(show)
    group.command(short_help="Say everything that is wrong with a profile.")(validate)
    app.add_typer(group, short_help="Write, show and validate profiles.")


def init(*, output: options.Output = STANDARD) -> None:
    """Write a profile to begin with, every key explained."""
    from ocianalyze.cli.profiles import template  # noqa: PLC0415 - not for --help

    writable(output)
    if output.is_file():
        raise UsageError("is there already", place=str(output), cure="name a new file")
    emit([template()], output)


def show(
    name: Name,
    form: Format = "text",
    *,
    benchmark_version: options.BenchmarkVersion = "",
    output: options.Output = STANDARD,
) -> None:
    """Show what a profile judges: each control with level, severity and owner."""
    from ocianalyze.cli import profiles  # noqa: PLC0415 - imports all controls

    writable(output)
    chosen = profiles.chosen(name, benchmark_version)
    emit(profiles.FORMATS[form](chosen), output)


def validate(
    file: File,
    *,
    benchmark_version: options.BenchmarkVersion = "",
    limit: options.Bounds = None,
) -> None:
    """Say everything that is wrong with a profile, by line and key; status 2 if anything is.

    An allowance whose last day has passed is named, and is no mistake.
    """
    from ocianalyze.cli import profiles  # noqa: PLC0415 - imports all controls

    problems, expired = profiles.problems(file, values.bounds(limit or []), benchmark_version)
    emit(profiles.told(file, [*problems, *expired]))
    raise typer.Exit(status.USAGE if problems else status.DONE)

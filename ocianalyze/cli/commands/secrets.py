"""`ocianalyze secrets`: find secrets in an image, a folder or a file, and prove what can be."""

from typing import Annotated, Literal

import typer

from ocianalyze.cli import options, secret_rules, status
from ocianalyze.cli.output import STANDARD, emit, say, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.progress import metered
from ocianalyze.cli.reading import Reading, engine_options, reads
from ocianalyze.cli.terminal import wants_colour, width

Place = Annotated[
    str,
    typer.Argument(
        metavar="IMAGE|FOLDER|FILE",
        help="An image as of `ocianalyze scan`; else plain files, all below a folder.",
    ),
]
Severity = Annotated[
    Literal["info", "low", "medium", "high", "critical"],
    options.option("--severity", help="Only secrets at least so grave."),
]
OnlyVerified = Annotated[
    bool,
    options.option("--only-verified", help="Only what a checksum or structure proves."),
]
FailOn = Annotated[
    Literal["info", "low", "medium", "high", "critical", "never"],
    options.option("--fail-on", of="secrets", help="Exit with 1 on a secret at least so grave."),
]
Format = Annotated[options.Formats, options.format_of("secrets")]

BELOW = {"rules": secret_rules.register}
"""Commands in the place of an argument: `ocianalyze secrets rules list`."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        cls=Panelled,
        epilog=status.OF_SECRETS,
        short_help="Find secrets in every layer, with proof.",
    )(secrets)


@reads
def secrets(
    place: Place,
    *,
    rules: options.Rules = None,
    only_verified: OnlyVerified = False,
    severity: Severity = "info",
    fail_on: FailOn = "never",
    ignore: options.Ignore = None,
    show_secrets: options.ShowSecrets = False,
    form: Format = "text",
    output: options.Output = STANDARD,
    reading: Reading,
) -> None:
    """Find secrets in every byte of every layer, or in plain files; `secrets rules` has the rules.

    Each is told once, masked, with what proves it and every place that holds it: layer, step,
    path, and whether a later layer hid it. Nothing is tried against its provider. A file that is
    named as an archive and is none, or that is cut off, is searched and ends with 4.
    """
    writable(output)
    with metered(bar=reading.shows_progress) as (meter, progress):
        chosen = engine_options(
            reading,
            progress=progress,
            compiling=meter.compiling,
            rules=rules,
            ignore=ignore,
            show_secrets=show_secrets,
        )
        from ocianalyze.cli import secret_list  # noqa: PLC0415 - imports all that analyses

        wanted = secret_list.Selection(severity, only_verified=only_verified)
        listed = secret_list.listed(place, chosen, wanted)
    style = secret_list.Look(wants_colour(), width()) if output == STANDARD else secret_list.Look()
    emit(secret_list.FORMATS[form](listed, style), output)
    for problem in listed.problems:
        say(problem)
    raise typer.Exit(status.of_secrets(listed, fail_on, keep_going=reading.keep_going))

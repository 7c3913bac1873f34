"""`ocianalyze secrets rules`: the rules themselves, the user's own, and those of others."""

from pathlib import Path
from typing import Annotated

import typer

from ocianalyze.cli import options
from ocianalyze.cli.output import STANDARD, emit, say

Id = Annotated[str, typer.Argument(metavar="ID", help="As the list names it: github-pat.")]
Folder = Annotated[
    Path,
    typer.Argument(metavar="DIR", exists=True, file_okay=False, help="A folder of rules."),
]
File = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="gitleaks' configuration."),
]
Target = Annotated[
    Path,
    typer.Argument(metavar="DIR", file_okay=False, help="Where each rule becomes a file."),
]
Force = Annotated[bool, options.option("--force", help="Replace files that are there.")]

Strict = Annotated[
    bool,
    options.option("--strict", help="Write nothing where a part cannot be taken over."),
]
Format = Annotated[options.Formats, options.format_of("secrets")]


def register(app: typer.Typer) -> None:
    """Add the group in place of the command that finds secrets."""
    above = typer.Typer(name="secrets", rich_markup_mode=None, no_args_is_help=True)
    group = typer.Typer(
        name="rules",
        help="List, explain, test and import the rules that find secrets.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command(name="list", short_help="List every rule.")(list_rules)
    group.command(short_help="Say what one rule looks for and what proves it.")(explain)
    group.command(name="test", short_help="Try rules on their own examples.")(test_rules)
    group.command(name="import", short_help="Turn gitleaks' rules into ours.")(import_rules)
    above.callback()(_about)
    above.add_typer(group)
    app.add_typer(above)


def _about() -> None:
    """Find secrets; `ocianalyze secrets --help` says how."""


def list_rules(
    *,
    rules: options.Rules = None,
    form: Format = "text",
    output: options.Output = STANDARD,
) -> None:
    """List every rule: id, severity, kind, provider, title, and what it can prove."""
    from ocianalyze.cli import rule_list  # noqa: PLC0415 - imports the rules

    emit(rule_list.FORMATS[form](rule_list.known(rules or [])), output)


def explain(
    rule: Id,
    *,
    rules: options.Rules = None,
    form: Format = "text",
) -> None:
    """Say what one rule looks for, what proves it, and show its examples."""
    from ocianalyze.cli import rule_list  # noqa: PLC0415 - imports the rules
    from ocianalyze.cli.terminal import width  # noqa: PLC0415

    found = rule_list.find(rule_list.known(rules or []), rule)
    if form == "text":
        emit(rule_list.explanation(found, width()))
    else:
        emit(rule_list.FORMATS[form]([found]))


def test_rules(folder: Folder) -> None:
    """Try the rules of a folder on their own examples; 1 when one does not hold.

    A rule without any, as imported ones are, is read and named.
    """
    from ocianalyze.cli import rule_examples, status  # noqa: PLC0415 - imports the rules

    tried = rule_examples.examples(folder)
    emit(f"{line}\n".encode() for line in tried.lines)
    raise typer.Exit(status.GATE_FAILED if tried.failed else status.DONE)


def import_rules(
    file: File, folder: Target, *, force: Force = False, strict: Strict = False
) -> None:
    """Write the rules of a gitleaks configuration as rules of ours, one file each.

    What cannot be taken over is said on standard error, rule by rule, and the exit status is 4.
    """
    from ocianalyze.cli import rule_list, status  # noqa: PLC0415 - imports the rules

    found = rule_list.imported(file, folder, force=force, strict=strict)
    for line in (*found.lost, *found.notes):
        say(line)
    count = 0 if strict and found.lost else len(found.rules)
    words = f"{count} rule{'' if count == 1 else 's'} written to {folder}"
    lost = f"; {len(found.lost)} of its parts not taken over" if found.lost else ""
    emit([f"{words}{lost}\n".encode("utf-8", "backslashreplace")])
    raise typer.Exit(status.PARTIAL if found.lost else status.DONE)

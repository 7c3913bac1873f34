"""The application: finds the command, turns errors into one line and an exit status."""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from ocianalyze.cli import status
from ocianalyze.cli.options import REFERENCE, option
from ocianalyze.cli.output import say
from ocianalyze.errors import UsageError, said_of
from ocianalyze.version import VERSION

COMMANDS = (
    "scan",
    "inspect",
    "files",
    "packages",
    "owner",
    "sbom",
    "secrets",
    "sql",
    "profile",
    "controls",
    "explain",
    "bases",
    "store",
    "completion",
)
"""In the order of the help; each is a module of `ocianalyze.cli.commands` with a `register`.

A module whose command takes an argument may have commands in its place: `BELOW`."""

COMPLETION = "_OCIANALYZE_COMPLETE"
"""Set by the shell when it asks for completions."""

_EXTRA = re.compile(r"Got unexpected extra arguments? ?(?:\(s\) )?\(?(.*?)\)?$", re.DOTALL)
_EPILOG = (
    "Reports go to standard output, everything else to standard error. Options but --show-secrets "
    "can be set in the environment: OCIANALYZE_STORE=DIR is --store DIR. --format and --fail-on "
    "are scan's own there; other commands put their name first: OCIANALYZE_SECRETS_FAIL_ON. "
    "Nothing is sent anywhere."
)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; no error leaves as a traceback."""
    ended = _ended(arguments)
    if ended == status.INTERRUPTED:
        say("interrupted")
    return ended


def _ended(arguments: list[str]) -> int:
    debug = "--debug" in arguments or bool(os.environ.get("OCIANALYZE_DEBUG"))
    arguments = [*_of_standard_input(arguments)]
    try:
        ended = application(arguments)(arguments, prog_name="ocianalyze", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else status.DONE
    except KeyboardInterrupt:
        return status.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place where it can become a sentence
        return _explain(error, debug=debug)
    return ended if isinstance(ended, int) else status.DONE


def _of_standard_input(arguments: list[str]) -> Iterator[str]:
    """Yield the words; `-!NAME`, which would be an option, as what it means."""
    for at, word in enumerate(arguments):
        if word.startswith("-!") and "--" not in arguments[:at]:
            yield f"--image={word[2:]}"
            yield "-"
        else:
            yield word


def application(arguments: list[str]) -> typer.Typer:
    """Return the application with the command that the arguments name, else with all.

    Raises:
        UsageError: they name a file where a command should be.

    """
    app = typer.Typer(
        add_completion=COMPLETION in os.environ,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        epilog=_EPILOG,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    words = _to_complete() if COMPLETION in os.environ else arguments
    named, below = (*(word for word in words if not word.startswith("-")), "", "")[:2]
    if words is arguments and named not in COMMANDS and Path(named or "\0").exists():
        cure = f"to analyse it: ocianalyze scan {shlex.quote(named)}"
        raise UsageError(f"no command {named!r}", cure=cure)
    for command in (named,) if named in COMMANDS else COMMANDS:
        module = import_module(f"ocianalyze.cli.commands.{command}")
        inner = getattr(module, "BELOW", {}) if command == named else {}
        inner.get(below, module.register)(app)
    return app


def _to_complete() -> list[str]:
    """Return what was typed behind the program's name, as the scripts of typer pass it."""
    typed = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    return typed.split()[1:]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ocianalyze {VERSION}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
    debug: Annotated[bool, option("--debug", help="Show where an error arose.")] = False,
) -> None:
    """Read saved container images and say, with evidence, which controls they meet.

    No daemon, no root, no network, nothing unpacked to disk.
    """
    del version, debug  # the one has exited, the other is read before the arguments are


def _usage(error: Exception) -> int:
    """Say in one line what typer says in four; without arguments, the help."""
    if isinstance(error, typer.BadParameter) and error.message and error.param:
        place = max(error.param.opts, key=len)
        text = _plain(error.message.rstrip("."))
        reason, among, choices = text.partition(" is not one of ")
        say(f"{place}: {_small(reason)}{among}{choices.replace(chr(39), '')}")
        return status.USAGE
    text = error.format_message()  # type: ignore[attr-defined] # typer's and click's have it
    if extra := _EXTRA.match(text):
        say(_unexpected(extra[1], error))
        return status.USAGE
    if text.startswith("Usage: "):
        sys.stderr.write(f"{text}\n")
    else:
        one = " ".join(text.split())
        say(_small(one if one.endswith("?") else f"{one.rstrip('.')}; see --help"))
    return status.USAGE


def _unexpected(words: str, error: Exception) -> str:
    """Say of a word too many who takes it."""
    context = getattr(error, "ctx", None)
    cure = "see --help"
    if context and any(one.metavar == REFERENCE for one in context.command.params):
        cure = f"{context.info_name} reads one image, scan reads several"
    return f"unexpected extra argument {words!r}; {cure}"


def _plain(text: str) -> str:
    """Return what a parser of values says, in our words."""
    text = text.removeprefix("Value error, ").partition(", unable to parse")[0]
    text = f"directory{text[3:]}" if text.startswith("dir ") else text
    return text.replace("a valid integer", "a whole number")


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _explain(error: Exception, *, debug: bool) -> int:
    if hasattr(error, "format_message"):
        return _usage(error)
    if debug:
        import traceback  # noqa: PLC0415

        sys.stderr.write("".join(traceback.format_exception(error)))
    told, ended = said_of(error)
    say(told)
    return ended

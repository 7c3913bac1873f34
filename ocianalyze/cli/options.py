"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

Part = Literal["packages", "secrets"]
"""`ocianalyze.filesystem.view.Part`, whose module is not imported for --help."""
PARTS: tuple[Part, ...] = get_args(Part)


WHICH, READING = "Which image", "Reading"
"""Titles in the help, behind what is the command's own."""


def option(*names: str, of: str = "", **about: Any) -> Any:
    """Return an option that can be set in the environment: `--fail-on` as OCIANALYZE_FAIL_ON.

    Where commands take different values for one name, all but `scan` give theirs as `of`:
    OCIANALYZE_SECRETS_FAIL_ON.
    """
    long = next(name for name in names if name.startswith("--")).partition("/")[0]
    words = ("ocianalyze", *filter(None, (of,)), long.removeprefix("--").replace("-", "_"))
    variable = "_".join(words).upper()
    return typer.Option(*names, envvar=variable, show_envvar=False, **about)


REFERENCE = "IMAGE"
"""What the help calls the one input of a command."""
Reference = Annotated[
    str,
    typer.Argument(
        metavar=REFERENCE,
        help="An archive, a layout or a directory; - reads an archive from standard input. "
        "The kind is recognised, or named: docker-archive:, oci:, oci-archive:, dir:.",
    ),
]
References = Annotated[
    list[str],
    typer.Argument(
        metavar=REFERENCE,
        help="Archives, layouts or directories, one report for all; a directory of images "
        "stands for each of them; - reads an archive from standard input. "
        "The kind is recognised, or named: docker-archive:, oci:, oci-archive:, dir:.",
    ),
]
Image = Annotated[
    str | None,
    option(
        "--image",
        rich_help_panel=WHICH,
        metavar="NAME",
        help="Only this image of several: its name, its digest, or #N by position, from #0.",
    ),
]
Platform = Annotated[
    str | None,
    option(
        "--platform",
        rich_help_panel=WHICH,
        metavar="OS/ARCH",
        help="Only this platform, as os/architecture[/variant]; else all.",
    ),
]
Jobs = Annotated[
    int,
    option(
        "--jobs",
        "-j",
        rich_help_panel=READING,
        min=0,
        max=1024,
        metavar="N",
        show_default=False,
        help="Layers read at once; 0, the default, is one more than there are cores.",
    ),
]
Store = Annotated[
    Path | None,
    option(
        "--store",
        rich_help_panel=READING,
        metavar="DIR",
        show_default=False,
        help="Keep what was read of each layer here, and use what is kept; else in the user's "
        "cache directory.",
    ),
]
Verify = Literal["usual", "full"]
"""`ocianalyze.engine.Options.verify`."""
Base = Annotated[
    str,
    option(
        "--base",
        metavar="REFERENCE",
        show_default=False,
        help="The image that it was built on: what its layers hold is the base's, not the "
        "author's.",
    ),
]
BaseTable = Annotated[
    Path | None,
    option(
        "--base-table",
        "--table",
        metavar="FILE",
        show_default=False,
        help="The table of your own bases; otherwise ocianalyze/bases.toml of the XDG "
        "configuration.",
    ),
]
Verified = Annotated[
    Verify,
    option(
        "--verify",
        help="Which files are compared with the digests that packages recorded: programs, "
        "libraries and scripts, or all.",
    ),
]
NoStore = Annotated[
    bool,
    option(
        "--no-store",
        rich_help_panel=READING,
        help="Keep nothing of the image, and use nothing kept of it.",
    ),
]
KeepGoing = Annotated[
    bool,
    option(
        "--keep-going",
        rich_help_panel=READING,
        help="Analyse even bytes that differ from their digests.",
    ),
]
NoProgress = Annotated[
    bool,
    option(
        "--no-progress",
        rich_help_panel=READING,
        help="Show no progress bar.",
    ),
]
Quiet = Annotated[
    bool,
    option(
        "--quiet",
        "-q",
        rich_help_panel=READING,
        help="No progress bar and no closing line.",
    ),
]
Verbose = Annotated[
    bool,
    option("--verbose", "-v", help="Show all evidence."),
]
Bounds = Annotated[
    list[str] | None,
    option(
        "--limit",
        rich_help_panel=READING,
        metavar="NAME=VALUE",
        help="Another bound on input: --limit layer-bytes=8G. Repeatable.",
    ),
]
Formats = Literal["text", "json", "jsonl"]
"""What most commands write; `format_of` is the option."""
BenchmarkVersion = Annotated[
    str,
    option(
        "--benchmark-version",
        metavar="VERSION",
        show_default=False,
        help="Of the CIS Docker Benchmark: 1.6.0, 1.7.0, else 1.8.0.",
    ),
]
Output = Annotated[
    Path,
    option(
        "--output",
        "-o",
        metavar="FILE",
        show_default=False,
        help="Write here, whole or not at all, instead of to standard output.",
    ),
]
Rules = Annotated[
    list[Path] | None,
    option(
        "--rules",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Look for secrets by the rules in this folder too. Repeatable.",
    ),
]
Ignore = Annotated[
    Path | None,
    option(
        "--ignore",
        metavar="FILE",
        show_default=False,
        help="Secrets that may stay, each with a reason (TOML).",
    ),
]
ShowSecrets = Annotated[
    bool,
    # An environment is inherited: whoever wants to see secrets says so in the command.
    typer.Option("--show-secrets", help="Tell the secrets themselves; nothing is kept then."),
]
Skip = Annotated[
    list[str] | None,
    option(
        "--skip",
        metavar="packages|secrets",
        autocompletion=lambda: list(PARTS),
        help="Do not look for these, which takes less time; a control that would pass without "
        "them is not evaluated. Repeatable.",
    ),
]


def format_of(command: str) -> Any:
    """Return the option `--format` of a command that writes `Formats`."""
    help_ = "For people, as one JSON object, or one record a line."
    return option("--format", "-f", of=command, help=help_)

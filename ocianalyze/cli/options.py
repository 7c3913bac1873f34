"""Options that several commands share, and what they mean to the engine."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from ocianalyze.cli.output import say
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.ignore import Ignore as Ignored

Part = Literal["packages", "secrets"]
"""`ocianalyze.filesystem.view.Part`, whose module is not imported for --help."""
PARTS: tuple[Part, ...] = get_args(Part)


def option(*names: str, **about: Any) -> Any:
    """Return an option that can be set in the environment: `--fail-on` as OCIANALYZE_FAIL_ON."""
    word = next(name for name in names if name.startswith("--")).removeprefix("--")
    word = word.partition("/")[0]
    variable = f"OCIANALYZE_{word.upper().replace('-', '_')}"
    return typer.Option(*names, envvar=variable, show_envvar=False, **about)


Reference = Annotated[
    str,
    typer.Argument(
        metavar="IMAGE",
        help="An archive, a layout or a directory; - reads an archive from standard input. "
        "The kind is recognised, or named: docker-archive:, oci:, oci-archive:, dir:.",
    ),
]
Image = Annotated[
    str | None,
    option(
        "--image",
        metavar="NAME",
        help="Only this image of several: its name, its digest, or #N by position, from #0.",
    ),
]
Platform = Annotated[
    str | None,
    option(
        "--platform",
        metavar="OS/ARCH",
        help="Only this platform, as os/architecture[/variant]; else all.",
    ),
]
Jobs = Annotated[
    int,
    option(
        "--jobs",
        "-j",
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
    option("--no-store", help="Keep nothing of the image, and use nothing kept of it."),
]
KeepGoing = Annotated[
    bool,
    option(
        "--keep-going",
        help="Analyse even bytes that differ from their digests.",
    ),
]
NoProgress = Annotated[
    bool,
    option(
        "--no-progress",
        help="Show no progress bar.",
    ),
]
Quiet = Annotated[
    bool,
    option(
        "--quiet",
        "-q",
        help="Say nothing but errors.",
    ),
]
Bounds = Annotated[
    list[str] | None,
    option(
        "--limit",
        metavar="NAME=VALUE",
        help="Another bound on input: --limit layer-bytes=8G. Repeatable.",
    ),
]
Form = Annotated[
    Literal["text", "json", "jsonl"],
    option("--format", "-f", help="For people, as one JSON object, or one record a line."),
]
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
    option("--show-secrets", help="Tell the secrets themselves; nothing is kept then."),
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

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def warned(show_secrets: bool) -> bool:
    """Say what telling secrets means before it happens."""
    if show_secrets:
        say("the output will hold secrets whole; nothing read is kept")
    return show_secrets


def ignores_of(path: Path, rules: "Iterable[Path]" = ()) -> "tuple[Ignored, ...]":
    """Return the entries of an ignore list that count today; say which do not, or cannot.

    Args:
        path: of the list.
        rules: folders with the user's own rules.

    Raises:
        UsageError: it cannot be used.

    """
    from ocianalyze.detectors.secrets.ignore import (  # noqa: PLC0415 - imports TOML
        counting,
        read_ignores,
        unknown,
    )

    entries, over = counting(read_ignores(path), datetime.now(UTC).date())
    for line in (*over, *unknown(entries, rules)):
        say(line)
    return entries


def parts(names: list[str]) -> frozenset[Part]:
    """Return what an analysis leaves out.

    Raises:
        UsageError: a name is none of them.

    """
    for name in names:
        if name not in PARTS:
            cure = f"take some of {', '.join(PARTS)}"
            raise UsageError(f"no part {name!r}", place="--skip", cure=cure)
    return frozenset(part for part in PARTS if part in names)


def bounds(texts: list[str]) -> Limits:
    """Return the limits with the changes of `NAME=VALUE` texts.

    Raises:
        UsageError: a text has no such form, name or value.

    """
    kinds = {field.name: type(getattr(DEFAULT, field.name)) for field in fields(Limits)}
    changes: dict[str, int | float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if name not in kinds:
            what, cure = f"no limit {_written(name)!r}", _meant(name, kinds)
            raise UsageError(what, place="--limit", cure=cure)
        changes[name] = _number(value.strip(), kinds[name], f"--limit {_written(name)}")
    return replace(DEFAULT, **changes)  # type: ignore[arg-type]


def _written(name: str) -> str:
    return name.replace("_", "-")


def _meant(name: str, known: Iterable[str]) -> str:
    """Return the limits that somebody may have meant; all where nothing is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes

    meant = get_close_matches(name, known) or [one for one in known if name in one] or known
    return f"take one of {', '.join(map(_written, meant))}"


def byte_count(text: str, place: str) -> int:
    """Return a size such as `500M`.

    Raises:
        UsageError: it is none.

    """
    return int(_number(text, int, place))


def _number(text: str, kind: type, place: str) -> int | float:
    digits = text.upper().removesuffix("IB").removesuffix("B")
    number = digits.rstrip("KMGT")
    try:
        value: int | float = float(number) if kind is float else int(number)
        value *= _UNITS[digits[len(number) :]]
    except (KeyError, ValueError):
        value = -1
    if not 0 <= value < 1 << 62:
        raise UsageError(f"no number: {text!r}", place=place, cure="write 4096, 500M or 8G")
    return value

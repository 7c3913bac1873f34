"""Options that several commands share, and what they mean to the engine."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ocianalyze.cli.output import say
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from ocianalyze.engine import Options, Progress


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
        help="Only this image of several: its name, its digest, or #N by position.",
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
        help="Layers read at once; 0, the default, is one for each core.",
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
NoStore = Annotated[
    bool,
    option("--no-store", help="Keep nothing, and use nothing kept."),
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

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def store_of(store: Path | None, no_store: bool) -> Path | None:
    """Return where facts are kept; None for nowhere."""
    from ocianalyze.store.directory import default_directory  # noqa: PLC0415 - not for --help

    return None if no_store else store or default_directory()


def engine_options(
    *,
    image: str | None = None,
    platform: str | None = None,
    jobs: int = 0,
    store: Path | None = None,
    keep_going: bool = False,
    limit: list[str] | None = None,
    progress: "Callable[[Progress], None] | None" = None,
) -> "Options":
    """Return the engine's options.

    Raises:
        UsageError: a limit has no such name or value.

    """
    from ocianalyze.engine import Options  # noqa: PLC0415 - imports everything that analyses

    return Options(
        image=image,
        platform=platform,
        jobs=jobs,
        store=store,
        limits=bounds(limit or []),
        keep_going=keep_going,
        progress=progress,
        warn=say,
    )


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
            known = ", ".join(kinds).replace("_", "-")
            raise UsageError(f"no limit {name!r}", place="--limit", cure=f"one of: {known}")
        changes[name] = _number(value.strip(), kinds[name], f"--limit {name}")
    return replace(DEFAULT, **changes)  # type: ignore[arg-type]


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

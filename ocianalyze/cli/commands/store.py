"""`ocianalyze store`: what is kept between runs, and removing it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli import options
from ocianalyze.cli.output import emit, say

if TYPE_CHECKING:
    from ocianalyze.store.local import Store

Size = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Keep at most this: 500M, 2G; used last stays.")
]
Days = Annotated[
    float | None,
    typer.Option(
        "--older-than", min=0, metavar="DAYS", help="Remove what was not used for so long."
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Remove everything.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        name="store",
        help="Look after what is kept of layers between runs.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command()(info)
    group.command()(prune)
    app.add_typer(group)


def info(store: options.Store = None) -> None:
    """Say how many layers are kept and how large that is."""
    from ocianalyze.report.words import plural, size  # noqa: PLC0415

    opened = _opened(store)
    found = opened.info()
    lines = (
        f"store      {found.directory}",
        f"kept       {plural(found.files, 'layer')}, {size(found.bytes)}",
        f"verified   {plural(found.verified, 'blob')} known by size and time",
        f"version    {found.version}",
    )
    emit(f"{line}\n".encode("utf-8", "backslashreplace") for line in lines)
    _warn(opened)


def prune(
    store: options.Store = None,
    *,
    keep: Size = None,
    older_than: Days = None,
    everything: Everything = False,
) -> None:
    """Remove what other versions left, and what the options say."""
    from ocianalyze.report.words import plural, size  # noqa: PLC0415

    opened = _opened(store)
    gone = opened.prune(
        keep_bytes=None if keep is None else options.byte_count(keep, "--keep"),
        older_than_days=older_than,
        everything=everything,
    )
    emit([f"removed {plural(gone.files, 'file')}, {size(gone.bytes)}\n".encode()])
    _warn(opened)


def _opened(directory: Path | None) -> "Store":
    from ocianalyze.store.directory import default_directory  # noqa: PLC0415 - not for --help
    from ocianalyze.store.local import Store  # noqa: PLC0415 - imports sqlite3 and zstandard

    return Store(directory or default_directory(), fingerprint="")


def _warn(store: "Store") -> None:
    for problem in store.problems:
        say(problem)

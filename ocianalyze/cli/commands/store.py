"""`ocianalyze store`: what is kept between runs, and removing it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.cli import options, status, values
from ocianalyze.cli.output import emit, say

if TYPE_CHECKING:
    from ocianalyze.store.local import Store

Size = Annotated[
    str | None,
    options.option("--keep", metavar="SIZE", help="Keep at most this: 500M, 2G; used last stays."),
]
Days = Annotated[
    float | None,
    options.option(
        "--older-than", min=0, metavar="DAYS", help="Remove what was not used for so long."
    ),
]
Everything = Annotated[bool, options.option("--all", help="Remove everything.")]
Format = Annotated[options.Formats, options.format_of("store")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        name="store",
        help="Look after what is kept of layers and images between runs.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command(short_help="Say how much is kept, and where.")(info)
    group.command()(prune)
    app.add_typer(group)


def info(store: options.Store = None, *, form: Format = "text") -> None:
    """Say how many layers and records of images are kept and how large that is."""
    from ocianalyze.report.escape import unicode  # noqa: PLC0415
    from ocianalyze.report.words import plural, size  # noqa: PLC0415

    opened = _opened(store)
    found = opened.info()
    layers, records = plural(found.files, "layer"), plural(found.records, "record")
    text = (
        f"store      {found.directory}",
        f"kept       {layers}, {records}, {size(found.bytes)}",
        f"verified   {plural(found.verified, 'blob')} known by size and time",
        f"version    {found.version}",
    )
    record = {
        "directory": unicode(str(found.directory)),
        "layers": found.files,
        "records": found.records,
        "bytes": found.bytes,
        "verified": found.verified,
        "version": found.version,
    }
    _say(form, text, ("stores", "store"), record)
    _warn(opened)


def prune(
    store: options.Store = None,
    *,
    keep: Size = None,
    older_than: Days = None,
    everything: Everything = False,
    form: Format = "text",
) -> None:
    """Remove what other versions left, and what the options say."""
    from ocianalyze.report.words import plural, size  # noqa: PLC0415

    opened = _opened(store)
    gone = opened.prune(
        keep_bytes=None if keep is None else values.byte_count(keep, "--keep"),
        older_than_days=older_than,
        everything=everything,
    )
    text = (f"removed {plural(gone.files, 'file')}, {size(gone.bytes)}",)
    record = {"files": gone.files, "bytes": gone.bytes, "stayed": gone.stayed}
    _say(form, text, ("removals", "removal"), record)
    _warn(opened)
    if gone.stayed:
        raise typer.Exit(status.UNREADABLE)


def _say(form: str, text: Iterable[str], names: tuple[str, str], record: dict[str, Any]) -> None:
    """Write one record in the form that was asked for, under its plural or singular."""
    from ocianalyze.cli import envelope  # noqa: PLC0415 - imports orjson

    if form == "text":
        emit(f"{line}\n".encode("utf-8", "backslashreplace") for line in text)
    elif form == "json":
        emit(envelope.json(envelope.head(), {names[0]: [record]}))
    else:
        emit(envelope.jsonl(names[1], [record]))


def _opened(directory: Path | None) -> "Store":
    """Return the store.

    Raises:
        typer.Exit: its directory must not be used.

    """
    from ocianalyze.store.directory import default_directory  # noqa: PLC0415 - not for --help
    from ocianalyze.store.local import Store  # noqa: PLC0415 - imports sqlite3 and zstandard

    opened = Store(directory or default_directory(), fingerprint="")
    if opened.is_refused():
        _warn(opened)
        raise typer.Exit(status.UNREADABLE)
    return opened


def _warn(store: "Store") -> None:
    for problem in store.problems:
        say(problem)

"""`ocianalyze bases`: the images that others are built on, by their layers."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.cli import options
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import emit
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.model.base import BaseImage
    from ocianalyze.report._base import AnalysedImage

_NAME, _LAYERS, _FIRST = 32, 10, 19
"""Columns of the list."""
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="What the base is called: debian:bookworm-slim.")
]
Format = Annotated[options.Formats, options.format_of("bases")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        name="bases",
        help="Name the images that others are built on, by their layers.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("list")(list_)
    group.command(cls=Panelled)(add)
    app.add_typer(group)


def list_(*, base_table: options.BaseTable = None, form: Format = "text") -> None:
    """List the bases that come with the program, then your own."""
    from ocianalyze.controls.aspects.base import known_bases  # noqa: PLC0415 - not for --help

    own = known_bases.own(base_table)
    rows = [(base, "bundled") for base in known_bases.bundled()] + [(x, "own") for x in own]
    if form == "text":
        emit([_head(), *(_line(base, source) for base, source in rows)])
    else:
        _say(form, [_record(base, source) for base, source in rows])


def add(
    name: Name,
    image: options.Reference,
    *,
    base_table: options.BaseTable = None,
    only: options.Image = None,
    platform: options.Platform = None,
    jobs: options.Jobs = 0,
    store: options.Store = None,
    no_store: options.NoStore = False,
    limit: options.Bounds = None,
    no_progress: options.NoProgress = False,
    quiet: options.Quiet = False,
    form: Format = "text",
) -> None:
    """Read an image, and add its layers to your table under a name.

    Images whose first layers they are then have this base, in every scan that uses the table:
    `scan` reads the usual one by itself, another with --base-table. One of the same name and
    layers is kept once; an input of several images adds each.
    """
    from ocianalyze.controls.aspects.base import known_bases  # noqa: PLC0415 - not for --help

    reading = Reading(
        only,
        platform,
        jobs,
        store,
        no_store,
        limit=limit,
        no_progress=no_progress,
        quiet=quiet,
    )
    path = base_table or known_bases.user_table()
    before = known_bases.of_file(path)
    analysis = opened(image, reading)
    found = tuple(dict.fromkeys(_base(name, each) for each in analysis.images))
    new = tuple(base for base in found if base not in before)
    _write(path, known_bases.written((*before, *new)))
    if form == "text":
        emit(_line(base, "added" if base in new else "kept") for base in found)
    else:
        _say(form, [_record(base, "own") for base in found])


def _base(name: str, image: "AnalysedImage") -> "BaseImage":
    """Return an image as a base.

    Raises:
        UsageError: not all of its layers were read, or there are none.

    """
    from ocianalyze.model.base import BaseImage  # noqa: PLC0415 - not for --help

    layers = image.view.layers
    if not layers or image.view.unread or image.integrity == "failed":
        cure = "give an image whose layers are there and are as promised"
        raise UsageError(f"{name} cannot be known by its layers", cure=cure)
    diff_ids = tuple(str(layer.diff_id) for layer in layers)
    history = image.view.history
    steps = len(history.steps) if history.steps and history.reliable else None
    return BaseImage(name, "table", diff_ids, str(image.manifest_digest or ""), steps)


def _write(path: Path, text: str) -> None:
    """Replace the table; a reader finds the old or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        said = f"cannot be written: {error.strerror}"
        cure = "make its folder writable, or set XDG_CONFIG_HOME"
        raise UsageError(said, place=str(path), cure=cure) from error


def _head() -> bytes:
    from ocianalyze.cli.terminal import wants_colour  # noqa: PLC0415
    from ocianalyze.report.blocks import line  # noqa: PLC0415
    from ocianalyze.report.console import encoded  # noqa: PLC0415

    heads = f"{'base':<{_NAME}} {'layers':<{_LAYERS}} {'first layer':<{_FIRST}}  whose"
    return encoded([line(heads, "bold")], colour=wants_colour())


def _line(base: "BaseImage", source: str) -> bytes:
    from ocianalyze.report.escape import unicode  # noqa: PLC0415
    from ocianalyze.report.words import plural  # noqa: PLC0415

    first = base.diff_ids[0][:_FIRST]
    shown = unicode(repr(base.name)[1:-1])
    text = f"{shown:<{_NAME}} {plural(len(base.diff_ids), 'layer'):<{_LAYERS}} {first}  {source}\n"
    return text.encode("utf-8", "backslashreplace")


def _record(base: "BaseImage", source: str) -> dict[str, Any]:
    return {
        "name": base.name,
        "source": source,
        "digest": base.digest or None,
        "steps": base.steps,
        "diff_ids": list(base.diff_ids),
    }


def _say(form: str, records: Sequence[dict[str, Any]]) -> None:
    from ocianalyze.cli import envelope  # noqa: PLC0415 - imports orjson

    if form == "json":
        emit(envelope.json(envelope.head(), {"bases": list(records)}))
    else:
        emit(envelope.jsonl("base", records))

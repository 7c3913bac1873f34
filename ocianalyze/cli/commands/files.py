"""`ocianalyze files`: list the entries of an image, visible, overwritten or deleted."""

from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, say, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading, reads
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report._base import Analysis

Globs = Annotated[
    list[str] | None,
    typer.Argument(metavar="GLOB", help="Only paths that match one of these; * matches / as well."),
]
Paths = Annotated[
    list[str] | None,
    options.option("--path", metavar="GLOB", help="The same as an option. Repeatable."),
]
Layer = Annotated[
    int | None,
    options.option(
        "--layer",
        min=0,
        metavar="N",
        help="Every member of one layer, whiteouts too; 0 is the lowest.",
    ),
]
Deleted = Annotated[
    bool, options.option("--deleted", help="What a later layer deleted or overwrote.")
]
Setuid = Annotated[bool, options.option("--setuid", help="Only files with a setuid or setgid bit.")]
Format = Annotated[options.Formats, options.format_of("files")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        cls=Panelled,
        epilog=status.OF_READING,
        short_help="List files: merged, of a layer, hidden.",
    )(files)


@reads
def files(
    image: options.Reference,
    glob: Globs = None,
    *,
    path: Paths = None,
    layer: Layer = None,
    deleted: Deleted = False,
    setuid: Setuid = False,
    form: Format = "text",
    output: options.Output = STANDARD,
    reading: Reading,
) -> None:
    """List the files of an image: the merged tree, or one layer, or what is hidden.

    Text shows permissions, uid:gid, size, time in UTC, layer and path.
    """
    writable(output)
    analysis = opened(image, reading)
    _refuse_absent(analysis, layer)
    from ocianalyze.cli import listing  # noqa: PLC0415 - imports orjson

    globs = (*(glob or ()), *(path or ()))
    wanted = listing.Selection(globs, layer, hidden=deleted, setid=setuid)
    render = {"text": listing.text, "json": listing.json, "jsonl": listing.jsonl}[form]
    emit(render(analysis, wanted), output)
    if analysis.images and listing.is_empty(analysis, wanted):
        say("no path matches")
    raise typer.Exit(status.of_reading(analysis, keep_going=reading.keep_going))


def _refuse_absent(analysis: "Analysis", layer: int | None) -> None:
    most = max((len(image.view.layers) for image in analysis.images), default=0)
    if layer is not None and layer >= most:
        raise UsageError(f"no layer {layer}", place="--layer", cure=f"there are {most}, from 0")

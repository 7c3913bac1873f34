"""`ocianalyze files`: list the entries of an image, visible, overwritten or deleted."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocianalyze.cli import options
from ocianalyze.cli.output import STANDARD, emit, writable
from ocianalyze.cli.progress import metered
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.cli.listing import Selection
    from ocianalyze.report._base import Analysis

Globs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[GLOB]...", help="Only paths that match one of these; * matches / as well."
    ),
]
Paths = Annotated[
    list[str] | None,
    typer.Option("--path", metavar="GLOB", help="The same as an option. Repeatable."),
]
Layer = Annotated[
    int | None,
    typer.Option(
        "--layer",
        min=0,
        metavar="N",
        help="Every member of one layer, whiteouts too; 0 is the lowest.",
    ),
]
Deleted = Annotated[
    bool,
    typer.Option("--deleted", help="What a later layer deleted or overwrote, of all layers."),
]
Setuid = Annotated[bool, typer.Option("--setuid", help="Only files with a setuid or setgid bit.")]
Format = Annotated[
    Literal["text", "json", "jsonl"],
    typer.Option("--format", "-f", help="text is like ls -l; jsonl is one entry a line."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(files)


def files(
    image: options.Reference,
    globs: Globs = None,
    path: Paths = None,
    layer: Layer = None,
    deleted: Deleted = False,
    setuid: Setuid = False,
    form: Format = "text",
    output: options.Output = STANDARD,
    only: options.Image = None,
    platform: options.Platform = None,
    jobs: options.Jobs = 0,
    store: options.Store = None,
    no_store: options.NoStore = False,
    keep_going: options.KeepGoing = False,
    limit: options.Bounds = None,
    no_progress: options.NoProgress = False,
) -> None:
    """List the files of an image: the merged tree, or one layer, or what is hidden."""
    writable(output)
    with metered(bar=not no_progress) as (_, progress):
        chosen = options.engine_options(
            image=only,
            platform=platform,
            jobs=jobs,
            store=None if no_store else store,
            keep_going=keep_going,
            limit=limit,
            progress=progress,
        )
        analysis = _open(image, chosen)
    from ocianalyze.cli.listing import Selection  # noqa: PLC0415

    wanted = Selection((*(globs or ()), *(path or ())), layer, hidden=deleted, setid=setuid)
    _refuse_absent(analysis, layer)
    emit(_rendered(analysis, wanted, form), output)


def _open(reference: str, chosen: "Options") -> "Analysis":
    from ocianalyze.engine import open_images  # noqa: PLC0415

    return open_images(reference, chosen)


def _refuse_absent(analysis: "Analysis", layer: int | None) -> None:
    most = max((len(image.view.layers) for image in analysis.images), default=0)
    if layer is not None and layer >= most:
        raise UsageError(f"no layer {layer}", place="--layer", cure=f"there are {most}, from 0")


def _rendered(
    analysis: "Analysis", wanted: "Selection", form: Literal["text", "json", "jsonl"]
) -> Iterator[bytes]:
    from ocianalyze.cli import listing  # noqa: PLC0415

    render = {"text": listing.text, "json": listing.json, "jsonl": listing.jsonl}[form]
    return render(analysis, wanted)

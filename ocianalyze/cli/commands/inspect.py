"""`ocianalyze inspect`: what an image says about itself, and whether its bytes agree."""

import typer

from ocianalyze.cli import options, status
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, writable


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=status.OF_READING)(inspect)


def inspect(
    image: options.Reference,
    *,
    form: options.Form = "text",
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
    """Show config, history and layers of an image, and verify them."""
    writable(output)
    analysis = opened(
        image,
        image=only,
        platform=platform,
        jobs=jobs,
        store=options.store_of(store, no_store),
        keep_going=keep_going,
        limit=limit,
        bar=not no_progress,
    )
    from ocianalyze.cli import anatomy  # noqa: PLC0415

    render = {"text": anatomy.text, "json": anatomy.json, "jsonl": anatomy.jsonl}[form]
    emit(render(analysis), output)
    raise typer.Exit(status.of_reading(analysis, keep_going=keep_going))

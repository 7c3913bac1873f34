"""Open and read an image for the commands that run no control."""

from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.cli.options import engine_options
from ocianalyze.cli.progress import metered

if TYPE_CHECKING:
    from ocianalyze.report._base import Analysis


def opened(
    reference: str,
    *,
    image: str | None,
    platform: str | None,
    jobs: int,
    store: Path | None,
    keep_going: bool,
    limit: list[str] | None,
    bar: bool,
) -> "Analysis":
    """Return the views of the images that were asked for.

    Raises:
        OcianalyzeError: the input cannot be read.

    """
    with metered(bar=bar) as (_, progress):
        chosen = engine_options(
            image=image,
            platform=platform,
            jobs=jobs,
            store=store,
            keep_going=keep_going,
            limit=limit,
            progress=progress,
        )
        from ocianalyze.engine import open_images  # noqa: PLC0415 - imports all that analyses

        return open_images(reference, chosen)

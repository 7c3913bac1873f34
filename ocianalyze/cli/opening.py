"""Open and read an image for the commands that run no control."""

from typing import TYPE_CHECKING

from ocianalyze.cli.progress import metered
from ocianalyze.cli.reading import Reading, engine_options

if TYPE_CHECKING:
    from ocianalyze.report._base import Analysis


def opened(reference: str, reading: Reading, *, sha1: bool = False) -> "Analysis":
    """Return the views of the images that were asked for; `sha1` as of the engine's options.

    Raises:
        OcianalyzeError: the input cannot be read.

    """
    with metered(bar=reading.shows_progress) as (meter, progress):
        chosen = engine_options(reading, progress=progress, compiling=meter.compiling, sha1=sha1)
        from ocianalyze.engine import open_images  # noqa: PLC0415 - imports all that analyses

        return open_images(reference, chosen)

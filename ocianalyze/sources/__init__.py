"""Where images are kept: one module for each kind of place.

Modules with a leading underscore are what the kinds are made of. `open_source` recognises a
place by its content or by the scheme of its reference; `select` picks from what it holds.
"""

from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.sources._base import Source, StoredImage

__all__ = ["inputs", "open_source", "select"]


def open_source(reference: str, limits: Limits = DEFAULT) -> tuple[Source, str | None]:
    """Open what a reference names; return it with the name of the image that is meant.

    Args:
        reference: a path, `-`, `SCHEME:PATH[:NAME]` or `PATH!NAME`.
        limits: bounds on what is read.

    Raises:
        UsageError: the reference is empty.
        SourceError: nothing can be read there, or what is there is no image.
        LimitExceeded: it is too large to spool or to index.

    """
    from ocianalyze.sources import _opening  # noqa: PLC0415 - it asks this package for its parts

    return _opening.open_source(reference, limits)


def inputs(reference: str, limits: Limits = DEFAULT) -> tuple[str, ...]:
    """Return what a reference stands for: a folder of images for each of them, else for itself.

    Raises:
        SourceError: the folder cannot be listed.
        LimitExceeded: it holds too many images.

    """
    from ocianalyze.sources import _opening  # noqa: PLC0415 - as above

    return _opening.inputs(reference, limits)


def select(
    images: "tuple[StoredImage, ...]",
    name: str | None = None,
    platform: str | None = None,
    limits: Limits = DEFAULT,
    place: str = "",
) -> "tuple[StoredImage, ...]":
    """Return the images of a name and a platform, all of them where nothing is asked.

    `place` is the input, for errors.

    Raises:
        ImageNotFound: none matches; the error lists what there is.
        UsageError: the platform is no `os/architecture[/variant]`.

    """
    from ocianalyze.sources import _select  # noqa: PLC0415 - only the analysis of an image needs it

    return _select.select(images, name, platform, limits, place)

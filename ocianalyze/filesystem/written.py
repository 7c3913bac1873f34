"""The config that a container starts with, of a view whose secrets are masked."""

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.oci import ImageConfig


def written(view: ImageView) -> ImageConfig | None:
    """Return the config as the image has it, to decide by and never to quote.

    What is quoted comes from `ImageView.config`, whose secrets are masked: a mask in a command or
    in a user's name is read as other words than a runtime sees. Whoever masks a view makes its own
    config known by this function.
    """
    return view.config

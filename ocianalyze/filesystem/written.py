"""Config and history as the image has them, of a view whose secrets are masked.

What decides by them never quotes them: quoted is what `ImageView.config` and `ImageView.history`
have, whose secrets are masked. A mask in a command or in a user's name is read as other words than
a runtime sees.
"""

from dataclasses import replace

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.oci import ImageConfig


def written(view: ImageView) -> ImageConfig | None:
    """Return the config as the image has it, to decide by and never to quote.

    Whoever masks a view makes its own config known by this function.
    """
    return view.config


def shown(view: ImageView) -> ImageView:
    """Return the view that may be quoted, of one that `unmasked` made; any other is its own."""
    return view


def unmasked(view: ImageView) -> ImageView:
    """Return the view with build steps and triggers as the image has them, to decide by.

    It is the same view where nothing of them is masked.
    """
    own, config = view.once(written), view.config
    if own is None or config is None or own is config:
        return view
    told = [step.raw for step in view.history.steps]
    is_same = told == [entry.created_by for entry in own.history]
    if is_same and own.config.on_build == config.config.on_build:
        return view
    from ocianalyze.layers.history import read_history  # noqa: PLC0415 - kept steps are parsed

    run = config.config.model_copy(update={"on_build": own.config.on_build})
    again = replace(
        view,
        history=read_history(own.history, len(view.layers)),
        config=config.model_copy(update={"config": run}),
        verify=lambda _: view.verification,
    )
    return again.knowing(written, view.once(written)).knowing(shown, view)

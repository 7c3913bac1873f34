"""Layers and history steps as records name them."""

from functools import lru_cache

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Step
from ocianalyze.model.record import EXCERPT, LayerRef, StepRef
from ocianalyze.report import mask
from ocianalyze.report.escape import unicode
from ocianalyze.report.words import joined

_STEPS = 256
"""History lines remembered; many packages come from one step."""


def layer_ref(view: ImageView, index: int | None) -> LayerRef | None:
    """Return how records name a layer; None for no layer of the image."""
    if index is None or not 0 <= index < len(view.layers):
        return None
    return view.once(_layers)[index]


def step_index(view: ImageView | None, step: int | None, layer: int | None) -> int | None:
    """Name the step that made a layer when only the layer is known."""
    if step is not None or layer is None or view is None:
        return step
    return view.layers[layer].step if 0 <= layer < len(view.layers) else None


def step_ref(view: ImageView, index: int | None) -> StepRef | None:
    """Return how records name a history step; None for no step of the image."""
    steps = view.history.steps
    if index is None or not 0 <= index < len(steps):
        return None
    return _step(index, created_by(steps[index]))


def _layers(view: ImageView) -> tuple[LayerRef, ...]:
    """Return how records name each layer; one value for all that lie in it."""
    return tuple(
        LayerRef(index=index, digest=layer.digest, diff_id=layer.diff_id)
        for index, layer in enumerate(view.layers)
    )


@lru_cache(_STEPS)
def _step(index: int, line: str) -> StepRef:
    return StepRef(index=index, created_by=line)


def created_by(step: Step) -> str:
    """Return the beginning of a history line, values that look secret masked."""
    return _excerpt(step.raw)


@lru_cache(_STEPS)
def _excerpt(line: str) -> str:
    """Return what every record about a step repeats."""
    return mask.line(joined(unicode(line)), EXCERPT)

"""How far an image's history speaks for all of its layers."""

import hashlib
from functools import lru_cache
from itertools import takewhile

from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import History, Step

_NO_DOCKERFILE = frozenset(
    {"apko", "bazel", "buildpacks", "imagefactory", "import", "jib", "kiwi", "ko", "nix"}
)
"""Builders that read no Dockerfile."""


def without_dockerfile(history: History) -> bool:
    """Tell an image that a tool made without any Dockerfile."""
    made = [step for step in history.steps if step.layer is not None]
    return bool(made) and all(step.builder in _NO_DOCKERFILE for step in made)


def silent_layers(view: ImageView, base: Boundary) -> int:
    """Return how many layers no history step tells anything about, those of the base left out."""
    history = view.history
    if not history.steps:
        return len(view.layers)
    if not history.reliable:
        told = sum(1 for step in history.steps if step.instruction != "EMPTY")
        return max(0, len(view.layers) - told)
    return sum(
        1
        for step in history.steps
        if step.layer is not None
        and step.instruction == "EMPTY"
        and step.builder not in _NO_DOCKERFILE
        and not base.excuses(step.index, step.layer)
    )


def unknown_steps(view: ImageView, base: Boundary) -> tuple[Step, ...]:
    """Return the steps that hide what ran and whose layer is not empty, but for the base's."""
    return tuple(
        step
        for step in view.history.steps
        if hides_what_ran(view, step)
        and step.builder not in _NO_DOCKERFILE
        and not base.excuses(step.index, step.layer)
        and _may_hold(view, step)
    )


def hides_what_ran(view: ImageView, step: Step) -> bool:
    """Tell a step whose instruction nobody knows.

    `docker commit` writes the command of the container, which says nothing of what changed.
    Nor does the import of a root filesystem above other steps.
    """
    above = step.instruction == "ROOTFS" and step not in view.once(_roots)
    return above or step.instruction == "RAW"


def _roots(view: ImageView) -> tuple[Step, ...]:
    """Return the steps that bring the root: the first; on Windows, the updates on top too."""
    made = (step for step in view.history.steps if step.layer is not None)
    first = tuple(takewhile(lambda step: step.instruction == "ROOTFS", made))
    return first if view.is_windows else first[:1]


def _may_hold(view: ImageView, step: Step) -> bool:
    """Tell whether the layer of a step has anything in it, or may have."""
    if step.layer is None:
        return not view.history.reliable
    layer = view.layers[step.layer]
    return bool(layer.entries or layer.missing or layer.partial)


def of_step(
    step: Step, base: Boundary, detail: str, *, reason: str = "", severity: Severity = "medium"
) -> Evidence:
    """Return a history step as evidence."""
    excused = base.excuses(step.index, step.layer)
    return Evidence(
        detail=detail,
        kind="history",
        reason=reason,
        layer=step.layer,
        step=step.index,
        origin=base.of_step(step.index),
        severity="info" if excused else severity,
        sha256=digest(step.raw),
    )


@lru_cache(maxsize=16)
def digest(line: str) -> str:
    """Return the sha256 of a line of the history: once, however much evidence it gives."""
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()

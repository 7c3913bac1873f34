"""Run controls over one image; what no control may get wrong is decided here.

Missing evidence is never a pass: not a layer that was not read, not a config or history that is
not there, not a defect in a control.
"""

from collections.abc import Sequence
from dataclasses import replace

from ocianalyze.controls._base import Control, Result, layers_unread, undecided
from ocianalyze.controls.catalogue import Listed
from ocianalyze.controls.origin import Boundary, boundary
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_ABOUT_INTEGRITY = "cis-docker-4.12"
_MOST = 1_000
"""Evidence of one control of one image."""
_OF_ITS_KIND = frozenset({"windows-image", "no-dockerfile"})
"""Reasons for which a control cannot apply whatever the unread layers hold."""


def evaluate(view: ImageView, controls: Sequence[Listed]) -> tuple[Result, ...]:
    """Return one result for each control, in their order."""
    base = boundary(view)
    steps = {step.layer: step.index for step in view.history.steps if step.layer is not None}
    results = []
    for control, recommendation in controls:
        verdict = _evidenced(view, control, _verdict(view, control))
        shown = _bounded(verdict.evidence)
        evidence = tuple(_located(item, verdict, steps, base) for item in shown)
        results.append(Result(control, recommendation, replace(verdict, evidence=evidence)))
    return tuple(results)


def _bounded(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return as much evidence as anybody reads, and how much more there is."""
    if len(evidence) <= _MOST:
        return evidence
    left = evidence[_MOST]
    more = Evidence(detail=f"{len(evidence) - _MOST} more are not listed", kind=left.kind)
    return (*evidence[:_MOST], replace(more, reason="more", severity=left.severity))


def _located(item: Evidence, verdict: Verdict, steps: dict[int, int], base: Boundary) -> Evidence:
    """Return evidence with the step and the origin that its layer tells."""
    if item.layer is None:
        origin = verdict.origin if item.kind == "config" else item.origin
        return item if item.origin == origin else replace(item, origin=origin)
    step = steps.get(item.layer) if item.step is None else item.step
    origin = base.of_layer(item.layer) if item.origin == "unknown" else item.origin
    return replace(item, step=step, origin=origin)


def withhold(view: ImageView, controls: Sequence[Listed]) -> tuple[Result, ...]:
    """Return results for an image whose bytes are not what it promises.

    Only the control about validated artifacts speaks; nothing else is worth saying of such bytes.
    """
    titles = (found.title for found in view.findings if found.code.startswith("integrity."))
    summary = f"not evaluated: {next(titles, 'bytes differ from their digests')}"
    return tuple(
        Result(
            control,
            recommendation,
            _verdict(view, control)
            if control.id == _ABOUT_INTEGRITY
            else undecided("integrity-failed", summary),
        )
        for control, recommendation in controls
    )


def _verdict(view: ImageView, control: Control) -> Verdict:
    try:
        return control.evaluate(view)
    except Exception as error:  # noqa: BLE001 - a control's defect must neither crash nor pass
        name = type(error).__name__
        return undecided("control-error", f"not evaluated: the control failed with {name}")


def _evidenced(view: ImageView, control: Control, verdict: Verdict) -> Verdict:
    """Take back a verdict that rests on evidence that is not there."""
    favourable = verdict.status is Status.PASS or (
        verdict.status is Status.NOT_APPLICABLE and verdict.reason not in _OF_ITS_KIND
    )
    if not favourable:
        return verdict
    if "filesystem" in control.needs and view.unread:
        return layers_unread(view, verdict.evidence)
    if left := sorted(control.needs & view.skipped):
        return undecided(f"{left[0]}-skipped", f"not evaluated: {left[0]} were not looked for")
    if "config" in control.needs and view.config is None:
        return undecided("config-absent", "not evaluated: the image has no readable config")
    if "history" in control.needs and not view.history.steps:
        return undecided("history-absent", "not evaluated: the image has no history")
    return verdict

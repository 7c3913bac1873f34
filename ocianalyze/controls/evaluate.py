"""Run controls over one image; what no control may get wrong is decided here.

Missing evidence is never a pass: not a layer that was not read, not a config or history that is
not there, not a defect in a control.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from ocianalyze.controls._base import (
    Control,
    Recommendation,
    Result,
    history_unread,
    layers_unread,
    undecided,
    windows_image,
)
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.catalogue import Listed
from ocianalyze.controls.combined import Worst, asked
from ocianalyze.controls.evidence import joined
from ocianalyze.controls.outside import verdict as outside
from ocianalyze.controls.proof import proved
from ocianalyze.controls.unspoken import quotable, unspoken
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import unmasked
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict

_ABOUT_INTEGRITY = frozenset({"cis-docker-4.12", "ocia-digest-mismatch"})
_MOST = 1_000
"""Evidence of one control of one image."""
_OF_ITS_KIND = frozenset({"windows-image", "no-dockerfile"})
"""Reasons for which a control cannot apply whatever the unread layers hold."""
Weigh = Callable[[ImageView, Control, Verdict], Verdict]
"""What a profile makes of a verdict while all its evidence is there."""


def evaluate(
    view: ImageView, controls: Sequence[Listed], weigh: Weigh | None = None
) -> tuple[Result, ...]:
    """Return one result for each item, in their order; a control runs once for all its items."""
    said = _Said(view, weigh)
    return tuple(Result(control, item, said.of(control)) for control, item in controls)


class _Said:
    """Verdicts on one image, each control asked once with the same parameters."""

    def __init__(self, view: ImageView, weigh: Weigh | None = None) -> None:
        self._view = view
        self._own = view.once(unmasked)
        """To decide by, never to quote."""
        self._weigh = weigh
        self._base = boundary(self._own)
        steps = view.history.steps
        self._steps = {step.layer: step.index for step in steps if step.layer is not None}
        self._verdicts: dict[Hashable, Verdict] = {}

    def of(self, control: Control) -> Verdict:
        """Return what a control says, its evidence located."""
        question = asked(control)
        if question not in self._verdicts:
            verdict = _evidenced(self._view, control, self._asked(control))
            if self._weigh is not None:
                verdict = self._weigh(self._view, control, verdict)
            shown = _bounded(verdict.evidence)
            located = (_located(x, verdict, self._steps, self._base) for x in shown)
            evidence = tuple(proved(self._view, item) for item in located)
            origin = _origin(verdict, self._base)
            self._verdicts[question] = replace(verdict, evidence=evidence, origin=origin)
        return self._verdicts[question]

    def _asked(self, control: Control) -> Verdict:
        if self._view.is_windows and control.on_windows == "meaningless":
            return windows_image()
        if isinstance(control.evaluate, Worst):
            return control.evaluate.of([(x, self.of(x)) for x in control.evaluate.parts])
        verdict = _verdict(self._own, control)
        if self._own is self._view:
            return verdict
        hidden = self._view.once(unspoken)
        return quotable(verdict, hidden, lambda: _verdict(self._view, control))


def _bounded(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return as much evidence as anybody reads, and how much more there is."""
    if len(evidence) <= _MOST:
        return evidence
    left = evidence[_MOST]
    more = Evidence(detail=f"{len(evidence) - _MOST} more are not listed", kind=left.kind)
    return (*evidence[:_MOST], replace(more, reason="more", severity=left.severity))


def _located(item: Evidence, verdict: Verdict, steps: dict[int, int], base: Boundary) -> Evidence:
    """Return evidence with the step and the origin that its layer tells, or its step."""
    if item.layer is None:
        origin = verdict.origin if item.kind == "config" else _side(item, base)
        return item if item.origin == origin else replace(item, origin=origin)
    step = steps.get(item.layer) if item.step is None else item.step
    return replace(item, step=step, origin=_side(item, base))


def _side(item: Evidence, base: Boundary) -> Origin:
    """Return where evidence comes from: as its control says, else its layer, else its step."""
    if item.origin != "unknown":
        return item.origin
    return base.of_step(item.step) if item.layer is None else base.of_layer(item.layer)


def _origin(verdict: Verdict, base: Boundary) -> Origin:
    """Return where a verdict comes from: as its control says, else where its evidence does.

    Notes decide only where there is nothing else. One fact of the author's is enough, whatever a
    control says, unless the config decides; evidence of unknown origin leaves open whether the
    base alone is the cause, and no control can tell what came with a base of which nothing is
    known. What is not evaluated has no cause: its evidence says what is missing.
    """
    has_base = base.layers or base.steps
    said = verdict.origin if has_base or verdict.origin != "base" else "unknown"
    if verdict.status is Status.NOT_EVALUATED:
        return said
    grave = [x for x in verdict.evidence if x.severity != "info" and not x.allowed]
    if said != "unknown" and (not _is_open(verdict) or any(x.kind == "config" for x in grave)):
        return said
    among = joined({_side(x, base) for x in grave or verdict.evidence})
    is_authors = among == "author" and bool(grave)
    return among if said == "unknown" or is_authors else said


def _is_open(verdict: Verdict) -> bool:
    return verdict.status in (Status.FAIL, Status.NEEDS_REVIEW)


def withhold(view: ImageView, controls: Sequence[Listed]) -> tuple[Result, ...]:
    """Return results for an image whose bytes are not what it promises.

    Only the controls about the bytes speak; nothing else is worth saying of such bytes. What
    another party owns stays with it.
    """
    titles = (found.title for found in view.findings if found.code.startswith("integrity."))
    summary = f"not evaluated: {next(titles, 'bytes differ from their digests')}"
    withheld = undecided("integrity-failed", summary)
    return tuple(
        Result(control, item, _despite(view, control, item) or withheld)
        for control, item in controls
    )


def _despite(view: ImageView, control: Control, item: Recommendation | None) -> Verdict | None:
    """Return what can be said of an image whose bytes are wrong."""
    if control.id in _ABOUT_INTEGRITY:
        return _verdict(view, control)
    if item is not None and item.include in ("out-of-scope", "hint"):
        return outside(item.owner)
    return None


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
    lacking = _lacking(view, control)
    return replace(lacking, evidence=verdict.evidence + lacking.evidence) if lacking else verdict


def _lacking(view: ImageView, control: Control) -> Verdict | None:
    """Return why a control cannot have seen all that it asks about, None when it has."""
    if "filesystem" in control.needs and view.unread:
        return layers_unread(view)
    if left := sorted(control.needs & view.skipped):
        return undecided(f"{left[0]}-skipped", f"not evaluated: {left[0]} were not looked for")
    if "config" in control.needs and view.config is None:
        return undecided("config-absent", "not evaluated: the image has no readable config")
    if view.is_windows and control.on_windows == "unseen":
        return undecided("windows-unseen", "not evaluated: not recognised in Windows images")
    return history_unread(view) if "history" in control.needs else None

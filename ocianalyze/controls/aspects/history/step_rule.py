"""Judge build steps one by one: the author's fail, the base's are noted."""

from collections.abc import Callable, Iterable, Iterator

from ocianalyze.controls._base import undecided
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.history.steps import (
    of_step,
    silent_layers,
    unknown_steps,
    without_dockerfile,
)
from ocianalyze.controls.evidence import counted
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.history import Step

Find = Callable[[ImageView], Iterable[tuple[Step, str]]]
"""Steps that are wrong, with what is wrong in a few words."""
_ROOM = 60


@dataclass(frozen=True, slots=True)
class StepRule:
    """Use as a control's `evaluate`: no step of the author's may be among those found."""

    reason: str
    noun: str
    """What it looks for, for the summary of a pass."""
    find: Find
    about_commands: bool = True
    """It reads the text of RUN steps, which may be lost; what a script does is not its matter."""
    severity: Severity = "medium"
    status: Status = Status.FAIL
    unsure: Find | None = None
    """Steps of which the history does not tell whether they are wrong."""

    def __call__(self, view: ImageView) -> Verdict:
        """Return the verdict on all steps of an image."""
        if not view.history.steps:
            return undecided("history-absent", "not evaluated: the image has no history")
        if without_dockerfile(view.history):
            return Verdict(Status.NOT_APPLICABLE, "no-dockerfile", "built without a Dockerfile")
        base = view.once(boundary)
        found = [(step, what) for step, what in self.find(view)]
        own = [x for x in found if not _excused(x[0], base)]
        sure = [x for x in own if base.of_step(x[0].index) != "base"]
        told = {step.index for step, _ in sure}
        evidence = tuple(
            of_step(step, base, what, reason=self.reason, severity=self.severity)
            for step, what in (*sure, *(x for x in found if x[0].index not in told))
        )
        if sure:
            return self._found(self.status, sure, evidence, base)
        if own:
            return self._found(Status.NEEDS_REVIEW, own, evidence, base)
        if asked := self._asked(view, base):
            more = (of_step(x, base, what, reason=self.reason) for x, what in asked)
            return self._found(Status.NEEDS_REVIEW, asked, (*more, *evidence), base)
        return self._unknown(view, base, evidence) or self._passed(view, base, evidence)

    def _asked(self, view: ImageView, base: Boundary) -> list[tuple[Step, str]]:
        found = self.unsure(view) if self.unsure else ()
        return [x for x in found if not _excused(x[0], base)]

    def _found(
        self,
        status: Status,
        guilty: list[tuple[Step, str]],
        evidence: tuple[Evidence, ...],
        base: Boundary,
    ) -> Verdict:
        step, what = guilty[0]
        where = f" (step {step.index})" + (f", {len(guilty) - 1} more" if guilty[1:] else "")
        return Verdict(
            status,
            self.reason,
            what[: _ROOM - len(where)] + where,
            evidence,
            confidence="exact" if status is Status.FAIL else "heuristic",
            origin=base.of_step(step.index),
        )

    def _unknown(
        self, view: ImageView, base: Boundary, evidence: tuple[Evidence, ...]
    ) -> Verdict | None:
        """Return why nothing can be said although nothing was found."""
        if silent := silent_layers(view, base):
            layers = counted(len(view.layers), "layer")
            summary = f"not evaluated: no history for {silent} of {layers}"
            return undecided("history-incomplete", summary, *evidence)
        hidden = list(unknown_steps(view, base))
        if self.about_commands:
            hidden += (x for x in view.history.steps if x.lost and not _excused(x, base))
        if not hidden:
            return None
        told = (of_step(x, base, "hides what ran", reason="history-opaque") for x in hidden)
        steps = counted(len(view.history.steps), "step")
        summary = f"not evaluated: {len(hidden)} of {steps} hide what ran"
        return undecided("history-opaque", summary, *evidence, *told)

    def _passed(self, view: ImageView, base: Boundary, evidence: tuple[Evidence, ...]) -> Verdict:
        ran = (x for x in view.history.steps if x.opaque and not _excused(x, base))
        exact = view.history.reliable and not (self.unsure and any(ran))
        return Verdict(
            Status.PASS,
            f"no-{self.reason}",
            f"no {self.noun} in the author's steps"[:_ROOM],
            evidence,
            confidence="exact" if exact else "strong",
        )


def _excused(step: Step, base: Boundary) -> bool:
    return base.excuses(step.index, step.layer)


def each(wrong: Callable[[Step], str]) -> Find:
    """Return a `Find` that asks every step by itself; an empty answer means nothing is wrong."""

    def find(view: ImageView) -> Iterator[tuple[Step, str]]:
        for step in view.history.steps:
            if what := wrong(step):
                yield step, what

    return find

"""Items that ask for several things at once: the worst verdict of their parts."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ocianalyze.controls._base import Automation, Control, tuned
from ocianalyze.controls.evidence import joined
from ocianalyze.controls.saying import ROOM, shortened
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict, Waived

_WORST = (
    Status.FAIL,
    Status.NEEDS_REVIEW,
    Status.NOT_EVALUATED,
    Status.PASS,
    Status.OUT_OF_SCOPE,
    Status.NOT_APPLICABLE,
)
"""A part that is not decided keeps the whole from passing; one that cannot apply does not."""


@dataclass(frozen=True, slots=True)
class Worst:
    """Use as a control's `evaluate`; each part runs once however many combine it."""

    parts: tuple[Control, ...]

    def __call__(self, view: ImageView) -> Verdict:
        """Return the worst verdict of the parts."""
        return self.of([(part, part.evaluate(view)) for part in self.parts])

    def of(self, verdicts: Sequence[tuple[Control, Verdict]]) -> Verdict:
        """Return the worst of verdicts that are known already, with the evidence of its rank."""
        status = min((verdict.status for _, verdict in verdicts), key=_WORST.index)
        guilty = [(part, verdict) for part, verdict in verdicts if verdict.status is status]
        first, leading = guilty[0]
        summary = leading.summary
        question = leading.question or first.id
        if len(guilty) > 1 and status not in (Status.PASS, Status.NOT_APPLICABLE):
            told = "not evaluated: " if status is Status.NOT_EVALUATED else ""
            summary = _listed(told, [part.short for part, _ in guilty])
        remedies = dict.fromkeys(
            verdict.remediation or part.remediation for part, verdict in guilty
        )
        return replace(
            leading,
            summary=shortened(summary),
            evidence=tuple(x for _, verdict in guilty for x in verdict.evidence),
            origin=joined({verdict.origin for _, verdict in guilty}),
            reason=leading.reason if len(guilty) == 1 else f"{first.id}-and-others",
            remediation="; ".join(remedies),
            question=question if len(guilty) == 1 else "",
            waived=_waived([verdict.waived for _, verdict in guilty if verdict.waived]),
        )


def decider(control: Control) -> str:
    """Return the id of the control that asks the question: of a single part, the part's."""
    while isinstance(control.evaluate, Worst) and len(control.evaluate.parts) == 1:
        control = control.evaluate.parts[0]
    return control.id


def asked(control: Control) -> Hashable:
    """Return what tells a control's question: its id, its parts and the parameters set of them."""
    if isinstance(control.evaluate, Worst):
        return (control.id, *map(asked, control.evaluate.parts))
    return (control.id, control.settings)


def _waived(found: Sequence[Waived]) -> Waived | None:
    """Return that a whole passes since parts of it are waived, the worst of them first."""
    if not found:
        return None
    worst = min(found, key=lambda one: _WORST.index(one.status))
    return replace(worst, by=tuple(dict.fromkeys(each for one in found for each in one.by)))


def repeated(  # noqa: PLR0913 - what two items do not share
    part: Control,
    known_as: str,
    item: str,
    *,
    short: str,
    automation: Automation = "partial",
    answers: tuple[str, ...] = (),
) -> Control:
    """Return the control of an item that asks what another control decides already."""
    return Control(
        id=item,
        short=short,
        automation=automation,
        reads=part.reads,
        decides=f"as {known_as}: {part.decides}",
        limits=part.limits,
        remediation=part.remediation,
        evaluate=Worst((part,)),
        answers=answers,
    )


def settled(control: Control, values: Callable[[Control], Mapping[str, Any]]) -> Control:
    """Return a control with its parameters set, and with those of all that it is made of.

    So an item that asks what another control decides gets that control's answer. What is set for
    the whole itself holds for each part that has such a parameter.

    Args:
        control: a whole, or a single one.
        values: what is set of a control.

    Raises:
        UsageError: it has no such parameter, or the value is of another type.

    """
    own = values(control)
    if not isinstance(control.evaluate, Worst):
        return tuned(control, own)
    if own:
        tuned(control, own)
    parts = tuple(
        settled(part, lambda one: {**values(one), **_fitting(one, own)})
        for part in control.evaluate.parts
    )
    return replace(control, evaluate=replace(control.evaluate, parts=parts))


def _fitting(part: Control, values: Mapping[str, Any]) -> Mapping[str, Any]:
    known = {parameter.name for parameter in part.parameters}
    return {name: value for name, value in values.items() if name in known}


def _listed(told: str, names: Sequence[str]) -> str:
    """Return as many names as there is room for, and how many more there are: `a, b (+2)`."""
    for shown in range(len(names), 0, -1):
        left = f" (+{len(names) - shown})" if shown < len(names) else ""
        text = f"{told}{', '.join(names[:shown])}{left}"
        if len(text) <= ROOM:
            return text
    return f"{told}{len(names)} parts"

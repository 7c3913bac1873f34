"""What stands behind verdicts, as lines: the most urgent, or all of it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from ocianalyze.model.finding import Status
from ocianalyze.model.record import StepRef
from ocianalyze.model.report import ControlRecord, EvidenceRecord
from ocianalyze.report.blocks import LABELS, Line, Span, line
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import flow, indented, wrap
from ocianalyze.report.words import brief, fate, undecorated

_URGENT = 3
_STEP_LINES = 3
_NO_LEVEL = 9
_WEIGHT = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
_SURE = ("exact", "strong", "heuristic")
_OPEN = (Status.FAIL, Status.NEEDS_REVIEW)
_Where: TypeAlias = tuple[str | None, str | None, int | None]
"""Path, pointer and layer."""


def urgent(controls: list[ControlRecord], command: str, width: int) -> Iterator[Line]:
    """Yield the verdicts to act on first: where, from which step, and what helps.

    Args:
        controls: of one image.
        command: that shows all evidence.
        width: of a line.

    """
    ranked = sorted((c for c in controls if c.status in _OPEN), key=_rank)
    causes = {_cause(control): control for control in reversed(ranked)}
    chosen = _apart(control for control in ranked if causes[_cause(control)] is control)
    for place, control in enumerate(chosen, 1):
        lead, indent = f"  {place}  ", " " * 11
        first, *rest = wrap(shown(f"{control.number:<5} {control.summary}"), width - len(indent))
        yield (Span(lead), Span(first, "bold"))
        yield from (line(indent + more, "bold") for more in rest)
        yield from _gravest(control, indent, width)
        yield from _fix(control, indent, width, whole=False)
    if chosen:
        way_on = flow([f"ocianalyze explain {chosen[0].id}", command], width - 8)
        yield from (line(text, "dim") for text in indented(way_on, "  more: "))


def _cause(control: ControlRecord) -> tuple[str, ...]:
    """Return what a verdict rests on most: several items may complain of the same fact."""
    if not control.evidence:
        return (control.decided_by,)
    first = min(control.evidence, key=_gravity)
    return (first.path or "", first.pointer or "", first.detail)


def _apart(ranked: Iterable[ControlRecord]) -> list[ControlRecord]:
    """Return the first verdicts of which none complains of nothing but another one's places."""
    chosen: list[ControlRecord] = []
    told: list[frozenset[_Where]] = []
    for control in ranked:
        places = _places(control)
        if len(chosen) < _URGENT and not (places and any(places <= one for one in told)):
            chosen.append(control)
            told.append(places)
    return chosen


def _places(control: ControlRecord) -> frozenset[_Where]:
    """Return where the facts are that a verdict rests on, but for mere remarks."""
    grave = (e for e in control.evidence if e.severity != "info" and (e.path or e.pointer))
    return frozenset((e.path, e.pointer, e.layer.index if e.layer else None) for e in grave)


def everything(control: ControlRecord, width: int) -> Iterator[Line]:
    """Yield one verdict with all its evidence."""
    label = LABELS[control.status]
    title = f"{control.id}  {control.title}"
    first, *rest = wrap(title, width - 10)
    yield (Span(f"  {label.text:<8}", label.style), Span(first, "bold"))
    yield from (line(f"{'':10}{more}", "bold") for more in rest)
    room = width - 10
    said = f"{control.summary} [{control.reason}, {control.confidence}]"
    yield from (line(f"{'':10}{text}") for text in wrap(shown(said), room))
    for step, facts in groupby(control.evidence, lambda e: e.step):
        if step:
            yield from _made_by(step, " " * 10, width)
        for fact in facts:
            yield from _fact(fact, " " * (12 if step else 10), width, mark="- ")
    if control.status in (*_OPEN, Status.NOT_EVALUATED):
        yield from _fix(control, " " * 10, width, whole=True)


def _rank(control: ControlRecord) -> tuple[bool | int | list[int], ...]:
    """Return the place of a verdict: what somebody put there before what a config leaves open.

    Levels of one framework say nothing of another one's items, so they part only equals.
    """
    first = min(control.evidence, key=_gravity, default=None)
    number = [int(part) for part in control.number.split(".") if part.isdecimal()]
    return (
        control.status is not Status.FAIL,
        min((_WEIGHT[e.severity] for e in control.evidence), default=len(_WEIGHT)),
        control.origin == "base",
        _WEIGHT[control.severity],
        _SURE.index(control.confidence),
        first is None or not first.path,
        control.level if isinstance(control.level, int) else _NO_LEVEL,
        number,
    )


def _gravity(evidence: EvidenceRecord) -> tuple[bool, int, bool]:
    return bool(evidence.allowed), _WEIGHT[evidence.severity], evidence.origin == "base"


def _gravest(control: ControlRecord, indent: str, width: int) -> Iterator[Line]:
    if not control.evidence:
        return
    first = min(control.evidence, key=_gravity)
    yield from _fact(first, indent, width)
    if first.step:
        yield from _made_by(first.step, indent, width)
    if others := len(control.evidence) - 1:
        yield line(f"{indent}and {others} more", "dim")


def _fact(evidence: EvidenceRecord, indent: str, width: int, mark: str = "") -> Iterator[Line]:
    place = "/" + shown(evidence.path) if evidence.path else shown(evidence.pointer or "")
    where = fate(evidence.state, evidence.layer.index if evidence.layer else None)
    allowed = f"allowed: {shown(evidence.allowed)}" if evidence.allowed else ""
    told = [place, shown(brief(evidence.detail)), where, allowed]
    facts = flow(told, width - len(indent) - len(mark), "  ")
    yield from (line(text) for text in indented(facts, indent + mark))


def _made_by(step: StepRef, indent: str, width: int) -> Iterator[Line]:
    said = f"step {step.index}: {shown(undecorated(brief(step.created_by)))}"
    texts = wrap(said, width - len(indent))
    yield from (line(indent + text, "dim") for text in texts[:_STEP_LINES])


def _fix(control: ControlRecord, indent: str, width: int, *, whole: bool) -> Iterator[Line]:
    remedies = control.remediation.splitlines()
    for number, remedy in enumerate(remedies if whole else remedies[:1]):
        lead = f"{indent}fix: " if number == 0 else f"{indent}     "
        texts = wrap(shown(remedy), width - len(lead))
        yield from (line(text, "green") for text in indented(texts, lead))

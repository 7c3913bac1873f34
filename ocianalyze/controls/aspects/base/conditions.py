"""What a policy asks of a base beside its name: how old it may be, who must have signed it.

The age of a base that its layers prove is that of its newest file: the digests prove the times of
its files, too. What the image says of itself, the days of its history, may only speak against it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls._base import undecided
from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.controls.aspects.history.days import LAST, MARGIN, day, newest, of_seconds
from ocianalyze.controls.evidence import counted
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_SIGNERS = 100
_WORST = (Status.FAIL, Status.NEEDS_REVIEW, Status.NOT_EVALUATED, Status.PASS)


class _Made(NamedTuple):
    """When a base was made, as far as anything tells."""

    day: date
    evidence: Evidence
    is_proved: bool


def with_conditions(verdict: Verdict, *others: Verdict) -> Verdict:
    """Return the worst of a verdict on the base and of those on conditions, with all evidence."""
    if not others:
        return verdict
    told = (verdict, *others)
    worst = min(told, key=lambda one: _WORST.index(one.status))
    return replace(worst, evidence=tuple(x for one in told for x in one.evidence), origin="base")


def young(view: ImageView, base: Boundary, days: int, today: date | None) -> Verdict:
    """Compare the age of the base with the days that it may have."""
    made = _made(view, base)
    if made is None:
        summary = "not evaluated: nothing tells how old the base is"
        return undecided("base-age-unknown", summary)
    told = made.evidence
    if today is None:
        summary = f"not evaluated: base of {made.day}, give --now"
        return undecided("no-date", summary, told)
    age = (today - made.day).days
    if age > days:
        summary = f"base is {counted(age, 'day')} old, more than {days}"
        told = replace(told, severity="medium", reason="base-old")
        return Verdict(Status.FAIL, "base-old", summary, (told,))
    if age < -MARGIN:
        summary = f"not evaluated: base of {made.day}, after {today}"
        return undecided("made-later", summary, told)
    if made.is_proved:
        return Verdict(Status.PASS, "base-young", f"base is {max(age, 0)} days old", (told,))
    summary = f"only the image itself says: base of {made.day}"
    return Verdict(Status.NEEDS_REVIEW, "base-age-self-declared", summary, (told,), "heuristic")


def _made(view: ImageView, base: Boundary) -> _Made | None:
    return next(_of_files(view, base), None) or next(_of_steps(view, base), None)


def _of_files(view: ImageView, base: Boundary) -> Iterator[_Made]:
    """Yield the day of the newest file of a base that is proved; times that say none are left."""
    if base.base is None:
        return
    times = view.once(newest)
    layer = max(range(base.layers), key=lambda index: times.get(index, 0), default=0)
    found = day(str(of_seconds(times.get(layer, 0)) or ""))
    if found is not None and found <= LAST:
        detail = f"newest file of the base is of {found}"
        told = Evidence(detail, "layer", "base-age", layer=layer, origin="base", severity="info")
        yield _Made(found, told, is_proved=True)


def _of_steps(view: ImageView, base: Boundary) -> Iterator[_Made]:
    """Yield the newest day that the history gives to a step of the base."""
    steps = [(made, x) for x in islice(view.history.steps, base.steps) if (made := day(x.created))]
    if steps:
        made, step = max(steps, key=lambda pair: pair[0])
        detail = f"the history says: step of {made}"
        told = Evidence(detail, "history", "base-age", step=step.index, origin="base",
                        severity="info")  # fmt: skip
        yield _Made(made, told, is_proved=False)


def signed(signers: Sequence[str]) -> Verdict:
    """Say that who signed the base is not known: no signature is evidence yet."""
    summary = "not evaluated: signatures of the base are not read"
    told = tuple(
        Evidence(f"must be signed by {one[:100]}", "manifest", "signer", severity="info")
        for one in signers[:_SIGNERS]
    )
    return undecided("signature-unread", summary, *told)

"""Which verdicts say the same: one defect is one, however many catalogues ask for it.

What looks alike is not the same: two questions may have one answer. Only a control knows that it
gives another's answer, and then its verdict says so.
"""

from collections.abc import Hashable, Iterable, Sequence

from ocianalyze.controls._base import Result
from ocianalyze.controls.combined import decider
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord

_DECIDED = (Status.PASS, Status.FAIL, Status.NEEDS_REVIEW)


def repetitions(results: Iterable[Result], names: Sequence[str]) -> list[str | None]:
    """Return by verdict on one image the name of an earlier one that says the same, or None.

    Two say the same when they answer the same question in the same way, whatever of it an
    allowance of the profile took from one of them.

    Args:
        results: in the document's order.
        names: of the same, each once.

    """
    first: dict[Hashable, str] = {}
    earlier = (first.setdefault(_said(one), name) for one, name in zip(results, names, strict=True))
    return [None if other == name else other for other, name in zip(earlier, names, strict=True)]


def each_question(controls: Iterable[ControlRecord]) -> list[ControlRecord]:
    """Return verdicts on one image without those that say what an earlier one of them says."""
    found: dict[str, ControlRecord] = {}
    for row in controls:
        found.setdefault(row.same_as or row.control, row)
    return list(found.values())


def _said(result: Result) -> Hashable:
    """Return the question and its answer; what is missing for several is no common answer."""
    verdict, asked = result.verdict, decider(result.control)
    if verdict.status in _DECIDED:
        asked = verdict.question or asked
    waived = verdict.waived and (verdict.waived.status, verdict.waived.reason)
    return asked, verdict.status, verdict.reason, waived

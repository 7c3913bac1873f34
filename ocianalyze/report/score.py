"""Scores: only what was decided counts, and how much was not stands beside.

What passes by an allowance of the profile (controls.md 1.0: a waiver) counts as neither, but apart.
Of all frameworks together a fact counts once; of one framework each of its items counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ocianalyze.model.anomaly import GRAVEST_FIRST
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from ocianalyze.model.standing import ScoreRecord
from ocianalyze.report.questions import each_question

_UNDECIDED = (Status.NEEDS_REVIEW, Status.NOT_EVALUATED)


def is_waived(row: ControlRecord) -> bool:
    """Tell whether a verdict would not pass without an allowance of the profile."""
    return row.waived is not None


def scores(controls: Sequence[ControlRecord]) -> Iterator[ScoreRecord]:
    """Yield the score of everything, then of each framework, each of its levels and severities.

    Args:
        controls: of one image, in the document's order.

    """
    yield score(each_question(controls))
    for framework, group in groupby(controls, lambda control: control.framework):
        rows = list(group)
        if framework:
            yield from _of_framework(framework, rows)


def score(
    rows: Iterable[ControlRecord], framework: str = "", by: str = "all", value: str = ""
) -> ScoreRecord:
    """Return the score of some verdicts."""
    found = list(rows)
    statuses = [row.status for row in found if not is_waived(row)]
    passed, failed = statuses.count(Status.PASS), statuses.count(Status.FAIL)
    return ScoreRecord.model_validate(
        {
            "framework": framework,
            "by": by,
            "value": value,
            "passed": passed,
            "failed": failed,
            "undecided": sum(map(statuses.count, _UNDECIDED)),
            "waived": sum(map(is_waived, found)),
            "percent": _percent(passed, failed),
        }
    )


def _percent(passed: int, failed: int) -> float | None:
    """Return the share that passes, rounded half up; all and none are said of all and none only."""
    decided = passed + failed
    if not decided:
        return None
    tenths = (2000 * passed + decided) // (2 * decided)
    return min(max(tenths, passed > 0), 1000 - (failed > 0)) / 10


def _of_framework(framework: str, rows: Sequence[ControlRecord]) -> Iterator[ScoreRecord]:
    yield score(rows, framework)
    levels = sorted({str(row.level) for row in rows if row.level is not None})
    for level in levels:
        within = (row for row in rows if str(row.level) == level)
        yield score(within, framework, "level", level)
    for severity in GRAVEST_FIRST:
        if weighing := [row for row in rows if row.severity == severity]:
            yield score(weighing, framework, "severity", severity)

"""Scores count what was decided, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model.finding import Status, Verdict
from ocianalyze.model.report import ControlRecord
from ocianalyze.model.standing import ScoreRecord, WaivedRecord
from ocianalyze.report._base import Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.report.questions import each_question
from ocianalyze.report.score import is_waived, score, scores
from tests.report.documents import ANALYSIS, IMAGE, RESULTS

SAMPLE = assemble(ANALYSIS).controls[0]
WAIVED = WaivedRecord(status=Status.FAIL, reason="bad", allowances=())


def verdicts(*statuses: Status) -> list[ControlRecord]:
    """Return records of different controls with these statuses."""
    return [
        SAMPLE.model_copy(
            update={"status": status, "decided_by": f"x-{number}", "control": f"x-{number}"}
        )
        for number, status in enumerate(statuses)
    ]


def found(rows: list[ControlRecord], by: str, value: str = "") -> ScoreRecord:
    """Return one score of a framework."""
    framework = rows[0].framework
    fits = (framework, by, value)
    return next(one for one in scores(rows) if (one.framework, one.by, one.value) == fits)


@given(st.lists(st.sampled_from(Status)))
def test_only_passes_and_failures_make_a_score(statuses: list[Status]) -> None:
    """The rest is neither counted as good nor as bad; what is missing is said beside it."""
    told = score(verdicts(*statuses))
    assert told.passed == statuses.count(Status.PASS)
    assert told.failed == statuses.count(Status.FAIL)
    missing = [status for status in statuses if status in ("needs-review", "not-evaluated")]
    assert told.undecided == len(missing)
    decided = [status for status in statuses if status in ("pass", "fail")]
    assert (told.percent is None) == (not decided)
    rest = [status for status in statuses if status not in ("pass", "fail")]
    assert score(verdicts(*decided)).percent == told.percent
    assert score(verdicts(*rest)).percent is None


def test_what_is_waived_neither_passes_nor_fails() -> None:
    """In none of the scores."""
    rows = verdicts(Status.PASS, Status.PASS, Status.FAIL)
    rows[0] = rows[0].model_copy(update={"waived": WAIVED})
    for one in scores(rows):
        assert (one.passed, one.failed, one.waived, one.percent) == (1, 1, 1, 50.0)
    assert [is_waived(row) for row in rows] == [True, False, False]


@pytest.mark.parametrize(
    ("passed", "failed", "percent"),
    [
        (0, 0, None),
        (1, 0, 100.0),
        (0, 1, 0.0),
        (2, 1, 66.7),
        (2, 5, 28.6),
        (1, 7, 12.5),
        (1, 1_999, 0.1),
        (1, 9_999, 0.1),
        (1_999, 1, 99.9),
        (9_999, 1, 99.9),
    ],
)
def test_a_score_is_rounded_but_full_or_empty_only_where_it_is(
    passed: int, failed: int, percent: float | None
) -> None:
    """One digit, half up; neither the last failure nor the only pass is rounded away."""
    statuses = [Status.PASS] * passed + [Status.FAIL] * failed
    assert score(verdicts(*statuses)).percent == percent


def test_levels_and_severities_have_their_own() -> None:
    """Each sums to the whole."""
    rows = list(assemble(ANALYSIS).controls)
    whole = found(rows, "all")
    for by in ("level", "severity"):
        parts = [one for one in scores(rows) if one.by == by]
        assert sum(one.passed for one in parts) == whole.passed == 1
        assert sum(one.failed for one in parts) == whole.failed == 3
        assert sum(one.undecided for one in parts) == whole.undecided == 2
    assert (found(rows, "level", "2").failed, found(rows, "level", "1").failed) == (1, 2)


def test_a_question_that_several_ask_counts_once_in_the_whole() -> None:
    """Within each framework its item counts all the same."""
    one = SAMPLE.model_copy(update={"framework": "A"})
    other = SAMPLE.model_copy(update={"framework": "B", "control": "b-1"})
    rows = [one, other.model_copy(update={"same_as": one.control})]
    assert each_question(rows) == [one]
    told = {(s.framework, s.by): s.failed for s in scores(rows) if s.by == "all"}
    assert told == {("", "all"): 1, ("A", "all"): 1, ("B", "all"): 1}


def test_nothing_decided_has_no_score() -> None:
    """Not 0 and not 100."""
    verdict = Verdict(Status.NOT_EVALUATED, "x", "not evaluated: x")
    image = replace(IMAGE, results=(replace(RESULTS[0], verdict=verdict),))
    standing = assemble(Analysis("x.tar", "docker-archive", (image,))).standings[0]
    assert {one.percent for one in standing.scores} == {None}
    assert {one.undecided for one in standing.scores} == {1}

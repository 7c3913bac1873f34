"""One defect is one in every sum, however many items tell of it; each item keeps its verdict."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from ocianalyze.controls._base import Recommendation, Result
from ocianalyze.controls.combined import Worst, repeated
from ocianalyze.model.finding import Evidence, Status, Verdict, Waived
from ocianalyze.model.report import ControlRecord, Report, schema
from ocianalyze.report import blocks
from ocianalyze.report._base import Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.report.gate import gate
from ocianalyze.report.questions import each_question
from tests.report.documents import IMAGE, RESULTS

USER = Evidence("User is empty", "config", pointer="/config/User", severity="high")
NOTE = Evidence("the pod may set another", "config", pointer="/config/User", severity="info")
ROOT = Verdict(Status.FAIL, "runs-as-root", "runs as root", (USER,), question="a-1.0")
SAME: dict[str, Any] = {
    "summary": "said in other words",
    "evidence": (USER, NOTE),
    "remediation": "other",
}


def _report(*verdicts: Verdict) -> Report:
    return _document(tuple(map(_result, range(len(verdicts)), verdicts)))


def _document(results: tuple[Result, ...]) -> Report:
    return assemble(Analysis("x.tar", "docker-archive", (replace(IMAGE, results=results),)))


def _of(results: tuple[Result, ...]) -> tuple[ControlRecord, ...]:
    return _document(results).controls


def _result(number: int, verdict: Verdict) -> Result:
    item = Recommendation("A", "1", f"1.{number}", "t", 1, "manual", id=f"a-1.{number}")
    control = replace(RESULTS[0].control, id=item.id)
    return Result(control, item, verdict)


def _rows(*verdicts: Verdict) -> tuple[ControlRecord, ...]:
    return _report(*verdicts).controls


def test_an_answer_that_several_items_give_is_told_by_the_first() -> None:
    rows = _rows(ROOT, replace(ROOT, **SAME), ROOT)
    assert [row.same_as for row in rows] == [None, "a-1.0", "a-1.0"]
    assert [row.control for row in each_question(rows)] == ["a-1.0"]
    assert [row.control for row in each_question(rows[1:])] == ["a-1.1"]


@pytest.mark.parametrize(
    "other",
    [
        {"status": Status.NEEDS_REVIEW},
        {"reason": "unresolvable-user"},
        {"question": ""},
        {"question": "a-9"},
        {"status": Status.PASS, "waived": Waived(Status.FAIL, ROOT.reason, ())},
    ],
    ids=["status", "reason", "own-question", "other-question", "waived"],
)
def test_other_questions_and_answers_are_other_defects(other: dict[str, Any]) -> None:
    assert [row.same_as for row in _rows(ROOT, replace(ROOT, **other))] == [None, None]


def test_controls_that_look_alike_ask_questions_of_their_own() -> None:
    """Queries of a profile that return nothing have the same reason and evidence."""
    alike = Verdict(Status.FAIL, "unexpected", "none", (Evidence("no row", "config", "no-row"),))
    assert [row.same_as for row in _rows(alike, alike)] == [None, None]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_how_many_defects_there_are_depends_on_no_order(order: tuple[int, ...]) -> None:
    verdicts = [
        ROOT,
        replace(ROOT, **SAME),
        replace(ROOT, question="a-9"),
        replace(ROOT, reason="x"),
    ]
    rows = _rows(*(verdicts[at] for at in order))
    assert len(each_question(rows)) == 3


def test_what_an_allowance_takes_from_one_item_still_fails_in_the_other() -> None:
    """The profile names the repeating item, not the control that decides it."""
    part = _result(0, ROOT)
    waived = replace(ROOT, status=Status.PASS, waived=Waived(Status.FAIL, ROOT.reason, ()))
    again = repeated(part.control, "A 1.0", "a-1.1", short="again")
    rows = _of((replace(_result(1, waived), control=again), part))
    assert [(row.status, row.same_as) for row in rows] == [(Status.FAIL, None), (Status.PASS, None)]


@pytest.mark.parametrize("parts", [1, 2], ids=["single", "combined"])
def test_the_worst_of_several_is_the_answer_of_the_one_that_is_guilty(parts: int) -> None:
    first = replace(RESULTS[0].control, id="a-1.0")
    fine = Verdict(Status.PASS, "fine", "fine")
    told = Worst((first,) * parts).of([(first, replace(ROOT, question="")), (first, fine)][:parts])
    assert told.question == "a-1.0"
    assert not Worst((first, first)).of([(first, ROOT), (first, ROOT)]).question


def test_what_is_missing_for_several_is_no_common_answer() -> None:
    """One unread layer leaves many questions open."""
    unread = Verdict(
        Status.NOT_EVALUATED, "layers-unread", "not evaluated", (Evidence("not read", "layer"),)
    )
    assert [row.same_as for row in _rows(unread, unread)] == [None, None]


def test_an_item_that_repeats_a_question_is_decided_by_the_control_that_asks_it() -> None:
    first = _result(0, Verdict(Status.PASS, "fine", "fine"))
    again = repeated(first.control, "A 1.0", "a-1.1", short="again")
    rows = _of((first, replace(_result(1, first.verdict), control=again)))
    assert [row.decided_by for row in rows] == ["a-1.0", "a-1.0"]
    assert [row.same_as for row in rows] == [None, "a-1.0"]


def test_the_gate_says_how_many_defects_its_verdicts_are() -> None:
    decided = gate(_report(ROOT, ROOT, ROOT, replace(ROOT, reason="other")), "fail")
    assert (decided.failed, decided.distinct) == (4, 2)
    assert "4 verdicts, 2 distinct" in blocks.gate(decided)[2].text


def test_failures_of_base_and_author_count_once_and_are_all_named() -> None:
    told = _report(*[replace(ROOT, origin="base")] * 3).standings[0].origins
    assert (told.failures, told.base) == (1, 1)
    assert told.from_base == ("a-1.0", "a-1.1", "a-1.2")


def test_the_schema_says_which_spelling_of_an_id_is_which() -> None:
    fields = schema()["$defs"]["ControlRecord"]["properties"]
    for name, spelling in (("id", "`CIS-4.8`"), ("control", "`cis-docker-4.8`")):
        assert spelling in fields[name]["description"]
    assert "waived" in schema()["$defs"]["ControlRecord"]["required"]

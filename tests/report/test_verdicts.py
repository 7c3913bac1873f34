"""The tables of verdicts: one reason is told once."""

from itertools import chain

import pytest

from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from ocianalyze.model.standing import WaivedRecord
from ocianalyze.policy.allowances import REASON
from ocianalyze.report.assemble import assemble
from ocianalyze.report.verdicts import Asked, tables
from tests.report.documents import ANALYSIS

WHY = "not evaluated: nothing of it was read"

WAIVED = WaivedRecord(status=Status.FAIL, reason="bad", allowances=())


def _records(*summaries: str) -> list[ControlRecord]:
    """Return verdicts of one benchmark that nobody could give."""
    first = assemble(ANALYSIS).controls[0]
    abstained = {"status": Status.NOT_EVALUATED, "origin": "unknown"}
    return [
        first.model_copy(update={**abstained, "number": f"4.{number}", "summary": summary})
        for number, summary in enumerate(summaries, 1)
    ]


def _lines(records: list[ControlRecord], *, verbose: bool = False) -> list[str]:
    """Return the rows of verdicts that nobody could give."""
    lines = tables(records, None, Asked("l2", 80, verbose))
    texts = ["".join(span.text for span in line).rstrip() for line in lines]
    return [text for text in texts if text.startswith("  -  ")]


def test_many_verdicts_that_lack_the_same_are_one_line() -> None:
    """An image that was not read would otherwise repeat the reason for each."""
    records = _records(*[WHY] * 5, "not evaluated: no history")
    together, other = _lines(records)
    assert together == "  -       5 verdicts, 4.1 to 4.5: nothing of it was read"
    assert "4.6" in other
    assert len(_lines(records, verbose=True)) == 6


@pytest.mark.parametrize("count", [1, 2])
def test_few_verdicts_have_a_line_each(count: int) -> None:
    assert len(_lines(_records(*[WHY] * count))) == count


def test_only_neighbours_are_told_together() -> None:
    """The order of the benchmark is kept."""
    summaries = chain.from_iterable((WHY, f"not evaluated: {n}") for n in range(3))
    assert len(_lines(_records(*summaries))) == 6


@pytest.mark.parametrize("count", [3, 50])
def test_what_is_waived_is_counted_at_the_top_and_is_no_pass(count: int) -> None:
    """Whether every verdict has a line or not."""
    first = assemble(ANALYSIS).controls[0]
    passed = first.model_copy(update={"status": Status.PASS, "reason": "fine"})
    waived = passed.model_copy(update={"reason": REASON, "waived": WAIVED})
    rows = [passed, *[waived] * (count - 1)]
    lines = list(tables(rows, None, Asked("l2", 80, verbose=False)))
    texts = ["".join(span.text for span in line) for line in lines]
    assert f"  1 pass   {count - 1} waived" in texts
    assert (f"{count - 1} waived by the profile" in texts[0]) is (count > 40)
    assert sum(text.startswith("  WAIVED  ") for text in texts) == (count - 1 if count < 40 else 0)

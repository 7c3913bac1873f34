"""An item that asks for several things is as bad as the worst of them."""

from dataclasses import replace

import pytest

from ocianalyze.controls._base import Control, Parameter
from ocianalyze.controls.combined import Worst, repeated, settled
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from tests.images import image


def _part(name: str, status: Status) -> Control:
    verdict = Verdict(status, f"reason-{name}", f"summary {name}", (Evidence(name),))
    return Control(name, name, "full", "x", "x", "x", f"mend {name}", lambda _: verdict)


def _whole(*parts: Control) -> Control:
    return Control("whole", "whole", "full", "x", "x", "x", "x", Worst(parts))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((Status.PASS, Status.FAIL, Status.NOT_EVALUATED), Status.FAIL),
        ((Status.PASS, Status.NEEDS_REVIEW, Status.NOT_EVALUATED), Status.NEEDS_REVIEW),
        ((Status.PASS, Status.NOT_EVALUATED, Status.NOT_APPLICABLE), Status.NOT_EVALUATED),
        ((Status.PASS, Status.NOT_APPLICABLE), Status.PASS),
        ((Status.NOT_APPLICABLE, Status.NOT_APPLICABLE), Status.NOT_APPLICABLE),
    ],
    ids=["fail", "review", "undecided", "pass", "absent"],
)
def test_the_worst_part_counts(statuses: tuple[Status, ...], expected: Status) -> None:
    """A part that is not decided keeps the whole from passing, one that cannot apply does not."""
    parts = [_part(f"p{n}", status) for n, status in enumerate(statuses)]
    verdict = _whole(*parts).evaluate(image({}))
    assert verdict.status is expected
    guilty = [f"p{n}" for n, status in enumerate(statuses) if status is expected]
    assert [x.detail for x in verdict.evidence] == guilty
    assert verdict.remediation == "; ".join(f"mend {name}" for name in guilty)


def test_a_part_runs_once_however_many_combine_it() -> None:
    """As it was tuned: with another value it answers another question."""
    calls = []

    def count(_: ImageView, *, most: int = 0) -> Verdict:
        calls.append(most)
        return Verdict(Status.FAIL if most else Status.PASS, "fine", "fine")

    most = Parameter("most", 0, "a number")
    part = replace(_part("p", Status.FAIL), evaluate=count, parameters=(most,))
    one = replace(_whole(part), parameters=(most,))
    two = replace(_whole(part), id="other")
    three = settled(one, lambda x: {"most": 7} if x.id == one.id else {})
    results = evaluate(image({}), [(x, None) for x in (one, part, two, three)])
    assert [x.verdict.status for x in results] == [*[Status.PASS] * 3, Status.FAIL]
    assert calls == [0, 7]


def test_several_guilty_parts_are_named() -> None:
    parts = (_part("first", Status.FAIL), _part("second", Status.FAIL))
    verdict = _whole(*parts).evaluate(image({}))
    assert verdict.summary == "first, second"
    assert verdict.reason == "first-and-others"


def test_a_defect_of_one_part_is_not_evaluated() -> None:
    """It neither crashes the others nor lets the whole pass."""

    def broken(_: ImageView) -> Verdict:
        raise RuntimeError

    whole = _whole(_part("good", Status.PASS), replace(_part("bad", Status.PASS), evaluate=broken))
    assert evaluate(image({}), [(whole, None)])[0].verdict.status is Status.NOT_EVALUATED


def test_parts_are_cut_between_names_and_the_rest_is_counted() -> None:
    parts = [_part(f"{n} of twelve", Status.NOT_EVALUATED) for n in range(5)]
    summary = _whole(*parts).evaluate(image({})).summary
    assert summary == "not evaluated: 0 of twelve, 1 of twelve, 2 of twelve (+2)"


def test_one_long_name_leaves_the_number_of_parts() -> None:
    parts = [_part("x" * 80, Status.FAIL), _part("y", Status.FAIL)]
    assert _whole(*parts).evaluate(image({})).summary == "2 parts"


def test_an_item_that_repeats_a_control_says_and_decides_the_same() -> None:
    part = replace(_part("p", Status.FAIL), decides="fails", limits="much")
    item = repeated(part, "OTHER 1", "item", short="i", answers=("other",))
    assert (item.decides, item.limits, item.answers) == ("as OTHER 1: fails", "much", ("other",))
    assert item.evaluate(image({})).evidence == (Evidence("p"),)


def test_a_day_is_handed_on_to_every_part() -> None:
    def evaluate(view: ImageView, *, now: str = "") -> Verdict:  # noqa: ARG001 - its shape
        return Verdict(Status.FAIL, "r", now)

    days = (Parameter("now", "", "a day"),)
    parts = [replace(_part(x, Status.FAIL), evaluate=evaluate, parameters=days) for x in "ab"]

    def said(*parts: Control) -> str:
        whole = settled(_whole(*parts), lambda one: {"now": "2026-06-10"} if one.parameters else {})
        return str(whole.evaluate(image({})).summary)

    assert said(parts[0]) == "2026-06-10"
    assert said(*parts) == "a, b"

"""Whose a failure is follows from what causes it; what is not known excuses nobody."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.model.finding import Confidence, Evidence, Origin, Status, Verdict
from ocianalyze.model.report import ControlRecord, Report
from ocianalyze.model.standing import Side
from ocianalyze.report import standing_blocks
from ocianalyze.report._base import Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.report.gate import gate
from ocianalyze.report.sides import side
from ocianalyze.report.threshold import threshold
from tests.report.documents import ANALYSIS, IMAGE, RESULTS


def fact(origin: Origin, **fields: Any) -> Evidence:
    """Return a fact about a file."""
    return Evidence("a fact", path="bin/su", layer=0, origin=origin, **fields)


def report(
    *evidence: Evidence,
    origin: Origin = "unknown",
    confidence: Confidence = "exact",
    status: Status = Status.FAIL,
) -> Report:
    """Return a report with one verdict on an image whose base is known so well."""
    verdict = Verdict(status, "x", "x", evidence, origin=origin)
    image = replace(IMAGE, results=(replace(RESULTS[0], verdict=verdict),))
    made = assemble(Analysis("x.tar", "docker-archive", (image,)))
    base = made.images[0].base
    assert base
    known = made.images[0].model_copy(
        update={"base": base.model_copy(update={"confidence": confidence})}
    )
    return made.model_copy(update={"images": (known,)})


def verdict(*evidence: Evidence, origin: Origin = "unknown") -> ControlRecord:
    """Return one failure."""
    return report(*evidence, origin=origin).controls[0]


BASE, AUTHOR, UNKNOWN = fact("base"), fact("author"), fact("unknown")
CONFIG = Evidence("User is empty", kind="config", pointer="/config/User")


@pytest.mark.parametrize(
    ("evidence", "origin", "expected"),
    [
        pytest.param((BASE, BASE), "base", "base", id="base"),
        pytest.param((AUTHOR,), "author", "author", id="author"),
        pytest.param((AUTHOR, BASE), "author", "both", id="both"),
        pytest.param((AUTHOR, UNKNOWN), "author", "author", id="author-and-unknown"),
        pytest.param((BASE, UNKNOWN), "base", "unknown", id="base-and-unknown"),
        pytest.param((UNKNOWN,), "unknown", "unknown", id="unknown"),
        pytest.param((UNKNOWN,), "base", "base", id="the-verdict-knows"),
        pytest.param((), "author", "author", id="no-evidence"),
        pytest.param((CONFIG, BASE), "author", "author", id="config-decides"),
        pytest.param((AUTHOR, fact("base", severity="info")), "author", "author", id="explained"),
        pytest.param((BASE, fact("author", allowed="ticket 7")), "base", "base", id="allowed"),
    ],
)
def test_the_side_follows_from_the_causes(
    evidence: tuple[Evidence, ...], origin: Origin, expected: Side
) -> None:
    """Not from what explains, and not from what a profile allows."""
    assert side(verdict(*evidence, origin=origin)) == expected


@pytest.mark.parametrize(
    ("evidence", "fail_on", "failed"),
    [
        pytest.param(BASE, "fail:author", 0, id="base-author"),
        pytest.param(BASE, "fail:base", 1, id="base-base"),
        pytest.param(AUTHOR, "fail:author", 1, id="author-author"),
        pytest.param(AUTHOR, "fail:base", 0, id="author-base"),
        pytest.param(UNKNOWN, "fail:author", 1, id="unknown-author"),
        pytest.param(UNKNOWN, "fail:base", 1, id="unknown-base"),
        pytest.param(BASE, "needs-review:author", 0, id="review"),
        pytest.param(BASE, "fail", 1, id="all"),
    ],
)
def test_a_gate_may_count_one_side(evidence: Evidence, fail_on: str, failed: int) -> None:
    """What could be of that side counts."""
    decided = gate(report(evidence), fail_on)
    assert (decided.failed, decided.passed, decided.guessed) == (failed, not failed, False)


def test_a_guess_where_the_base_ends_excuses_nothing() -> None:
    """A later CMD would else make the author's steps the base's."""
    decided = gate(report(BASE, confidence="heuristic"), "fail:author")
    assert (decided.failed, decided.guessed) == (1, True)
    assert not gate(report(BASE, confidence="heuristic"), "fail").guessed
    assert gate(report(BASE, confidence="strong"), "fail:author").passed


def test_integrity_stops_a_gate_of_one_side_too() -> None:
    """Bytes that differ belong to nobody."""
    made = report(BASE)
    integrity = made.images[0].integrity.model_copy(update={"status": "failed"})
    image = made.images[0].model_copy(update={"integrity": integrity})
    assert not gate(made.model_copy(update={"images": (image,)}), "fail:author").passed


@pytest.mark.parametrize("text", ["", "fail:", "fail:all", "never:author", "author", "fail:base:x"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    """Before anything is read."""
    with pytest.raises(UsageError):
        threshold(text)


def test_failures_divide_between_base_and_author() -> None:
    """The document names those that another base may end."""
    found = assemble(ANALYSIS).standings[0].origins
    assert (found.failures, found.base, found.author, found.both, found.unknown) == (3, 1, 2, 0, 0)
    assert found.from_base == ("cis-docker-4.8",)
    lines = standing_blocks.whose(assemble(ANALYSIS).standings[0], 80, verbose=True)
    texts = ["".join(span.text for span in line) for line in lines]
    assert texts[0] == "  1 of 3 failures came with the base alone, 2 from the author"
    assert texts[1] == "  another base may end: cis-docker-4.8"

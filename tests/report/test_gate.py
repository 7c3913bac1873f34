"""The gate stops on what was asked, and on bytes that are not what they claim."""

from dataclasses import replace

import pytest

from ocianalyze.model.finding import Status, Waived, Waiver
from ocianalyze.report import blocks
from ocianalyze.report._base import Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.report.gate import gate, is_partial
from ocianalyze.report.threshold import FailOn
from tests.report.documents import ANALYSIS, IMAGE, RESULTS, SEVERAL, FakeArtifact


@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [("never", 0), ("fail", 3), ("needs-review", 4), ("not-evaluated", 5)],
)
def test_each_threshold_includes_those_before(fail_on: FailOn, failed: int) -> None:
    """The samples hold three failures, one review, one verdict without evidence."""
    decided = gate(assemble(ANALYSIS), fail_on)
    assert decided.failed == failed
    assert decided.passed is (failed == 0)


def test_bytes_unlike_their_digests_fail_every_gate_but_never() -> None:
    """Even when all verdicts pass."""
    image = replace(IMAGE, integrity="failed", results=RESULTS[3:4])
    report = assemble(Analysis("x.tar", "docker-archive", (image,)))
    assert not gate(report, "fail").passed
    assert gate(report, "never").passed


def test_nothing_analysed_does_not_reach_the_gate() -> None:
    """Not even the gate that lets everything through."""
    verdict = replace(RESULTS[3].verdict, status=Status.NOT_EVALUATED, reason="integrity-failed")
    withheld = replace(RESULTS[3], verdict=verdict)
    image = replace(IMAGE, integrity="failed", results=(withheld,))
    for images, why in (((), "no image"), ((image,), "integrity failed")):
        decided = gate(assemble(replace(ANALYSIS, images=images)), "never")
        assert (decided.passed, decided.obstacle) == (False, why)
        assert blocks.gate(decided)[1].text + blocks.gate(decided)[2].text == f"not reached: {why}"


def test_missing_evidence_does_not_pass_the_strictest_gate() -> None:
    """Nothing failed, yet nothing was decided."""
    image = replace(IMAGE, results=RESULTS[4:5])
    report = assemble(Analysis("x.tar", "docker-archive", (image,)))
    assert gate(report, "needs-review").passed
    assert not gate(report, "not-evaluated").passed


def test_a_missing_layer_or_image_makes_a_report_partial() -> None:
    """An artifact that never was an image does not."""
    assert not is_partial(assemble(ANALYSIS))
    assert is_partial(assemble(SEVERAL))
    beside = replace(ANALYSIS, artifacts=(FakeArtifact(),))
    assert not is_partial(assemble(beside))
    broken = replace(ANALYSIS, artifacts=(FakeArtifact(error=True),))
    assert is_partial(assemble(broken))


def test_what_is_waived_stops_nothing_and_is_said() -> None:
    """Neither the strictest gate, nor one that fails for something else."""
    waiver = Waiver("x-*", "accepted \udcff", "2027-06-30", path="usr/*")
    waived = Waived(Status.FAIL, "bad", (waiver,))
    passed = replace(RESULTS[3].verdict, waived=waived)
    result = replace(RESULTS[3], verdict=passed)
    one = replace(IMAGE, results=(result,))
    decided = gate(assemble(Analysis("x.tar", "docker-archive", (one,))), "not-evaluated")
    assert (decided.passed, decided.failed, decided.waived) == (True, 0, 1)
    told = "".join(span.text for span in blocks.gate(decided))
    assert told == "gate: passed (--fail-on not-evaluated): 1 verdict waived"
    both = replace(IMAGE, results=(result, RESULTS[0]))
    decided = gate(assemble(Analysis("x.tar", "docker-archive", (both,))), "fail")
    assert (decided.passed, decided.failed, decided.waived) == (False, 1, 1)
    assert "".join(span.text for span in blocks.gate(decided)).endswith("1 verdict waived")


def test_a_document_says_by_what_a_verdict_is_waived() -> None:
    """The status that it would have, and each allowance with reason and last day."""
    waiver = Waiver("x-*", "accepted", "2027-06-30", path="usr/*")
    passed = replace(RESULTS[3].verdict, waived=Waived(Status.FAIL, "bad", (waiver,)))
    one = replace(IMAGE, results=(replace(RESULTS[3], verdict=passed), RESULTS[0]))
    rows = assemble(Analysis("x.tar", "docker-archive", (one,))).controls
    told = [row.waived for row in rows if row.waived]
    assert [x.model_dump(mode="json") for x in told] == [
        {
            "status": "fail",
            "reason": "bad",
            "allowances": [
                {
                    "control": "x-*",
                    "reason": "accepted",
                    "expires": "2027-06-30",
                    "path": "usr/*",
                    "sha256": None,
                    "package": None,
                }
            ],
        }
    ]

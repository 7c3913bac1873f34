"""The gate: whether a report passes what the user asked for."""

from typing import TYPE_CHECKING

from ocianalyze.model.finding import Status
from ocianalyze.report._base import Gate
from ocianalyze.report.score import is_waived
from ocianalyze.report.sides import side
from ocianalyze.report.threshold import Counted, FailOn, threshold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocianalyze.model.report import ControlRecord, Report
    from ocianalyze.model.subject import ImageRecord

_STOPS: dict[FailOn, frozenset[Status]] = {
    "never": frozenset(),
    "fail": frozenset({Status.FAIL}),
    "needs-review": frozenset({Status.FAIL, Status.NEEDS_REVIEW}),
    "not-evaluated": frozenset({Status.FAIL, Status.NEEDS_REVIEW, Status.NOT_EVALUATED}),
}
"""Each threshold stops on what the one before it stops on, and more."""
_EXCUSED: dict[Counted, str] = {"all": "", "author": "base", "base": "author"}
"""The side that does not count; what is of both sides, or of none that is known, always does."""


def gate(report: "Report", fail_on: str) -> Gate:
    """Count the verdicts that stop at a threshold; bytes unlike their digests stop too.

    Raises:
        UsageError: there is no such threshold.

    """
    asked = threshold(fail_on)
    guessed = {image.index for image in report.images if _is_guess(image)}
    stopped = [row for row in report.controls if row.status in _STOPS[asked.status]]
    counted = [row for row in stopped if _counts(row, asked.counted, guessed)]
    return Gate(
        fail_on=fail_on,
        failed=len(counted),
        distinct=_distinct(counted),
        waived=sum(map(is_waived, report.controls)),
        integrity=all(image.integrity.status != "failed" for image in report.images),
        obstacle=_obstacle(report),
        lost=sum(one.error is not None for one in report.inputs),
        guessed=any(_EXCUSED[asked.counted] == side(row) for row in counted),
    )


def _distinct(rows: "Iterable[ControlRecord]") -> int:
    """Return how many verdicts say something of their own."""
    return len({(row.image.index, row.same_as or row.control) for row in rows})


def _is_guess(image: "ImageRecord") -> bool:
    return image.base is not None and image.base.confidence == "heuristic"


def _counts(row: "ControlRecord", counted: Counted, guessed: set[int]) -> bool:
    """Tell whether a verdict counts; a guess where the base ends excuses nothing."""
    return row.image.index in guessed or side(row) != _EXCUSED[counted]


def _obstacle(report: "Report") -> str:
    if not report.images:
        return "no image"
    if not report.controls:
        return "no control"
    withheld = any(control.reason == "integrity-failed" for control in report.controls)
    return "integrity failed" if withheld else ""


def is_partial(report: "Report") -> bool:
    """Tell a report that does not cover everything the input should hold."""
    return (
        any(artifact.error for artifact in report.artifacts)
        or any(image.integrity.status == "partial" for image in report.images)
        or any(layer.status != "read" for image in report.images for layer in image.layers)
    )

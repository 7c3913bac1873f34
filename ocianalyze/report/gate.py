"""The gate: whether a report passes what the user asked for."""

from ocianalyze.model.finding import Status
from ocianalyze.model.report import Report
from ocianalyze.report._base import FailOn, Gate

_STOPS: dict[FailOn, frozenset[Status]] = {
    "never": frozenset(),
    "fail": frozenset({Status.FAIL}),
    "needs-review": frozenset({Status.FAIL, Status.NEEDS_REVIEW}),
    "not-evaluated": frozenset({Status.FAIL, Status.NEEDS_REVIEW, Status.NOT_EVALUATED}),
}
"""Each threshold stops on what the one before it stops on, and more."""


def gate(report: Report, fail_on: FailOn) -> Gate:
    """Count the verdicts that stop at a threshold; bytes unlike their digests stop too."""
    stops = _STOPS[fail_on]
    return Gate(
        fail_on=fail_on,
        failed=sum(control.status in stops for control in report.controls),
        integrity=all(image.integrity.status != "failed" for image in report.images),
        obstacle=_obstacle(report),
    )


def _obstacle(report: Report) -> str:
    if not report.images:
        return "no image"
    withheld = any(control.reason == "integrity-failed" for control in report.controls)
    return "integrity failed" if withheld else ""


def is_partial(report: Report) -> bool:
    """Tell a report that does not cover everything the input should hold."""
    return (
        any(artifact.error for artifact in report.artifacts)
        or any(image.integrity.status == "partial" for image in report.images)
        or any(layer.status != "read" for image in report.images for layer in image.layers)
    )

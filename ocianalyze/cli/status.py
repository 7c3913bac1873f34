"""Exit statuses (docs/reference/exit-status).

When several apply, the first of 3, 1, 4 counts: what could not be analysed cannot pass a gate, and
a failed gate says more than a part that is missing.
"""

from typing import TYPE_CHECKING

from ocianalyze.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocianalyze.cli.secret_list import Listed
    from ocianalyze.model.finding import Finding
    from ocianalyze.model.report import FindingRecord, Report
    from ocianalyze.report._base import Analysis, Gate

DONE = 0
GATE_FAILED = 1
USAGE = 2
UNREADABLE = 3
"""The input could not be analysed, or its bytes are not what their digests say."""
PARTIAL = 4
INTERRUPTED = 130

OF_SCAN = (
    "Exit status: 0 done, the gate passed; 1 the gate failed; 2 wrong usage; 3 the input could "
    "not be analysed, or its bytes are not what their digests say; 4 only part of it could."
)
OF_READING = (
    "Exit status: 0 done; 2 wrong usage; 3 the input could not be read, or its bytes are not "
    "what their digests say; 4 only part of it could."
)
OF_SECRETS = (
    "Exit status: 0 done; 1 a secret as grave as --fail-on says; 2 wrong usage; 3 the input could "
    "not be read, or its bytes are not what their digests say; 4 only part of it could."
)


def of(report: "Report", gate: "Gate", *, keep_going: bool) -> int:
    """Return the status of a scan."""
    from ocianalyze.report.gate import is_partial  # noqa: PLC0415 - imports pydantic

    if not report.images or (not gate.integrity and not keep_going):
        return _unreadable(report.findings, any_image=bool(report.images))
    if not gate.passed:
        return GATE_FAILED
    return _partial() if is_partial(report) else DONE


def of_reading(analysis: "Analysis", *, keep_going: bool) -> int:
    """Return the status of a command that shows an image without judging it."""
    integrity = {image.integrity for image in analysis.images}
    if not analysis.images or ("failed" in integrity and not keep_going):
        found = (finding for image in analysis.images for finding in image.view.findings)
        return _unreadable(found, any_image=bool(analysis.images))
    unread = any(image.view.unread for image in analysis.images)
    lost = any(artifact.error for artifact in analysis.artifacts)
    return _partial() if unread or lost or "partial" in integrity else DONE


def of_secrets(listed: "Listed", fail_on: str, *, keep_going: bool) -> int:
    """Return the status of a search for secrets; ignored and disproved ones fail nothing."""
    if listed.analysis:
        reading = of_reading(listed.analysis, keep_going=keep_going)
    else:
        reading = _partial() if listed.problems else DONE
    if reading == DONE and listed.is_cut:
        reading = _partial()
    if reading == UNREADABLE or fail_on == "never":
        return reading
    return GATE_FAILED if listed.reaches(fail_on) else reading


def _unreadable(findings: "Iterable[Finding | FindingRecord]", *, any_image: bool) -> int:
    titles = (found.title for found in findings if found.code.startswith("integrity."))
    what = next(titles, "bytes differ from their digests")
    differs = f"{what}; --keep-going analyses the image all the same"
    say(differs if any_image else "no image in the input")
    return UNREADABLE


def _partial() -> int:
    say("only part of the input could be read; the report says which")
    return PARTIAL

"""How the own controls put what they found into a verdict."""

from collections.abc import Iterable

from ocianalyze.controls.evidence import MOST as _MOST
from ocianalyze.controls.evidence import gathered, others
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict

MOST = _MOST
"""Pieces of evidence that one control collects."""
_ROOM = 60


def judged(  # noqa: PLR0913 - what a verdict is made of
    found: Iterable[Evidence],
    reason: str,
    noun: str,
    *,
    status: Status = Status.FAIL,
    confidence: Confidence = "exact",
    remediation: str = "",
) -> Verdict:
    """Return a pass when nothing was found, else the status with what was."""
    evidence = gathered(found)
    if not evidence:
        return Verdict(Status.PASS, f"no-{reason}", f"no {noun}", confidence=confidence)
    first = evidence[0].path or evidence[0].pointer or evidence[0].detail
    more = others(evidence)
    summary = shortened(f"{noun}: {first}", _ROOM - len(more)) + more
    return Verdict(status, reason, summary, evidence, confidence, remediation=remediation)


def shortened(text: str, room: int = _ROOM) -> str:
    """Return a text that is no longer than its room."""
    return text if len(text) <= room else f"{text[: room - 3]}..."


def of_entry(
    entry: Entry, detail: str, *, reason: str = "", severity: Severity = "medium"
) -> Evidence:
    """Return an entry as evidence."""
    return Evidence(
        detail=detail,
        reason=reason,
        path=entry.path,
        layer=entry.layer,
        state=entry.state,
        severity=severity,
        sha256=entry.sha256,
    )


def of_config(pointer: str, detail: str, severity: Severity = "medium") -> Evidence:
    """Return a field of the image config as evidence."""
    return Evidence(detail=detail, kind="config", pointer=pointer, severity=severity)

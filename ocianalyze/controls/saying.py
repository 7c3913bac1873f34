"""What was found as evidence, in the same way for all controls."""

from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence


def of_entry(
    entry: Entry, detail: str, severity: Severity = "medium", reason: str = ""
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

"""What was found as evidence and as a verdict, in the same way for all controls."""

from collections.abc import Iterable

from ocianalyze.controls.evidence import gathered, others
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict
from ocianalyze.model.package import Package

ROOM = 60
"""Characters of a summary, so that it has room in a line."""
_PACKAGE = 200
"""Characters of a package with what is said of it."""


def of_entry(
    entry: Entry | None,
    detail: str,
    severity: Severity = "medium",
    reason: str = "",
    path: str = "",
) -> Evidence:
    """Return an entry as evidence.

    Args:
        entry: None where there is none; then the path alone is told.
        detail: the fact in a few words.
        severity: of the fact.
        reason: machine word.
        path: what is told in place of the entry's own path.

    """
    if entry is None:
        return Evidence(detail, reason=reason, path=path, severity=severity)
    return Evidence(
        detail=detail,
        reason=reason,
        path=path or entry.path,
        layer=entry.layer,
        state=entry.state,
        severity=severity,
        sha256=entry.sha256,
    )


def rights(mode: int, uid: int, gid: int) -> str:
    """Return mode and owner in words."""
    return f"mode {mode & 0o7777:04o}, uid {uid}, gid {gid}"


def of_package(
    package: Package, what: str = "", severity: Severity = "medium", reason: str = ""
) -> Evidence:
    """Return a package as evidence; type and name come first, by which allowances know it."""
    named = f"{package.type} {package.name} {package.version}".rstrip()
    return Evidence(
        shortened(f"{named}: {what}" if what else named, _PACKAGE),
        "package",
        reason,
        path=package.evidence[0] if package.evidence else "",
        layer=package.introduced,
        severity=severity,
    )


def of_config(pointer: str, detail: str, severity: Severity = "medium") -> Evidence:
    """Return a field of the image config as evidence."""
    return Evidence(detail=detail, kind="config", pointer=pointer, severity=severity)


def judged(  # noqa: PLR0913 - what a verdict is made of
    found: Iterable[Evidence],
    reason: str,
    noun: str,
    *,
    status: Status = Status.FAIL,
    confidence: Confidence = "exact",
    remediation: str = "",
) -> Verdict:
    """Return a pass when nothing was found, else the status with what was.

    A package is named by its detail: its path is that of the database.
    """
    evidence = gathered(found)
    if not evidence:
        return Verdict(Status.PASS, f"no-{reason}", f"no {noun}", confidence=confidence)
    leading = evidence[0]
    place = "" if leading.kind == "package" else leading.path or leading.pointer
    first = place or leading.detail
    summary = shortened(f"{noun}: {first}", end=others(evidence))
    return Verdict(status, reason, summary, evidence, confidence, remediation=remediation)


def shortened(text: str, room: int = ROOM, end: str = "") -> str:
    """Return a text that is with its end no longer than its room; the end is never cut."""
    left = room - len(end)
    return (text if len(text) <= left else f"{text[: left - 3]}...") + end

"""How these controls put what they found into a verdict."""

from collections.abc import Iterable
from dataclasses import replace

from ocianalyze.controls import saying
from ocianalyze.controls.evidence import MOST as _MOST
from ocianalyze.controls.evidence import gathered, others
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict
from ocianalyze.model.package import OS_TYPES

MOST = _MOST
"""Pieces of evidence that one control collects."""
of_entry = saying.of_entry
_NAME = 40


def judged(
    found: Iterable[Evidence],
    reason: str,
    noun: str,
    *,
    status: Status = Status.FAIL,
    confidence: Confidence = "exact",
) -> Verdict:
    """Return a pass when nothing was found, else the status with what was.

    Args:
        found: what is wrong; pieces of severity `info` are told and count for nothing.
        reason: machine word of what is wrong.
        noun: the same in words: `no NOUN`, `NOUN: /path`.
        status: when something was found.
        confidence: of either answer.

    """
    evidence = gathered(found)
    wrong = (x for x in evidence if x.severity != "info")
    verdict = saying.judged(wrong, reason, noun, status=status, confidence=confidence)
    return replace(verdict, evidence=evidence, summary=shortened(verdict.summary))


def lines_judged(found: Iterable[Evidence], reason: str, noun: str) -> Verdict:
    """Return the same for lines of a file, where the detail tells more than the path."""
    verdict = judged(found, reason, noun)
    wrong = [x for x in verdict.evidence if x.severity != "info"]
    if verdict.status is Status.PASS:
        return verdict
    return replace(verdict, summary=shortened(wrong[0].detail, end=others(wrong)))


def review(reason: str, summary: str, *evidence: Evidence) -> Verdict:
    """Return what people have to judge."""
    return Verdict(Status.NEEDS_REVIEW, reason, shortened(summary), evidence)


def passed(reason: str, summary: str, *evidence: Evidence) -> Verdict:
    """Return a pass."""
    return Verdict(Status.PASS, reason, shortened(summary), evidence)


def inapplicable(reason: str, summary: str, *evidence: Evidence) -> Verdict:
    """Return the verdict of a control about something that the image does not have."""
    return Verdict(Status.NOT_APPLICABLE, reason, shortened(summary), evidence)


def shortened(text: str, room: int = saying.ROOM, end: str = "") -> str:
    """Return a text that is no longer than its room and that a terminal can show."""
    cut = saying.shortened(text, room, end)
    return cut if cut.isprintable() else "".join(x if x.isprintable() else "?" for x in cut)


def shown(raw: bytes, most: int = _NAME) -> str:
    """Return bytes of an image as text that a terminal can show."""
    return shortened(raw[: most * 4].decode("utf-8", "replace"), most)


def of_file(
    view: ImageView, path: str, detail: str, severity: Severity = "medium", reason: str = ""
) -> Evidence:
    """Return a file, links to it followed, as evidence; the path alone when it is not there."""
    entry = view.tree.resolve(path)
    if entry is None:
        return Evidence(detail=detail, reason=reason, path=path, severity=severity)
    return of_entry(entry, detail, severity, reason)


def modes(entry: Entry) -> str:
    """Return mode and owner in words."""
    return saying.rights(entry.mode, entry.uid, entry.gid)


def shipped(view: ImageView, entry: Entry) -> str:
    """Return the distribution's package that owns a file; empty for none."""
    owners = view.inventory.owners(entry.path)
    return next((x.name for x in owners if x.type in OS_TYPES), "")

"""How the own controls put what they found into a verdict."""

from collections.abc import Iterable

from ocianalyze.controls import saying
from ocianalyze.controls.evidence import MOST as _MOST
from ocianalyze.controls.evidence import gathered, others
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict

MOST = _MOST
"""Pieces of evidence that one control collects."""
of_entry = saying.of_entry
of_config = saying.of_config
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
    """Return a pass when nothing was found, else the status with what was.

    A package is named by its detail: its path is that of the database.
    """
    evidence = gathered(found)
    if not evidence:
        return Verdict(Status.PASS, f"no-{reason}", f"no {noun}", confidence=confidence)
    leading = evidence[0]
    place = "" if leading.kind == "package" else leading.path or leading.pointer
    first = place or leading.detail
    more = others(evidence)
    summary = shortened(f"{noun}: {first}", _ROOM - len(more)) + more
    return Verdict(status, reason, summary, evidence, confidence, remediation=remediation)


def shortened(text: str, room: int = _ROOM) -> str:
    """Return a text that is no longer than its room."""
    return text if len(text) <= room else f"{text[: room - 3]}..."

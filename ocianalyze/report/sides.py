"""Whose a verdict is: the base's, the author's, or of both."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ocianalyze.model.finding import Status
from ocianalyze.model.standing import OriginsRecord, Side
from ocianalyze.report.questions import each_question

if TYPE_CHECKING:
    from ocianalyze.model.report import ControlRecord, FindingRecord


def side(control: "ControlRecord") -> Side:
    """Return where the causes of a verdict lie.

    What the config says is decided by the config alone: files beside it explain, and so does
    evidence of severity `info`. What a profile allows causes nothing. Other evidence of unknown
    origin leaves it open whether the base alone is the cause.
    """
    causes = [fact for fact in control.evidence if fact.severity != "info" and not fact.allowed]
    if any(fact.kind == "config" for fact in causes):
        return control.origin
    origins = {fact.origin for fact in causes} or {control.origin}
    if origins == {"unknown"}:
        return control.origin
    if origins >= {"base", "author"}:
        return "both"
    if "author" in origins:
        return "author"
    return "base" if origins == {"base"} else "unknown"


def origins(
    controls: "Sequence[ControlRecord]", findings: "Iterable[FindingRecord]"
) -> OriginsRecord:
    """Return how the failures of one image divide between base and author."""
    failures = [control for control in controls if control.status is Status.FAIL]
    failed = [(control, side(control)) for control in failures]
    counted = Counter(map(side, each_question(failures)))
    return OriginsRecord(
        failures=counted.total(),
        base=counted["base"],
        author=counted["author"],
        both=counted["both"],
        unknown=counted["unknown"],
        from_base=tuple(control.control for control, where in failed if where == "base"),
        from_both=tuple(control.control for control, where in failed if where == "both"),
        findings=dict(sorted(Counter(found.origin for found in findings).items())),
    )

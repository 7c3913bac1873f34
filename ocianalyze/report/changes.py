"""What would turn failures into passes, each change once."""

from collections.abc import Iterable

from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from ocianalyze.model.standing import ChangeRecord, Side
from ocianalyze.report.sides import side

_WEIGHT = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
_ORDER: tuple[Side, ...] = ("author", "both", "unknown", "base")
"""What the author can change in the Dockerfile comes first, what another base changes last."""


def changes(controls: Iterable[ControlRecord]) -> tuple[ChangeRecord, ...]:
    """Return the changes for the failures of one image, what weighs most first."""
    by_remedy: dict[tuple[str, Side], list[ControlRecord]] = {}
    for control in controls:
        if control.status is Status.FAIL and control.owner == "image":
            by_remedy.setdefault((control.remediation, side(control)), []).append(control)
    ranked = sorted(by_remedy.items(), key=lambda pair: _rank(pair[0][1], pair[1]))
    return tuple(
        ChangeRecord(
            controls=tuple(control.control for control in group), side=where, remediation=remedy
        )
        for (remedy, where), group in ranked
    )


def _rank(where: Side, group: list[ControlRecord]) -> tuple[int, int]:
    return _ORDER.index(where), min(_WEIGHT[control.severity] for control in group)

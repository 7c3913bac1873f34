"""Which verdicts say the same: one defect is one, however many catalogues ask for it."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord, EvidenceRecord

_DECIDED = (Status.PASS, Status.FAIL, Status.NEEDS_REVIEW)


def compared(controls: Sequence[ControlRecord]) -> list[ControlRecord]:
    """Return verdicts on one image that know of an earlier one which says the same.

    Two say the same when one control gave both, or when both have the same status and reason for
    the same facts: all evidence that weighs, where none does the first of what is noted.
    """
    first: dict[Hashable, str] = {}
    found = []
    for row in controls:
        keys = tuple(_keys(row))
        same = next((first[key] for key in keys if key in first), None)
        for key in keys:
            first.setdefault(key, same or row.control)
        found.append(row if same is None else row.model_copy(update={"same_as": same}))
    return found


def each_question(controls: Iterable[ControlRecord]) -> list[ControlRecord]:
    """Return verdicts on one image without those that say what an earlier one of them says."""
    found: dict[str, ControlRecord] = {}
    for row in controls:
        found.setdefault(row.same_as or row.control, row)
    return list(found.values())


def _keys(row: ControlRecord) -> Iterator[Hashable]:
    yield row.decided_by
    if row.status in _DECIDED and row.evidence:
        yield row.status, row.reason, _facts(row.evidence)


def _facts(evidence: Sequence[EvidenceRecord]) -> frozenset[Hashable]:
    weighing = [fact for fact in evidence if fact.severity != "info"] or evidence[:1]
    return frozenset(map(_fact, weighing))


def _fact(fact: EvidenceRecord) -> Hashable:
    layer = None if fact.layer is None else fact.layer.index
    step = None if fact.step is None else fact.step.index
    return fact.kind, fact.path, fact.pointer, layer, step, fact.detail

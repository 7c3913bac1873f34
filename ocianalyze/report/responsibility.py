"""Who answers for what: the image, the runtime, the node, the platform."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ocianalyze.controls._base import Owner, Recommendation, Result, identifier
from ocianalyze.controls.items import DEFAULT, items
from ocianalyze.controls.outside import WHERE
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from ocianalyze.model.standing import HintRecord, PartyRecord
from ocianalyze.report.questions import each_question
from ocianalyze.report.score import is_waived

PARTIES: tuple[Owner, ...] = ("image", "runtime", "node", "platform")
_DETAILS = 5
"""Of each hint; the verdict's evidence has all."""


def parties(
    results: Sequence[Result], controls: Sequence[ControlRecord]
) -> tuple[PartyRecord, ...]:
    """Return what each party answers for; parties without an item are left out.

    What several items ask counts once, for the owner of the first of them: so the parties add up
    to what the whole report counts.

    Args:
        results: what the controls said of one image.
        controls: the same as records.

    """
    told = {identifier(one.control, one.recommendation) for one in results}
    left = _untold(results, told)
    once = each_question(controls)
    found = (_party(owner, results, controls, once, left) for owner in PARTIES)
    return tuple(party for party in found if party.statuses or party.waived or party.elsewhere)


def _untold(results: Iterable[Result], told: set[str]) -> list[Recommendation]:
    """Return the items of the CIS Docker Benchmark beside those that were judged."""
    judged = (one.recommendation for one in results if one.recommendation)
    version = next((row.version for row in judged if row.id.startswith("cis-docker-")), None)
    rows: Mapping[str, Recommendation] = {} if version is None else items(DEFAULT, version)
    return [row for name, row in rows.items() if name not in told]


def _party(
    owner: Owner,
    results: Iterable[Result],
    controls: Iterable[ControlRecord],
    once: Iterable[ControlRecord],
    left: Iterable[Recommendation],
) -> PartyRecord:
    rows = [control for control in controls if control.owner == owner]
    untold = [row for row in left if row.owner == owner]
    judged = [one.recommendation for one in results if one.recommendation]
    owned = [row for row in (*judged, *untold) if row.owner == owner]
    own = [row for row in once if row.owner == owner]
    counted = Counter(row.status for row in own if not is_waived(row))
    return PartyRecord(
        owner=owner,
        evidence=() if owner == "image" else tuple(_where(owner, owned)),
        statuses={status: counted[status] for status in Status if counted[status]},
        waived=sum(map(is_waived, own)),
        elsewhere=len(untold),
        hints=tuple(_hints(rows)),
    )


def _where(owner: Owner, owned: Iterable[Recommendation]) -> Iterator[str]:
    """Yield where the evidence belongs, the most frequent place first."""
    places = Counter(row.owner_detail or WHERE[owner] for row in owned)
    yield from (place for place, _ in places.most_common())


def _hints(rows: Iterable[ControlRecord]) -> Iterator[HintRecord]:
    """Yield what the image tells of items that it does not decide, each question once."""
    questions: dict[str, list[ControlRecord]] = {}
    for row in rows:
        if row.status is Status.OUT_OF_SCOPE and row.evidence:
            questions.setdefault(row.decided_by, []).append(row)
    for group in questions.values():
        first = group[0]
        yield HintRecord(
            controls=tuple(row.control for row in group),
            title=first.title,
            details=tuple(fact.detail for fact in first.evidence[:_DETAILS]),
            evidence=len(first.evidence),
        )

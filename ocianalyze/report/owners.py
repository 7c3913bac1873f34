"""Who answers for the recommendations that no image can decide."""

from collections import Counter
from collections.abc import Container
from typing import NamedTuple

from ocianalyze.controls._base import Owner
from ocianalyze.controls.items import DEFAULT, items


class Share(NamedTuple):
    """How many recommendations one party owns."""

    owner: str
    recommendations: int


_PARTIES: tuple[Owner, ...] = ("runtime", "node", "platform")


def others(framework: str, version: str, told: Container[str]) -> tuple[Share, ...]:
    """Return who owns the items of a benchmark that are not in a report.

    Only of the benchmark that a scan judges by default: its sections 1 to 7 belong together.

    Args:
        framework: `CIS Docker Benchmark`.
        version: of it.
        told: control ids that the report has.

    """
    rows = items(DEFAULT, version).values()
    left = [row for row in rows if row.id not in told and row.owner != "image"]
    if not left or (left[0].framework, left[0].version) != (framework, version):
        return ()
    counted = Counter(row.owner for row in left)
    return tuple(Share(party, counted[party]) for party in _PARTIES if counted[party])

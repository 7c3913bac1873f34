"""The sums of an image's verdicts, for the document."""

from collections.abc import Sequence

from ocianalyze.controls._base import Result
from ocianalyze.model.record import ImageRef
from ocianalyze.model.report import ControlRecord, FindingRecord
from ocianalyze.model.standing import StandingRecord
from ocianalyze.report.changes import changes
from ocianalyze.report.responsibility import parties
from ocianalyze.report.score import scores
from ocianalyze.report.sides import origins


def standing(
    ref: ImageRef,
    results: Sequence[Result],
    controls: Sequence[ControlRecord],
    findings: Sequence[FindingRecord],
) -> StandingRecord:
    """Return where one image stands.

    Args:
        ref: the image.
        results: what its controls said.
        controls: the same as records.
        findings: what no control decides.

    """
    return StandingRecord(
        image=ref,
        scores=tuple(scores(controls)),
        parties=parties(results, controls),
        origins=origins(controls, findings),
        to_pass=changes(controls),
    )

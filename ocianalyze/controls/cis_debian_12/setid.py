"""CIS Debian 7.1.13: set-id files are reviewed, with the evidence of CIS Docker 4.8."""

from dataclasses import replace

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_debian_12._say import shortened
from ocianalyze.controls.cis_docker import c4_08_setid
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.package import OS_TYPES


def evaluate(view: ImageView) -> Verdict:
    """Leave to people what a distribution's package brought, and fail on the rest."""
    verdict = view.once(c4_08_setid.evaluate)
    if verdict.status is not Status.FAIL:
        return replace(verdict, question=c4_08_setid.CONTROL.id)
    strange = [x for x in verdict.evidence if x.severity != "info" and not _is_packaged(view, x)]
    number = len(strange) or sum(x.severity != "info" for x in verdict.evidence)
    files = f"{number} set-id file{'s' if number > 1 else ''}"
    if strange:
        summary = shortened(f"{files} of no package: {strange[0].path}")
        return replace(verdict, reason="setid-unpackaged", summary=summary)
    summary = f"{files}, all of packages: review them"
    return replace(verdict, status=Status.NEEDS_REVIEW, reason="setid-packaged", summary=summary)


def _is_packaged(view: ImageView, evidence: Evidence) -> bool:
    return any(x.type in OS_TYPES for x in view.inventory.owners(evidence.path))


CONTROL = Control(
    id="cis-debian-12-7.1.13",
    short="set-id files reviewed",
    automation="full",
    reads="what CIS Docker 4.8 reads, and the packages that own the files",
    decides="fails on a set-id file, or one with such capabilities, of no distribution's package; "
    "needs review while all belong to packages; passes without any",
    limits="whether anybody has reviewed them; whether a packaged file was changed is CIS Docker "
    "4.11",
    remediation=c4_08_setid.CONTROL.remediation,
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
)

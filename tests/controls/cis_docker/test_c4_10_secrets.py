"""Without rules for secrets 4.10 is not evaluated."""

from ocianalyze.controls.cis_docker.c4_10_secrets import CONTROL
from ocianalyze.model.finding import Status
from tests.images import image


def test_without_its_evidence_nothing_is_decided() -> None:
    verdict = CONTROL.evaluate(image({"etc/os-release": b"ID=debian\n"}))
    assert verdict.status not in (Status.PASS, Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "no-secret-rules")
    assert len(verdict.summary) <= 60

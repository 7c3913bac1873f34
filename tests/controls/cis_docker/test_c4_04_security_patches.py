"""Without a vulnerability database 4.4 is not evaluated."""

from ocianalyze.controls.cis_docker.c4_04_security_patches import CONTROL
from ocianalyze.model.finding import Status
from tests.images import image


def test_without_its_evidence_nothing_is_decided() -> None:
    verdict = CONTROL.evaluate(image({"etc/os-release": b"ID=debian\n"}))
    assert verdict.status not in (Status.PASS, Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "no-database")
    assert len(verdict.summary) <= 60

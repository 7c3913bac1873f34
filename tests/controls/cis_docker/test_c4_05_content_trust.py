"""4.5 is a setting of the client; no image shows it."""

from ocianalyze.controls.cis_docker.c4_05_content_trust import CONTROL
from ocianalyze.model.finding import Status
from tests.images import image


def test_without_its_evidence_nothing_is_decided() -> None:
    verdict = CONTROL.evaluate(image({"etc/os-release": b"ID=debian\n"}))
    assert verdict.status not in (Status.PASS, Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "not-in-image")
    assert len(verdict.summary) <= 60

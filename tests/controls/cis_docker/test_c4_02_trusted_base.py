"""Without a policy 4.2 only tells what the image says of its base."""

from ocianalyze.controls.cis_docker.c4_02_trusted_base import CONTROL
from ocianalyze.model.finding import Status
from tests.images import image


def test_without_a_policy_no_base_is_trusted_or_refused() -> None:
    verdict = CONTROL.evaluate(image({}))
    assert verdict.status not in (Status.PASS, Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "no-policy")
    assert verdict.evidence == ()


def test_what_the_image_says_is_shown_as_its_own_claim() -> None:
    release = b'NAME="x"\nID=debian\nVERSION_ID="12"\n'
    line = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1'"
    verdict = CONTROL.evaluate(image({"usr/lib/os-release": release}, history=[line]))
    told = [(e.detail, e.reason) for e in verdict.evidence]
    assert told[0] == ("os-release says debian 12", "self-declared")
    assert told[1][1] == "first-step"


def test_empty_claim_is_shown_too() -> None:
    verdict = CONTROL.evaluate(image({"etc/os-release": b""}))
    assert verdict.evidence[0].detail == "os-release says nothing"

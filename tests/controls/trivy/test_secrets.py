"""Names call values secrets; whether they are any is CIS Docker 4.10's."""

from typing import Any

import pytest

from ocianalyze.controls._base import Control
from ocianalyze.controls.trivy.secrets import CONTROLS
from ocianalyze.model.finding import Status
from tests.controls.roots import IMPORT, ROOT
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes

CONTROL: Control = CONTROLS[0]
HISTORY = [IMPORT, {"created_by": "ARG NPM_TOKEN=abcdef", "empty_layer": True}]


def _env(pair: str) -> dict[str, Any]:
    return {"config": {"Env": [pair]}}


SAMPLES: Samples = {
    "trivy-DS-0031": (
        passes(ROOT, history=[IMPORT]),
        fails(ROOT, history=HISTORY),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    ("sample", "status"),
    [
        pytest.param(passes(ROOT, **_env("DB_PASSWORD=Wint3r-Sale")), Status.FAIL, id="env"),
        pytest.param(passes(ROOT, **_env("DB_PASSWORD=changeme")), Status.FAIL, id="weak"),
        pytest.param(passes(ROOT, history=HISTORY), Status.FAIL, id="arg"),
        pytest.param(passes(ROOT, **_env("DB_PASSWORD=$OTHER")), Status.PASS, id="reference"),
        pytest.param(passes(ROOT, **_env("DB_PASSWORD_FILE=/run/x")), Status.PASS, id="file"),
        pytest.param(passes(ROOT, **_env("DB_PASSWORD=")), Status.PASS, id="empty"),
    ],
)
def test_a_name_alone_decides(sample: Sample, status: Status) -> None:
    verdict = CONTROL.evaluate(sample.view())
    assert verdict.status is status
    assert "Wint3r" not in f"{verdict.summary}{verdict.evidence}"


def test_a_variable_and_the_line_that_set_it_are_one() -> None:
    history = [IMPORT, {"created_by": "ENV API_TOKEN=abcdef", "empty_layer": True}]
    verdict = CONTROL.evaluate(passes(ROOT, history=history, **_env("API_TOKEN=abcdef")).view())
    assert verdict.summary == "by name alone, as trivy judges: API_TOKEN"
    assert [x.pointer for x in verdict.evidence] == ["/config/Env/0"]


@pytest.mark.parametrize("pair", ["SIGNING_KEY=map-of-all", "NEXT_PUBLIC_DB_PASSWORD=tide-of-may"])
def test_a_verdict_that_rests_on_a_name_alone_says_so(pair: str) -> None:
    verdict = CONTROL.evaluate(passes(ROOT, history=[IMPORT], **_env(pair)).view())
    assert (verdict.status, verdict.reason) == (Status.FAIL, "name-alone")
    assert "by name alone, as trivy judges" in verdict.summary

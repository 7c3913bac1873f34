"""What 4.11 says first, and which trusted keys are only noted."""

from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_11_verified_packages import evaluate
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.controls.cis_docker.test_c4_11_verified_packages import IMPORT, ROOT
from tests.images import Layer, image

REVIEW, PASS = Status.NEEDS_REVIEW, Status.PASS


def _judge(*layers: Layer | None, **about: Any) -> Verdict:
    return evaluate(with_inventory(image(*layers, observers=observers(), **about)))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"gpg --batch --recv-keys {'AB12' * 10}", PASS),
        (f"key='{'ab12' * 10}'; gpg2 --keyserver k.example --recv-keys \"$key\"", PASS),
        ("gpg --recv-keys 0xAB12AB12", REVIEW),
        (f"gpg --recv-keys AB12AB12AB12AB12; echo {'AB12' * 10}", REVIEW),
        (f"echo {'AB12' * 10}; gpg --import /key", REVIEW),
        ("gpg --recv-keys $KEY", REVIEW),
    ],
    ids=["whole", "variable", "short", "long", "imported", "unknown"],
)
def test_a_trusted_key_that_was_asked_for_by_its_whole_fingerprint_is_noted(
    text: str, status: Status
) -> None:
    step = f"RUN /bin/sh -c {text} # buildkit"
    key: Layer = {"usr/share/keyrings/x.gpg": b"key"}
    verdict = _judge(ROOT, key, history=[IMPORT, step])
    assert verdict.status is status, verdict.summary
    told = [e for e in verdict.evidence if e.reason == "unknown-key"]
    assert ("by its fingerprint" in told[0].detail) is (status is PASS)
    assert ("fingerprint" in verdict.remediation) is (status is not PASS)


def test_what_the_author_can_mend_stands_before_what_the_base_brought() -> None:
    root: Layer = {**ROOT, "etc/apk/repositories": b"http://example.org/v3\n"}
    steps = [IMPORT, "RUN /bin/sh -c curl -fsSLo /x https://a.example/x # buildkit"]
    verdict = _judge(root, {"x": b""}, history=steps)
    assert (verdict.status, verdict.reason, verdict.origin) == (
        REVIEW,
        "unverified-install",
        "author",
    )
    assert [e.origin for e in verdict.evidence[:2]] == ["author", "base"]
    assert "sha256sum -c" in verdict.remediation

"""Secrets that the image itself sets as variables are found; what a pod adds is not seen."""

from typing import Any

from ocianalyze.model.secret import Place
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.tokens import PLACE, secret

ENV = Place("config", pointer="/config/Env/0")
LABEL = Place("config", pointer="/config/Labels/x")
SET: dict[str, Any] = {"config": {"Env": ["TOKEN=x", "HOME=/root"]}}
HOME: dict[str, Any] = {"config": {"Env": ["HOME=/root"]}}

SAMPLES: Samples = {
    "cis-kubernetes-5.4.1": (
        passes({"x": b""}, **HOME),
        passes({"x": b""}),
        passes({"x": b""}, **HOME, secrets=(secret(PLACE),)),
        passes({"x": b""}, **HOME, secrets=(secret(LABEL),)),
        passes({"x": b""}, **HOME, secrets=(secret(ENV, ignored="a test key"),)),
        fails({"x": b""}, **SET, secrets=(secret(PLACE, ENV),), reason="secret-in-environment"),
        review({"x": b""}, **SET, secrets=(secret(ENV, kind="password", proven="well-formed"),)),
        review({"x": b""}, config={"Env": ["DB_PASSWORD=correct-horse"]}),
        passes({"x": b""}, history=["ENV DB_PASSWORD=correct-horse"]),
        unknown({"x": b""}, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_the_place_in_the_config_is_told_alone() -> None:
    (found,) = holds("cis-kubernetes-5.4.1", SAMPLES["cis-kubernetes-5.4.1"][5]).evidence
    assert (found.kind, found.pointer, found.path) == ("config", "/config/Env/0", "")

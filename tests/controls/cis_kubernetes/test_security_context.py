"""A pod's security context is the runtime's; the image suggests one."""

from tests.controls.samples import Sample, Samples, hints, holds, obeys
from tests.images import Layer

ROOT: Layer = {"app": b"x"}
SAMPLES: Samples = {
    "cis-kubernetes-5.6.3": (
        hints(ROOT, config={"User": "1000"}),
        hints(ROOT, os="windows"),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_the_suggestion_is_the_hint() -> None:
    said = holds("cis-kubernetes-5.6.3", SAMPLES["cis-kubernetes-5.6.3"][0])
    (told,) = said.evidence
    assert told.detail.startswith(
        "{containers: [{securityContext: {runAsNonRoot: true, runAsUser: 1000,"
    )

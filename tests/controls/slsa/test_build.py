"""Level 0 asks for nothing; higher ones take provenance, which is not read: never a pass."""

import pytest

from tests.controls.samples import Sample, Samples, holds, obeys, passes, unknown
from tests.images import Layer

ROOT: Layer = {"app": b"x", "sbom.json": b'{"predicateType": "https://slsa.dev/provenance/v1"}'}
SAMPLES: Samples = {
    "slsa-build-l0": (passes(ROOT), unknown(ROOT, None), unknown(ROOT, has_config=False)),
    "slsa-build-l1": (unknown(ROOT, reason="attestations-unread"),),
    "slsa-build-l2": (unknown(ROOT),),
    "slsa-build-l3": (unknown(ROOT),),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_what_an_image_says_of_itself_is_no_provenance(level: int) -> None:
    labels = {"Labels": {"org.opencontainers.image.base.digest": "sha256:0", "slsa": "3"}}
    holds(f"slsa-build-l{level}", unknown(ROOT, config=labels))

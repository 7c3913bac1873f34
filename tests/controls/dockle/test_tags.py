"""An image of which no name tells a version fails."""

from tests.controls.roots import ROOT
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown

SAMPLES: Samples = {
    "dockle-DKL-DI-0006": (
        unknown(ROOT),
        fails(ROOT, names=["app:latest"]),
        fails(ROOT, names=["registry.example:5000/team/app"]),
        fails(ROOT, names=["latest"], reason="latest-tag"),
        passes(ROOT, names=["registry.example:5000/team/app:1.2"]),
        passes(ROOT, names=["1.2"]),
        passes(ROOT, names=["app:latest", "app:1.2"]),
        passes(ROOT, names=["team/app@sha256:" + "0" * 64]),
        passes(ROOT, names=["app:latest@sha256:" + "0" * 64]),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

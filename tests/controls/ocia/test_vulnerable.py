"""What takes a vulnerability database says so."""

from tests.controls.samples import Sample, Samples, holds, obeys, unknown

SAMPLES: Samples = {
    "ocia-kev-vulnerability": (unknown({}, reason="no-database"),),
    "ocia-vuln-sla-breached": (unknown({}, reason="no-database"),),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

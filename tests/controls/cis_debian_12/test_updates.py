"""Updates are CIS Docker 4.4's question."""

from tests.controls.samples import Sample, Samples, fails, holds, listed, obeys, unknown

OLD = {"etc/os-release": b"ID=debian\nVERSION_ID=8\n"}
SAMPLES: Samples = {
    "cis-debian-12-1.2.2.1": (unknown({"app": b"x"}), fails(OLD, set={"now": "2026-01-01"}))
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    said = holds(name, sample)
    control, _ = listed("cis-docker-4.4")
    assert said.reason == control.evaluate(sample.view(), **sample.about.get("set", {})).reason

"""An image is stale when it is old, or its distribution's support has ended."""

from ocianalyze.controls.catalogue import at_day, select
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.model.finding import Status
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown
from tests.images import Layer

DEBIAN: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
ANCIENT: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=8\n"}
MADE = [{"created_by": "COPY x / # buildkit", "created": "2024-01-01T00:00:00Z"}]
NOW = {"now": "2024-01-20"}
LATER = {"now": "2024-03-01"}
WHEEL: Layer = {
    "usr/lib/python3/dist-packages/x-1.dist-info/METADATA": b"Metadata-Version: 2.1\n"
    b"Name: x\nVersion: 1\n"
}
SAMPLES: Samples = {
    "nist-800-190-4.2.2": (
        passes(DEBIAN, history=MADE, set=NOW),
        passes({"app": b"x"}, history=MADE, set=NOW),
        fails(DEBIAN, history=MADE, set=LATER, reason="image-old"),
        fails(ANCIENT, history=MADE, set=NOW, reason="end-of-life"),
        unknown(DEBIAN, history=MADE),
        unknown(DEBIAN, None, history=[*MADE, *MADE], set=NOW),
    ),
    "nist-800-190-4.4.4": (unknown(WHEEL), unknown({"app": b"x"}), unknown(None)),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_applications_are_counted() -> None:
    said = holds("nist-800-190-4.4.4", SAMPLES["nist-800-190-4.4.4"][0])
    assert said.summary == "not evaluated: no vulnerability database"
    assert said.evidence[0].detail == "1 of 1 package not the distribution's"


def test_the_day_of_now_reaches_the_parts() -> None:
    view = SAMPLES["nist-800-190-4.2.2"][0].view()
    names = ("nist-800-190-4.2.2", "disa-srg-SRG-APP-000456-CTR-001125")
    for day, status in (("2024-01-20", Status.PASS), ("2024-03-01", Status.FAIL)):
        results = evaluate(view, at_day(select(names), day))
        assert {x.verdict.status for x in results} == {status}

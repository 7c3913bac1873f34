"""Least privileges: neither root at the start, nor a file that makes root."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown
from tests.images import File, Layer

ROOT: Layer = {"etc/passwd": b"root:x:0:0::/root:/bin/sh\n"}
SETID: Layer = {**ROOT, "bin/su": File(b"\x7fELF", mode=0o4755)}
SAMPLES: Samples = {
    "disa-srg-SRG-APP-000342-CTR-000775": (
        passes(ROOT, config={"User": "1000"}),
        fails(ROOT, config={"User": "0"}),
        fails(SETID, config={"User": "1000"}),
        unknown(ROOT, None, config={"User": "1000"}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_both_halves_are_told() -> None:
    name = "disa-srg-SRG-APP-000342-CTR-000775"
    said = holds(name, fails(SETID, config={"User": "0"}))
    assert {x.kind for x in said.evidence} == {"config", "file"}

"""Digests by other functions than SHA-2 fail; signatures are not read, so nothing passes."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, unknown

STRONG = frozenset({f"sha256:{'1' * 64}", f"sha512:{'1' * 128}"})
WEAK = frozenset({f"sha1:{'1' * 40}"})

SAMPLES: Samples = {
    "disa-srg-SRG-APP-000610-CTR-001385": (
        fails({"x": b""}, digests=STRONG | WEAK, reason="weak-digest"),
        unknown({"x": b""}, digests=STRONG, reason="signatures-not-read"),
        unknown({"x": b""}),
    )
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

"""Bytes, history and members that are not what documents promise fail."""

from ocianalyze.model.finding import Finding
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.images import Layer

ROOT: Layer = {"etc/hostname": b"box"}
BROKEN = Finding("integrity.diff-id", "critical", "uncompressed layer differs", layer=0)
MANIFEST = Finding("integrity.manifest-digest", "critical", "manifest bytes differ")
ESCAPE = Finding("tar.path-escapes", "high", "path leaves the root", path="etc/x", layer=0)
OUTSIDE = Finding("tar.link-outside", "low", "link target leaves the root", path="x", layer=0)
CAPPED = Finding("image.more-findings", "medium", "more was found than is listed")

SAMPLES: Samples = {
    "ocia-digest-mismatch": (
        passes(ROOT),
        fails(ROOT, findings=(BROKEN,)),
        fails(ROOT, findings=(MANIFEST, OUTSIDE)),
        unknown(ROOT, has_config=False, reason="no-promises"),
        unknown(ROOT, None),
    ),
    "ocia-history-layer-mismatch": (
        passes(ROOT, history=["ADD rootfs.tar / # buildkit"]),
        fails(ROOT, ROOT, history=["ADD rootfs.tar / # buildkit"]),
        unknown(ROOT),
    ),
    "ocia-path-traversal-entry": (
        passes(ROOT),
        fails(ROOT, findings=(ESCAPE, OUTSIDE)),
        review(ROOT, findings=(OUTSIDE,)),
        unknown(ROOT, findings=(CAPPED,), reason="findings-capped"),
        unknown(ROOT, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

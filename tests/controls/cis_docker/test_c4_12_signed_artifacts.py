"""Broken integrity fails 4.12; without signatures nothing passes.

Vectors of the catalogue's section 1.12, rule 1; the others need signatures, which are not read.
"""

import pytest

from ocianalyze.controls.cis_docker.c4_12_signed_artifacts import CONTROL
from ocianalyze.model.finding import Finding, Status
from tests.images import image

BROKEN = Finding("integrity.diff-id", "critical", "uncompressed layer differs", layer=0)
MANIFEST = Finding("integrity.manifest-digest", "critical", "manifest bytes differ")
OTHER = Finding("tar.duplicate", "low", "path occurs again", layer=0)


def test_integrity_mismatch_fails_with_its_layer() -> None:
    verdict = CONTROL.evaluate(image({}, findings=(OTHER, BROKEN, MANIFEST)))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "integrity-mismatch")
    assert [(e.kind, e.reason, e.layer) for e in verdict.evidence] == [
        ("layer", "integrity.diff-id", 0),
        ("manifest", "integrity.manifest-digest", None),
    ]
    assert verdict.summary == "uncompressed layer differs, 1 more"


def test_sound_bytes_are_no_signature() -> None:
    verdict = CONTROL.evaluate(image({}, findings=(OTHER,)))
    assert verdict.status is not Status.PASS
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "signatures-not-read")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("integrity.manifest-digest", "manifest"),
        ("integrity.config-digest", "manifest"),
        ("integrity.blob-digest", "layer"),
        ("integrity.diff-id", "layer"),
        ("integrity.size", "layer"),
    ],
)
def test_any_link_of_the_chain_fails_it(code: str, kind: str) -> None:
    layer = 0 if kind == "layer" else None
    broken = Finding(code, "critical", "bytes differ " * 9, layer=layer)
    verdict = CONTROL.evaluate(image({}, findings=(broken,) * 9))
    assert (verdict.status, verdict.evidence[0].kind) == (Status.FAIL, kind)
    assert verdict.evidence[0].severity == "critical"
    assert len(verdict.summary) <= 60


def test_a_saved_image_without_signatures_is_no_failure() -> None:
    assert CONTROL.evaluate(image({"app": b"x"})).status is Status.NOT_EVALUATED

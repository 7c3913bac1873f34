"""Encrypted layers are told from those that nobody has, and from those in clear."""

from dataclasses import replace

import pytest

from ocianalyze.controls.cis_ssc.encryption import CONTROL
from ocianalyze.model.finding import Status
from tests.controls.samples import Sample, Samples, holds, obeys, unknown
from tests.images import image

SAMPLES: Samples = {"cis-ssc-4.1.2": (unknown({"x": b""}), unknown(None))}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    ("whys", "status"),
    [
        (("encrypted", "encrypted"), Status.PASS),
        (("", "encrypted"), Status.NEEDS_REVIEW),
        (("missing", "encrypted"), Status.NEEDS_REVIEW),
        (("missing", "foreign"), Status.NOT_EVALUATED),
        ((), Status.NOT_EVALUATED),
    ],
)
def test_only_encrypted_layers_count(whys: tuple[str, ...], status: Status) -> None:
    view = image(*(None for _ in whys))
    pairs = zip(view.layers, whys, strict=True)
    layers = tuple(replace(layer, missing=why) for layer, why in pairs)
    verdict = CONTROL.evaluate(replace(view, layers=layers))
    assert verdict.status is status
    assert len(verdict.summary) <= 60

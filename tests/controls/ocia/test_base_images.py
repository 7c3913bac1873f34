"""The base of an image against the one that has its name today."""

from dataclasses import replace

import pytest

from ocianalyze.controls.ocia.base_images import drifted
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage, ToldBy
from ocianalyze.model.finding import Status
from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import Layer, image

ROOT: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", "bin/sh": b"x"}
APP: Layer = {"app": b"x"}
OWN = str(image(ROOT).layers[0].diff_id)
OTHER = f"sha256:{'0' * 64}"
NAME = "debian:12"


def base(told_by: ToldBy, *layers: str, name: str = NAME) -> BaseImage:
    return BaseImage(name, told_by, layers)


SAMPLES: Samples = {
    "ocia-base-drift": (
        passes(ROOT, APP, bases=(base("operator", OWN),), reason="base-newest"),
        passes(ROOT, APP, bases=(base("image", OWN),)),
        passes(ROOT, APP, bases=(base("image", OWN), base("image", OTHER))),
        passes(ROOT, APP, bases=(base("annotation", OWN), base("image", OWN))),
        fails(
            ROOT, APP, bases=(base("operator", OTHER), base("annotation")), reason="base-drifted"
        ),
        fails(ROOT, APP, bases=(base("operator", OTHER), base("table", OWN))),
        fails(ROOT, APP, bases=(base("image", OTHER), base("provenance"))),
        fails(ROOT, APP, bases=(base("operator", OTHER), base("image", OWN))),
        fails(
            ROOT,
            APP,
            bases=(
                base("operator", OTHER, name="docker.io/library/debian:12@sha256:00"),
                base("annotation"),
            ),
        ),
        review(ROOT, APP, bases=(base("operator", OTHER),), reason="base-differs"),
        unknown(ROOT, APP, reason="base-unknown"),
        unknown(ROOT, APP, bases=(base("table", OWN),), reason="newest-unknown"),
        unknown(ROOT, APP, bases=(base("annotation"),), reason="newest-unknown"),
        unknown(ROOT, APP, bases=(base("annotation"), base("operator", OTHER, name="alpine:3"))),
        absent(APP, history=["COPY app /app # buildkit"], reason="scratch"),
    ),
    "ocia-base-fleet-inconsistent": (unknown(ROOT, reason="one-image"), unknown({})),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def _view(*bases: BaseImage) -> ImageView:
    return replace(image(ROOT, APP), bases=bases)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("debian", "debian:latest"),
        ("docker.io/library/debian", "debian:latest"),
        ("index.docker.io/library/debian:12", "debian:12"),
        ("registry.example:5000/debian", "registry.example:5000/debian:latest"),
    ],
)
def test_a_name_means_the_same_however_it_is_written(written: str, means: str) -> None:
    view = _view(base("annotation", name=written), base("operator", OTHER, name=means))
    assert drifted(view).status is Status.FAIL


def test_both_bases_are_told() -> None:
    view = _view(base("operator", OTHER), base("table", OWN))
    told = [x.detail for x in drifted(view).evidence]
    assert told == [
        f"debian:12 {OWN[:19]} is what the image has",
        f"debian:12 {OTHER[:19]} is what the name means today",
    ]

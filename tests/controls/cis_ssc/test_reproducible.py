"""Times of a clock show that an image is not made again; fixed ones show nothing yet."""

from dataclasses import replace
from typing import Any

from ocianalyze.controls.cis_ssc.reproducible import CONTROL
from ocianalyze.model.finding import Status
from tests.controls.roots import IMPORT, ROOT
from tests.controls.samples import Sample, Samples, fails, holds, obeys, review, unknown
from tests.images import image


def step(text: str, created: str, **about: Any) -> dict[str, Any]:
    return {"created_by": text, "created": created, **about}


CLOCK = "2026-03-01T10:00:00.123456789Z"
WHOLE = "2026-03-01T10:00:00Z"
LATER = "2026-03-01T11:00:00Z"

EPOCH = "1970-01-01T00:00:00.000000001Z"

SAMPLES: Samples = {
    "cis-ssc-2.4.4": (
        fails({"x": b""}, history=[step("COPY x /x # buildkit", CLOCK)]),
        fails(
            ROOT,
            {"y": b""},
            {"z": b""},
            history=[step(IMPORT, WHOLE), step("COPY y /y", WHOLE), step("RUN z", LATER)],
        ),
        review(
            ROOT,
            {"y": b""},
            {"z": b""},
            history=[step(IMPORT, CLOCK), step("COPY y /y", WHOLE), step("RUN z", WHOLE)],
            reason="times-fixed",
        ),
        review({"x": b""}, {"y": b""}, history=[step("a", CLOCK), step("COPY y /y", WHOLE)]),
        review({"x": b""}, history=[step("COPY x /x", EPOCH)]),
        review({"x": b""}),
        unknown({"x": b""}, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_the_images_own_time_is_one_of_them() -> None:
    view = image({"x": b""})
    assert view.config is not None
    made = view.config.model_copy(update={"created": CLOCK})
    verdict = CONTROL.evaluate(replace(view, config=made))
    assert verdict.status is Status.FAIL
    assert verdict.evidence[0].pointer == "/created"

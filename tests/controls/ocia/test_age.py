"""Ages are compared with a day that is given, times with each other."""

import pytest

from ocianalyze.controls._base import tuned
from ocianalyze.controls.catalogue import at_day
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import State
from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    listed,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer

DEBIAN: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
ANCIENT: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=8\n"}
ODD: Layer = {"etc/os-release": b"ID=odd\nVERSION_ID=1\n"}

FUTURE = File(b"x", mtime=4_102_444_800)  # 2100-01-01
BEYOND = File(b"y", mtime=253_402_300_800)  # the first second that no date has


def _made(*days: str) -> list[dict[str, str]]:
    return [{"created_by": f"RUN {n} # buildkit", "created": f"{x}T00:00:00Z"}
            for n, x in enumerate(days)]  # fmt: skip


NOW = {"now": "2024-01-01"}
SAMPLES: Samples = {
    "ocia-eol-distribution": (
        passes(DEBIAN, set=NOW),
        fails(ANCIENT, set=NOW),
        fails(ANCIENT, history=_made("2024-01-01")),
        passes(DEBIAN, set={"now": "2026-07-11"}),
        review(DEBIAN, set={"now": "2026-07-12"}, reason="lts-only"),
        review(DEBIAN, set={"now": "2028-06-30"}, reason="lts-only"),
        review(DEBIAN, history=_made("2026-07-12"), reason="lts-only"),
        fails(DEBIAN, set={"now": "2028-07-01"}, reason="end-of-life"),
        unknown(DEBIAN, reason="no-date"),
        unknown(ODD, set=NOW, reason="end-unknown"),
        absent({"app": b"x"}),
        absent(DEBIAN, os="windows"),
        unknown({"app": b"x"}, None),
    ),
    "ocia-image-age": (
        passes(DEBIAN, history=_made("2023-12-31"), set=NOW),
        fails(DEBIAN, history=_made("2023-11-15"), set=NOW),
        passes(DEBIAN, history=_made("2023-11-15"), set={**NOW, "days": 60}),
        unknown(DEBIAN, history=_made("2023-11-15"), reason="no-date"),
        unknown(DEBIAN, history=_made("1970-01-01"), set=NOW, reason="no-creation-date"),
        passes(DEBIAN, history=_made("2024-01-02"), set=NOW),
        unknown(DEBIAN, history=_made("9999-12-31"), set=NOW, reason="made-later"),
    ),
    "ocia-timestamp-anomaly": (
        passes(DEBIAN, history=_made("2023-11-15")),
        fails({"x": File(b"x", mtime=1_800_000_000)}, history=_made("2023-11-15")),
        review(DEBIAN, {"y": b""}, history=_made("2023-11-10", "2023-11-15")),
        review(DEBIAN, {"y": b""}, history=_made("2023-12-15", "2023-11-15")),
        passes(DEBIAN, history=_made("1970-01-01")),
        fails({"x": File(b"x", mtime=1 << 62)}, history=_made("2023-11-15")),
        fails({"x": FUTURE, "y": BEYOND}, history=_made("2023-11-15")),
        fails({"x": FUTURE}, history=_made("1970-01-01"), reason="in-the-future"),
        fails(DEBIAN, history=_made("9999-12-31"), reason="in-the-future"),
        fails({"x": FUTURE}, history=_made("2100-01-01"), reason="in-the-future"),
        fails({"y": BEYOND}, {"y": b""}, history=_made("2023-11-15", "9999-12-31"), config={}),
        fails(DEBIAN, {"y": b""}, history=_made("9999-12-31", "2023-11-15")),
        passes(DEBIAN, history=_made("2024-01-02"), set=NOW),
        fails(DEBIAN, history=_made("2024-01-03"), set=NOW, reason="in-the-future"),
        fails({"x": File(b"x", mtime=1_704_240_000)}, history=_made("2024-01-01"), set=NOW),
        unknown(DEBIAN),
        unknown(DEBIAN, None, history=_made("2023-11-15", "2023-11-15")),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    ("files", "detail", "path"),
    [
        ({"a": b"", "x": FUTURE}, "file of 2100-01-01, image of 2023-11-15", "x"),
        (
            {"srv/x": FUTURE, "srv/y": BEYOND, "srv/z": BEYOND},
            "file of @253402300800, the newest of 3, image of 2023-11-15",
            "srv/y",
        ),
    ],
)
def test_the_newest_file_of_a_layer_is_named(files: Layer, detail: str, path: str) -> None:
    upper: Layer = {"x": b"", "srv/.wh.y": b""}
    made = _made("2023-11-15", "2023-11-15")
    (told,) = holds("ocia-timestamp-anomaly", fails(files, upper, history=made)).evidence
    assert (told.detail, told.path, told.layer) == (detail, path, 0)
    assert told.state is (State.OVERWRITTEN if path == "x" else State.DELETED)


def test_a_day_is_given_to_those_that_compare_with_one() -> None:
    both = [listed("ocia-image-age"), listed("ocia-vcs-directory")]
    aged, other = at_day(both, "2024-01-01")
    assert aged[0] != both[0][0]
    assert other == both[1]


@pytest.mark.parametrize("day", ["yesterday", "2024-13-01", "01/02/2024"])
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(UsageError, match="no date"):
        at_day([listed("ocia-image-age")], day)


@pytest.mark.parametrize("values", [{"weeks": 1}, {"days": "1"}, {"days": True}, {"now": 1}])
def test_a_parameter_of_another_name_or_type_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        tuned(listed("ocia-image-age")[0], values)

"""A package's age is bounded by its layer and its files; what neither bounds is not passed."""

from typing import Any

import pytest

from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer

JUNE, DAY = 1_780_272_000, 86_400
"""2026-06-01, in seconds since 1970, and the seconds of a day."""


def debian(*times: int, name: str = "tool") -> Layer:
    """Return a root with one package, its files of some times."""
    files = {f"usr/share/{name}/{n}": File(b"x", mtime=time) for n, time in enumerate(times)}
    listed = "".join(f"/{path}\n" for path in files).encode()
    return {
        **files,
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": f"Package: {name}\nStatus: install ok installed\n"
        "Architecture: amd64\nVersion: 1\n".encode(),
        f"var/lib/dpkg/info/{name}.list": listed,
    }


PIP: Layer = {
    "usr/lib/python3/dist-packages/x-1.dist-info/METADATA": b"Name: x\nVersion: 1\n",
}


def made(day: str) -> list[dict[str, Any]]:
    return [{"created_by": "RUN x # buildkit", "created": f"{day}T00:00:00Z"}]


OLD, LATER = JUNE - 90 * DAY, {"now": "2026-09-01"}

SAMPLES: Samples = {
    "cis-ssc-3.1.8": (
        passes(debian(OLD), history=made("2026-06-01"), set=LATER),
        passes(PIP, history=made("2026-06-01"), set=LATER),
        review(debian(JUNE), history=made("2026-06-20"), reason="package-young"),
        review(debian(JUNE), history=made("2026-06-20"), set={"now": "2026-07-20"}),
        passes(debian(JUNE), history=made("2026-06-20"), set={"now": "2026-07-20", "days": 7}),
        unknown(debian(OLD), history=made("2026-06-20"), reason="ages-unknown"),
        unknown(debian(JUNE), history=made("2026-06-01"), reason="ages-unknown"),
        unknown(debian(0), history=made("2026-06-20"), reason="ages-unknown"),
        unknown(debian(OLD, OLD, JUNE), history=made("2026-06-20"), reason="ages-unknown"),
        unknown(PIP, history=made("2026-06-20"), reason="ages-unknown"),
        unknown(debian(OLD), history=["RUN x"], reason="no-date"),
        unknown(debian(OLD), history=made("9999-12-31"), reason="no-date"),
        passes(debian(OLD), history=made("2026-06-01"), set={**LATER, "days": -(1 << 60)}),
        review(debian(OLD), history=made("2026-06-01"), set={**LATER, "days": 1 << 60}),
        absent({"x": b""}, history=made("2026-06-01")),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("time", [1 << 40, -(1 << 40)], ids=["far", "negative"])
def test_times_that_no_calendar_has_say_nothing(time: int) -> None:
    holds("cis-ssc-3.1.8", unknown(debian(time), history=made("2026-06-20")))


def test_a_package_of_a_later_layer_is_judged_where_it_came() -> None:
    lower = debian(OLD, name="first")
    upper = debian(JUNE, name="second")
    status = lower["var/lib/dpkg/status"], upper["var/lib/dpkg/status"]
    both = b"\n".join(x for x in status if isinstance(x, bytes))
    history = [*made("2026-03-01"), *made("2026-06-20")]
    sample = review(lower, {**upper, "var/lib/dpkg/status": both}, history=history)
    evidence = holds("cis-ssc-3.1.8", sample).evidence
    assert [x.detail for x in evidence] == ["deb second 1: of 2026-06-01"]

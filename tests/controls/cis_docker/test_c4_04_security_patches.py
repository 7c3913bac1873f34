"""Without a vulnerability database 4.4 passes nothing; age and end of support are evidence.

Vectors of the catalogue's section 1.4 that need no database.
"""

from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from ocianalyze.controls.cis_docker.c4_04_security_patches import CONTROL, evaluate
from ocianalyze.controls.evaluate import evaluate as run
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.package import Distribution, Found, Inventory, Package, Presence
from tests.images import Layer, image

History: TypeAlias = list[str | dict[str, Any]]
RELEASE: Layer = {"etc/os-release": b"ID=debian\n", "bin/sh": b""}
ROOTFS = "ADD rootfs.tar / # buildkit"
ENDED = Distribution(id="debian", version="11", end_of_life="2026-08-31")


def _made(day: str, *, line: str = "RUN make # buildkit") -> ImageView:
    entry = {"created_by": line, "created": f"{day}T00:00:00Z"}
    return image({"x": b""}, history=[entry])


def test_without_its_evidence_nothing_is_decided() -> None:
    verdict = evaluate(image({"etc/os-release": b"ID=debian\n"}))
    assert verdict.status not in (Status.PASS, Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "no-database")
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    ("made", "now", "status"),
    [
        ("2026-09-01", "", Status.FAIL),
        ("2026-08-01", "2026-09-01", Status.FAIL),
        ("2026-08-30", "2026-08-31", Status.NOT_EVALUATED),
        ("2026-08-01", "", Status.NOT_EVALUATED),
    ],
)
def test_distribution_without_support_fails(made: str, now: str, status: Status) -> None:
    view = replace(_made(made), inventory=Inventory(ENDED))
    verdict = evaluate(view, now=now)
    assert verdict.status is status
    assert any(e.reason == "end-of-life" for e in verdict.evidence)
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    ("now", "days", "status"),
    [
        ("2026-01-31", 30, Status.NOT_EVALUATED),
        ("2026-02-01", 30, Status.NEEDS_REVIEW),
        ("2026-02-01", 90, Status.NOT_EVALUATED),
        ("", 30, Status.NOT_EVALUATED),
        ("2025-01-01", 30, Status.NOT_EVALUATED),
    ],
)
def test_old_image_needs_review_when_a_day_is_given(now: str, days: int, status: Status) -> None:
    assert evaluate(_made("2026-01-01"), now=now, days=days).status is status


@pytest.mark.parametrize(
    ("config", "step", "day"),
    [
        ("2026-01-05T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-05"),
        ("2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-05"),
        ("", "2026-01-02T00:00:00.123456789Z", "2026-01-02"),
        ("1970-01-01T00:00:00Z", "2026-01-02T00:00:00+02:00", "2026-01-02"),
        ("1980-01-01T00:00:00Z", "", ""),
        ("soon", "9999", ""),
    ],
)
def test_the_last_day_that_is_told_is_the_age(config: str, step: str, day: str) -> None:
    """Of the config and of its steps; what reproducible builds write is no day."""
    view = image({"x": b""}, history=[{"created_by": "RUN make", "created": step}])
    made = replace(view, config=ImageConfig(created=config))
    (told,) = [e.detail for e in evaluate(made).evidence if e.reason == "image-age"]
    assert told == (f"made on {day}" if day else "the image names no day of creation")


def test_no_support_weighs_more_than_age() -> None:
    view = replace(_made("2026-09-01"), inventory=Inventory(ENDED))
    verdict = evaluate(view, now="2026-12-31")
    assert (verdict.reason, verdict.summary) == (
        "no-vendor-fixes",
        "debian 11: support ended 2026-08-31",
    )


def test_no_support_is_cured_by_another_release_not_by_a_rebuild() -> None:
    """The newest image of a release without support is without support."""
    view = replace(_made("2026-09-01"), inventory=Inventory(ENDED))
    assert "FROM a release that is still supported" in evaluate(view).remediation


@pytest.mark.parametrize(
    ("made", "now", "old_fails", "status", "reason"),
    [
        ("2026-08-31", "", False, Status.NOT_EVALUATED, "no-database"),
        ("2026-09-01", "", False, Status.NEEDS_REVIEW, "lts-only"),
        ("2026-08-01", "2026-11-01", False, Status.NEEDS_REVIEW, "lts-only"),
        ("2026-08-01", "2026-11-01", True, Status.FAIL, "rebuild-due"),
        ("2026-08-01", "2028-06-30", False, Status.NEEDS_REVIEW, "lts-only"),
        ("2026-08-01", "2028-07-01", False, Status.FAIL, "no-vendor-fixes"),
        ("2028-07-01", "", True, Status.FAIL, "no-vendor-fixes"),
    ],
)
def test_long_term_support_is_for_people_to_judge_until_it_ends(
    made: str, now: str, *, old_fails: bool, status: Status, reason: str
) -> None:
    view = replace(_made(made), inventory=Inventory(replace(ENDED, end_of_lts="2028-06-30")))
    verdict = evaluate(view, now=now, old_fails=old_fails)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_long_term_support_is_told_with_its_team_and_its_end() -> None:
    release = Distribution("debian", "12", end_of_life="2026-07-11", end_of_lts="2028-06-30")
    verdict = evaluate(replace(_made("2026-09-01"), inventory=Inventory(release)))
    assert verdict.summary == "debian 12: LTS team only since 2026-07-11, to 2028-06-30"
    assert (
        verdict.evidence[0].detail
        == "debian 12: general support ends 2026-07-11, debian LTS team goes on until 2028-06-30"
    )
    assert "FROM a release that is still supported" in verdict.remediation


@pytest.mark.parametrize(
    ("layers", "history", "origin"),
    [
        ([RELEASE], ["COPY root / # buildkit"], "unknown"),
        ([RELEASE], [], "unknown"),
        ([RELEASE, {}], [ROOTFS, "RUN make # buildkit"], "base"),
        ([RELEASE, RELEASE], [ROOTFS, "COPY root / # buildkit"], "author"),
    ],
    ids=["copied", "nothing-told", "base", "over-a-base"],
)
def test_no_support_is_of_the_side_that_brought_the_distribution(
    layers: list[Layer], history: History, origin: str
) -> None:
    """Who fails on the author's part must not be let off by a base that nobody knows."""
    ended = replace(ENDED, path="etc/os-release", end_of_life="2020-01-01")
    made = replace(image(*layers, history=history), inventory=Inventory(ended))
    view = replace(made, config=ImageConfig(created="2026-09-01T00:00:00Z"))
    verdict = run(view, [(CONTROL, None)])[0].verdict
    assert (verdict.reason, verdict.origin) == ("no-vendor-fixes", origin)
    assert origin in {e.origin for e in verdict.evidence if e.reason == "end-of-life"}
    assert "base" not in {e.origin for e in verdict.evidence} - {origin}


@pytest.mark.parametrize(
    "line", ["apt-get update", "apk add curl", "dnf makecache", "echo upgrade"]
)
def test_other_commands_are_no_upgrades(line: str) -> None:
    view = _made("2026-01-01", line=f"RUN /bin/sh -c {line} # buildkit")
    assert not [e for e in evaluate(view).evidence if e.reason == "upgraded"]


def test_epoch_is_no_age() -> None:
    verdict = evaluate(_made("1970-01-01"), now="2026-01-01")
    assert verdict.status is Status.NOT_EVALUATED
    assert any("no day of creation" in e.detail for e in verdict.evidence)


@pytest.mark.parametrize("line", ["apt-get upgrade -y", "apk upgrade", "dnf -y update"])
def test_upgrades_in_the_history_are_told(line: str) -> None:
    view = _made("2026-01-01", line=f"RUN /bin/sh -c {line} # buildkit")
    assert [e.step for e in evaluate(view).evidence if e.reason == "upgraded"] == [0]


def test_a_profile_may_fail_what_is_due() -> None:
    made = _made("2026-01-01")
    assert evaluate(made, now="2026-03-01", old_fails=True).status is Status.FAIL
    assert evaluate(made, now="2026-01-02", old_fails=True).status is Status.NOT_EVALUATED


def _installed(*times: str) -> ImageView:
    """Return an image without a day of its own, and rpm packages with a time of installation."""
    packages = tuple(
        Package(
            Found("rpm", f"p{number}", "1", properties=(("install-time", time),)),
            f"pkg:rpm/p{number}@1",
            "rpm",
            Presence.VISIBLE,
            (),
            0,
        )
        for number, time in enumerate(times)
    )
    return replace(_made("1970-01-01"), inventory=Inventory(packages=packages))


@pytest.mark.parametrize(
    ("times", "status"),
    [
        (("1767225600", "1735689600"), Status.NEEDS_REVIEW),
        (("0",), Status.NOT_EVALUATED),
        (("x", "-1", "9" * 40), Status.NOT_EVALUATED),
        ((), Status.NOT_EVALUATED),
    ],
    ids=["newest-of-2026-01-01", "epoch", "no-numbers", "no-packages"],
)
def test_the_newest_package_tells_the_age_of_a_reproducible_build(
    times: tuple[str, ...], status: Status
) -> None:
    verdict = evaluate(_installed(*times), now="2026-03-01")
    assert verdict.status is status
    if status is Status.NEEDS_REVIEW:
        assert verdict.summary.startswith("made 59 days ago")


@pytest.mark.parametrize("name", ["x", "x" * 90])
def test_summaries_are_short(name: str) -> None:
    ended = replace(ENDED, id=name, version=name)
    view = replace(_made("2026-09-01"), inventory=Inventory(ended))
    assert len(evaluate(view).summary) <= 60

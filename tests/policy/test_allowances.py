"""Allowances: what is allowed stays in the evidence, and a pass that rests on it says so."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly
from ocianalyze.model.finding import Evidence, Status, Verdict, Waived, Waiver
from ocianalyze.policy.allowances import REASON, UNPROVED, apply
from ocianalyze.policy.profile import Allowance
from tests.cli.installed import APP, BASE, ELF, VIEW
from tests.images import File, image

TODAY = date(2026, 10, 1)
SU = Evidence("mode 4755", path="usr/bin/su", layer=0, sha256="ab" * 32)
DASH = Evidence("mode 4755", path="usr/bin/dash", layer=0, severity="high")
NOTE = Evidence("a note", "config", severity="info")
NPM = Evidence("npm z 1 (tool), 0.0 MB", "package", path="app/package-lock.json")
FAIL = Verdict(Status.FAIL, "setid", "2 files", (SU, DASH, NOTE))


def _with_dash(content: bytes, mode: int = 0o4755, **xattrs: bytes) -> ImageView:
    """Return an image whose package dash records a program with the rights of another."""
    digest = hashlib.md5(ELF, usedforsecurity=False).hexdigest()
    layer = {
        **BASE,
        "usr/bin/dash": File(content, mode=mode, xattrs=xattrs),
        "var/lib/dpkg/info/dash.md5sums": f"{digest}  bin/dash\n".encode(),
    }
    return assembly.with_inventory(image(layer, APP, observers=assembly.observers()))


RECORDED = _with_dash(ELF)
CAPABLE = _with_dash(ELF, 0o755, **{"security.capability": b"\1\0\0\2" + bytes(16)})


def _allow(**keys: object) -> Allowance:
    return Allowance.model_validate({"control": "a", "reason": "because", **keys})


def _applied(verdict: Verdict, *allowances: Allowance) -> Verdict:
    return apply(verdict, ("a", "same-as-a"), allowances, RECORDED, TODAY)


@pytest.mark.parametrize(
    ("keys", "allowed"),
    [
        ({}, [SU, DASH, NOTE]),
        ({"path": "usr/bin/su"}, [SU]),
        ({"path": "/usr/bin/su"}, [SU]),
        ({"path": "usr/*"}, [SU, DASH]),
        ({"path": "usr/bin"}, []),
        ({"sha256": "ab" * 32}, [SU]),
        ({"sha256": "cd" * 32}, []),
        ({"path": "usr/*", "sha256": "ab" * 32}, [SU]),
        ({"package": "dash"}, [DASH]),
        ({"package": "pkg:deb/*/dash@*"}, [DASH]),
        ({"package": "dash", "path": "usr/bin/d*"}, [DASH]),
        ({"package": "six"}, []),
        ({"path": "usr/bin/su", "package": "dash"}, []),
        ({"control": "same-*"}, [SU, DASH, NOTE]),
        ({"control": "b"}, []),
        ({"expires": "2026-10-01"}, [SU, DASH, NOTE]),
        ({"expires": "2026-09-30"}, []),
    ],
    ids=str,
)
def test_every_key_that_is_given_must_fit(keys: dict[str, object], allowed: list[Evidence]) -> None:
    found = _applied(FAIL, _allow(**keys))
    marked = [item.path for item in found.evidence if item.allowed]
    assert marked == [item.path for item in allowed]
    assert {item.path for item in found.evidence} == {item.path for item in FAIL.evidence}
    if found.status is Status.FAIL:
        assert [bool(item.allowed) for item in found.evidence] == sorted(
            bool(item.allowed) for item in found.evidence
        )


def test_a_verdict_passes_when_nothing_else_is_left_and_says_so() -> None:
    one = _applied(FAIL, _allow(path="usr/bin/su", expires="2027-01-01"))
    assert (one.status, one.reason) == (Status.FAIL, "setid")
    assert one.evidence[-1].allowed == "because (until 2027-01-01)"
    both = _applied(FAIL, _allow(path="usr/bin/su"), _allow(package="dash"))
    assert (both.status, both.reason) == (Status.PASS, REASON)
    assert both.summary == "passes by allowance: 2 of 3 allowed"
    assert [item.allowed for item in both.evidence] == ["because", "because", ""]


def test_notes_count_where_there_is_nothing_else() -> None:
    notes = Verdict(Status.NEEDS_REVIEW, "r", "s", (NOTE, NOTE))
    assert _applied(notes, _allow(path="usr/*")).status is Status.NEEDS_REVIEW
    assert _applied(notes, _allow()).status is Status.PASS


def test_a_verdict_without_evidence_passes_only_as_a_whole() -> None:
    bare = Verdict(Status.FAIL, "bare", "no health check")
    assert _applied(bare, _allow(path="*")) == bare
    assert _applied(bare, _allow(expires="2020-01-01")).status is Status.FAIL
    whole = _applied(bare, _allow())
    assert (whole.status, whole.summary) == (
        Status.PASS,
        "passes by allowance of the whole control",
    )
    assert [(item.detail, item.allowed) for item in whole.evidence] == [
        ("no health check", "because")
    ]


def test_an_allowance_that_ended_is_told_and_allows_nothing() -> None:
    found = _applied(FAIL, _allow(path="usr/bin/su", expires="2026-09-30"))
    assert found.evidence[0].detail == "mode 4755; its allowance ended on 2026-09-30"
    assert found.status is Status.FAIL
    later = _applied(FAIL, _allow(expires="2026-09-30"), _allow(path="usr/bin/su"))
    assert [item.path for item in later.evidence if item.allowed] == ["usr/bin/su"]


def test_evidence_about_a_package_is_allowed_by_its_name() -> None:
    verdict = Verdict(Status.FAIL, "r", "s", (NPM,))
    assert _applied(verdict, _allow(package="z")).status is Status.PASS
    assert _applied(verdict, _allow(package="pkg:npm/z@*")).status is Status.PASS
    assert _applied(verdict, _allow(package="six")).status is Status.FAIL


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in (Status.FAIL, Status.NEEDS_REVIEW)]
)
def test_missing_evidence_is_never_allowed_into_a_pass(status: Status) -> None:
    verdict = Verdict(status, "r", "s", (SU,))
    assert _applied(verdict, _allow()) == verdict


@pytest.mark.parametrize(
    ("view", "keys", "status", "reason", "told"),
    [
        (RECORDED, {}, Status.PASS, REASON, "mode 4755"),
        (_with_dash(ELF + b"!"), {}, Status.FAIL, "r", "mode 4755"),
        (CAPABLE, {}, Status.PASS, REASON, "mode 4755"),
        (_with_dash(ELF, 0o755), {}, Status.NEEDS_REVIEW, UNPROVED, "no record proves"),
        (VIEW, {}, Status.NEEDS_REVIEW, UNPROVED, "no record proves that it is as dash ships it"),
        (VIEW, {"sha256": "cd" * 32}, Status.PASS, REASON, "mode 4755"),
    ],
    ids=["as-recorded", "changed", "capabilities", "no-rights", "no-record", "digest-given"],
)
def test_a_package_allows_only_the_bytes_that_it_records(
    view: ImageView, keys: dict[str, object], status: Status, reason: str, told: str
) -> None:
    item = replace(DASH, sha256="cd" * 32)
    verdict = Verdict(Status.FAIL, "r", "s", (item, NOTE))
    found = apply(verdict, ("a",), [_allow(package="dash", **keys)], view, TODAY)
    assert (found.status, found.reason) == (status, reason)
    assert told in found.evidence[0].detail + found.evidence[-1].detail
    assert any(one.allowed for one in found.evidence) is (status is Status.PASS)


def test_a_waived_verdict_says_what_it_would_be_and_which_allowances_hold() -> None:
    """Each once, in the order of the evidence; without one that is not used."""
    day = date(2027, 6, 30)
    su, dash = _allow(path="usr/bin/su", expires=day), _allow(path="usr/bin/dash")
    said = _applied(FAIL, dash, su, _allow(path="opt/*"))
    assert said.waived == Waived(
        Status.FAIL,
        "setid",
        (
            Waiver("a", "because", "2027-06-30", path="usr/bin/su"),
            Waiver("a", "because", path="usr/bin/dash"),
        ),
    )
    assert _applied(FAIL, su).waived is None
    assert _applied(replace(FAIL, evidence=()), _allow()).waived == Waived(
        Status.FAIL, "setid", (Waiver("a", "because"),)
    )

"""4.2 trusts a base that its layers prove and a profile names; a claim proves nothing."""

from dataclasses import replace

import pytest

from ocianalyze.controls.cis_docker.c4_02_trusted_base import evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage, ToldBy
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image


def _built(told_by: ToldBy, *, proved: bool = True) -> ImageView:
    view = image({"etc/os-release": b"ID=debian\n"}, {"app": b"x"})
    layers = (str(view.layers[0].diff_id),) if proved else ()
    return replace(view, bases=(BaseImage("registry/debian:12", told_by, layers),))


def test_without_a_policy_no_base_is_trusted_or_refused() -> None:
    for view in (image({}), _built("operator")):
        verdict = evaluate(view)
        assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "no-policy")
        assert len(verdict.summary) <= 60


@pytest.mark.parametrize("told_by", ["operator", "annotation", "provenance", "image", "table"])
def test_base_that_its_layers_prove_is_judged_by_name(told_by: ToldBy) -> None:
    view = _built(told_by)
    passed = evaluate(view, trusted=("registry/*",))
    assert (passed.status, passed.confidence) == (Status.PASS, "exact")
    failed = evaluate(view, trusted=("elsewhere/*",))
    assert (failed.status, failed.reason) == (Status.FAIL, "base-not-trusted")
    assert evaluate(view, trusted=("*",), refused=("*debian*",)).status is Status.FAIL
    assert evaluate(view, trusted=(str(view.layers[0].diff_id),)).status is Status.PASS


@pytest.mark.parametrize(
    ("name", "trusted", "holds"),
    [
        ("alpine:3.15.4", "docker.io/library/*", True),
        ("docker.io/library/alpine:3", "alpine:*", True),
        ("index.docker.io/alpine:3", "docker.io/library/alpine:3", True),
        ("library/alpine:3", "alpine:3", True),
        ("team/alpine:3", "docker.io/team/*", True),
        ("docker.io/team/alpine:3", "team/*", True),
        ("team/alpine:3", "docker.io/library/*", False),
        ("team/alpine:3", "alpine:*", False),
        ("evil.example/library/alpine:3", "docker.io/library/*", False),
        ("localhost/alpine:3", "docker.io/*", False),
        ("evil:5000/alpine:3", "alpine:*", False),
    ],
)
def test_names_are_compared_as_docker_expands_them(name: str, trusted: str, holds: bool) -> None:  # noqa: FBT001
    view = _built("table")
    view = replace(view, bases=(replace(view.bases[0], name=name),))
    assert (evaluate(view, trusted=(trusted,)).status is Status.PASS) is holds
    assert (evaluate(view, trusted=("*",), refused=(trusted,)).status is Status.FAIL) is holds


def test_a_policy_that_only_refuses_trusts_nothing_and_fails_nothing_else() -> None:
    verdict = evaluate(_built("operator"), refused=("elsewhere/*",))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "no-policy")
    assert evaluate(_built("operator"), refused=("registry/*",)).status is Status.FAIL


def test_base_that_only_the_image_names_needs_review() -> None:
    verdict = evaluate(_built("annotation", proved=False), trusted=("registry/*",))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "self-declared")


def test_image_from_scratch_has_no_base() -> None:
    view = image({"app": b"x"}, history=["COPY app /app # buildkit"])
    verdict = evaluate(view, trusted=("docker.io/library/*",))
    assert (verdict.status, verdict.reason) == (Status.PASS, "scratch")


def test_without_a_policy_even_an_image_from_scratch_needs_review() -> None:
    verdict = evaluate(image({"app": b"x"}, history=["COPY app /app # buildkit"]))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "no-policy")
    assert verdict.summary.endswith("it looks FROM scratch")


def test_several_layers_are_not_taken_for_scratch() -> None:
    history = ["COPY app /app # buildkit", "COPY more /more # buildkit"]
    view = image({"app": b"x"}, {"more": b"x"}, history=history)
    verdict = evaluate(view, trusted=("docker.io/library/*",))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "base-unknown")
    for name in ("bin/sh", "etc/passwd", "lib/x"):
        other = evaluate(image({"app": b"x", name: b"x"}, history=["COPY . / # buildkit"]))
        assert other.status is Status.NEEDS_REVIEW


def test_what_the_image_says_is_shown_as_its_own_claim() -> None:
    release = b'NAME="x"\nID=debian\nVERSION_ID="12"\n'
    line = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1'"
    verdict = evaluate(image({"usr/lib/os-release": release}, history=[line]))
    told = [(e.detail, e.reason) for e in verdict.evidence]
    assert ("os-release says debian 12", "self-declared") in told
    assert any(reason == "first-step" for _, reason in told)


def test_root_filesystem_over_an_insecure_channel_is_told() -> None:
    line = "ADD http://example.org/rootfs.tar.gz / # buildkit"
    verdict = evaluate(image({"etc/x": b"", "bin/sh": b""}, history=[line]))
    assert "insecure-channel" in {e.reason for e in verdict.evidence}


def test_empty_claim_is_shown_too() -> None:
    verdict = evaluate(image({"etc/os-release": b""}))
    assert verdict.evidence[0].detail == "os-release says nothing"


_JUNE = 1_780_272_000
"""2026-06-01."""


def _aged(made: int, created: str = "2026-06-01", *, proved: bool = True) -> ImageView:
    """Return an image whose base has one file of some time, and steps of some day."""
    steps = [
        {"created_by": "ADD rootfs.tar / # buildkit", "created": f"{created}T00:00:00Z"},
        {"created_by": "COPY app / # buildkit", "created": "2026-09-01T00:00:00Z"},
    ]
    root: Layer = {"etc/os-release": File(b"ID=debian\n", mtime=made), "bin/x": File(mtime=1)}
    view = image(root, {"app": b"x"}, history=steps)
    layers = (str(view.layers[0].diff_id),) if proved else ()
    return replace(view, bases=(BaseImage("registry/debian:12", "operator", layers, steps=1),))


@pytest.mark.parametrize(
    ("view", "now", "days", "status", "reason"),
    [
        (_aged(_JUNE), "2026-06-20", 30, Status.PASS, "base-trusted"),
        (_aged(_JUNE), "2026-09-01", 30, Status.FAIL, "base-old"),
        (_aged(_JUNE, "2026-08-30"), "2026-09-01", 30, Status.FAIL, "base-old"),
        (_aged(_JUNE), "2026-09-01", 0, Status.PASS, "base-trusted"),
        (_aged(_JUNE), "", 30, Status.NOT_EVALUATED, "no-date"),
        (_aged(_JUNE), "2026-05-01", 30, Status.NOT_EVALUATED, "made-later"),
        (_aged(1), "2026-06-20", 30, Status.NEEDS_REVIEW, "base-age-self-declared"),
        (_aged(1), "2026-09-01", 30, Status.FAIL, "base-old"),
        (_aged(1, "1970-01-01"), "2026-09-01", 30, Status.NOT_EVALUATED, "base-age-unknown"),
        (_aged(1 << 62, "9999-12-31"), "2026-09-01", 30, Status.NOT_EVALUATED, "made-later"),
        (_aged(_JUNE, proved=False), "2026-06-20", 30, Status.NEEDS_REVIEW, "self-declared"),
        (_aged(_JUNE, proved=False), "2026-09-01", 30, Status.FAIL, "base-old"),
    ],
)
def test_a_base_may_be_no_older_than_the_policy_allows(
    view: ImageView, now: str, days: int, status: Status, reason: str
) -> None:
    verdict = evaluate(view, trusted=("registry/*",), days=days, now=now)
    assert (verdict.status, verdict.reason, verdict.origin) == (status, reason, "base")
    assert 0 < len(verdict.summary) <= 60


def test_a_policy_of_signers_is_never_ignored() -> None:
    """No signature is read yet, so what asks for one cannot pass."""
    view = _aged(_JUNE)
    verdict = evaluate(view, trusted=("registry/*",), signers=("0xDEADBEEF", "ci@example.org"))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "signature-unread")
    asked = [x.detail for x in verdict.evidence if x.reason == "signer"]
    assert asked == ["must be signed by 0xDEADBEEF", "must be signed by ci@example.org"]
    refused = evaluate(view, refused=("registry/*",), signers=("0xDEADBEEF",))
    assert (refused.status, refused.reason) == (Status.FAIL, "base-not-trusted")


def test_an_image_from_scratch_has_no_base_that_could_be_old_or_signed() -> None:
    view = image({"app": b"x"}, history=["COPY app /app # buildkit"])
    verdict = evaluate(view, trusted=("x",), days=1, signers=("k",), now="2026-09-01")
    assert (verdict.status, verdict.reason) == (Status.PASS, "scratch")

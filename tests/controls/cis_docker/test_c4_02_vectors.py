"""Vectors of the catalogue's section 1.2, "4.2 ... use only trusted base images"."""

import hashlib
from dataclasses import replace

import pytest

from ocianalyze.controls.cis_docker.c4_02_trusted_base import evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage
from ocianalyze.model.finding import Status
from ocianalyze.model.package import Distribution, Inventory
from tests.images import image

DIGEST = "sha256:" + "a" * 64
NAME = "registry.example/library/debian:12"
FAIL, PASS, REVIEW = Status.FAIL, Status.PASS, Status.NEEDS_REVIEW


def _proved() -> ImageView:
    """Return an image of three layers, of which two are its base's."""
    view = image({"etc/os-release": b"ID=debian\n"}, {"usr/x": b"1"}, {"app": b"2"})
    layers = tuple(str(layer.diff_id) for layer in view.layers[:2])
    return replace(view, bases=(BaseImage(NAME, "image", layers, DIGEST),))


def _chain_id(view: ImageView) -> str:
    """Return the ChainID of the base as the image-spec computes it."""
    lower, upper = (str(layer.diff_id) for layer in view.layers[:2])
    return "sha256:" + hashlib.sha256(f"{lower} {upper}".encode()).hexdigest()


def _claimed() -> ImageView:
    return replace(_proved(), bases=(BaseImage(NAME, "annotation", (), DIGEST),))


@pytest.mark.parametrize(
    ("trusted", "status"),
    [
        (DIGEST, PASS),
        (NAME, PASS),
        ("registry.example/library/*", PASS),
        ("registry.example/*/debian:*", PASS),
        ("other.example/*", FAIL),
        ("sha256:" + "b" * 64, FAIL),
        ("debian", FAIL),
    ],
)
def test_a_proved_base_is_compared_with_the_list(trusted: str, status: Status) -> None:
    verdict = evaluate(_proved(), trusted=(trusted,))
    assert (verdict.status, verdict.confidence) == (status, "exact")


def test_a_chain_of_layers_is_named_by_its_chain_id() -> None:
    """The upper layer alone may lie on anything."""
    view = _proved()
    assert evaluate(view, trusted=(_chain_id(view),)).status is PASS
    assert evaluate(view, trusted=(str(view.layers[1].diff_id),)).status is FAIL


@pytest.mark.parametrize("trusted", [DIGEST, NAME, "*"])
def test_what_only_an_annotation_names_needs_review(trusted: str) -> None:
    verdict = evaluate(_claimed(), trusted=(trusted,))
    assert (verdict.status, verdict.reason) == (REVIEW, "self-declared")


@pytest.mark.parametrize("view", [_proved(), _claimed()], ids=["proved", "claimed"])
@pytest.mark.parametrize("refused", [DIGEST, NAME, "registry.example/*"])
def test_a_refused_base_fails_even_if_it_is_trusted_too(view: ImageView, refused: str) -> None:
    assert evaluate(view, trusted=("*",), refused=(refused,)).status is FAIL


@pytest.mark.parametrize("view", [_proved(), _claimed(), image({"etc/passwd": b""})])
def test_without_a_policy_it_never_passes(view: ImageView) -> None:
    assert evaluate(view).status is REVIEW


def test_an_unknown_base_shows_what_can_be_inferred() -> None:
    labels = {
        "org.opencontainers.image.base.name": "docker.io/library/debian:12",
        "vendor": "https://user:notreal@example.org/?token=notreal",
        "unrelated": "x",
    }
    view = image(
        {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"},
        config={"Labels": labels},
        history=[{"created_by": "# debian.sh --arch 'amd64'", "comment": "debuerreotype 0.15"}],
    )
    verdict = evaluate(view, trusted=("x",))
    assert (verdict.status, verdict.reason) == (REVIEW, "base-unknown")
    details = [e.detail for e in verdict.evidence]
    assert "os-release says debian 12" in details
    assert "label says docker.io/library/debian:12" in details
    assert any("debian.sh" in detail for detail in details)
    assert "notreal" not in repr(verdict)
    assert "/config/Labels/unrelated" not in {e.pointer for e in verdict.evidence}


@pytest.mark.parametrize(("made", "told"), [("2026-09-01", True), ("2026-08-01", False)])
def test_a_base_past_its_support_is_told(made: str, *, told: bool) -> None:
    entry = {"created_by": "RUN make # buildkit", "created": f"{made}T00:00:00Z"}
    release = Distribution(id="debian", version="11", end_of_life="2026-08-31")
    view = replace(image({"etc/x": b""}, history=[entry]), inventory=Inventory(release))
    reasons = {e.reason for e in evaluate(view).evidence}
    assert ("end-of-support" in reasons) is told


@pytest.mark.parametrize("scheme", ["http", "ftp", "HTTP"])
def test_a_root_over_an_insecure_channel_is_told(scheme: str) -> None:
    line = f"ADD {scheme}://example.org/rootfs.tar.gz / # buildkit"
    view = image({"etc/x": b"", "bin/sh": b""}, history=[line])
    assert "insecure-channel" in {e.reason for e in evaluate(view).evidence}


def test_a_long_name_leaves_the_summary_short() -> None:
    view = replace(_proved(), bases=(replace(_proved().bases[0], name="x" * 200),))
    for trusted in ("x*", "y*"):
        assert len(evaluate(view, trusted=(trusted,)).summary) <= 60

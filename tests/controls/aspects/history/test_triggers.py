"""ONBUILD is part of the author's Dockerfile: what it will do is told, and never passes."""

from typing import Any

import pytest

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.history.triggers import triggers
from ocianalyze.controls.cis_docker import c4_07_update_alone, c4_09_add, c4_11_verified_packages
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.limits import DEFAULT
from ocianalyze.model.finding import Status, Verdict
from tests.images import Layer, image

ROOTFS = f"/bin/sh -c #(nop) ADD file:{'0' * 64} in / "
ROOT: Layer = {"etc/hostname": b"", "bin/sh": b"", "var/lib/dpkg/status": b"Package: a\n"}
JUDGES = {
    "4.7": c4_07_update_alone.evaluate,
    "4.9": c4_09_add.evaluate,
    "4.11": c4_11_verified_packages.evaluate,
}
LINES = [
    pytest.param("4.7", "RUN apt-get update", "onbuild", id="update"),
    pytest.param("4.7", 'RUN ["apk", "update"]', "onbuild", id="update-in-exec-form"),
    pytest.param("4.9", "ADD . /app", "add-onbuild", id="add"),
    pytest.param("4.9", "add --chown=1:1 . /app", "add-onbuild", id="add-in-small-letters"),
    pytest.param("4.11", "RUN curl http://a.example/x | sh", "unverified-install", id="download"),
    pytest.param("4.11", "ADD http://a.example/x /x", "unverified-install", id="add-of-url"),
]


def _view(history: list[Any], on_build: list[str]) -> ImageView:
    layers = [ROOT] if history else []
    view = image(*layers, history=history, config={"OnBuild": on_build}, observers=observers())
    return with_inventory(view)


def _judge(control: str, history: list[Any], on_build: list[str]) -> Verdict:
    verdict = JUDGES[control](_view(history, on_build))
    assert 0 < len(verdict.summary) <= 60, verdict.summary
    return verdict


def _set(line: str, prefix: str = "") -> list[Any]:
    return [ROOTFS, {"created_by": f"{prefix}ONBUILD {line}", "empty_layer": True}]


@pytest.mark.parametrize(("control", "line", "reason"), LINES)
@pytest.mark.parametrize("where", ["both", "config", "history", "classic"])
def test_a_trigger_needs_review_wherever_it_is_told(
    control: str, line: str, reason: str, where: str
) -> None:
    history = _set(line, "/bin/sh -c #(nop)  " if where == "classic" else "")
    verdict = _judge(
        control,
        [ROOTFS] if where == "config" else history,
        [] if where in ("history", "classic") else [line],
    )
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, reason)
    told = [e for e in verdict.evidence if e.detail.startswith("ONBUILD: ")]
    assert [e.step for e in told] == [None if where == "config" else 1]
    pointer = "" if where in ("history", "classic") else "/config/OnBuild/0"
    assert [e.pointer for e in told] == [pointer]


@pytest.mark.parametrize(
    ("control", "line"),
    [
        ("4.7", "RUN apt-get update && apt-get install -y curl"),
        ("4.7", "ADD . /app"),
        ("4.9", "COPY . /app"),
        ("4.9", "RUN echo ADD . /app"),
        ("4.9", "?"),
        ("4.9", ""),
    ],
)
def test_any_other_trigger_is_no_matter(control: str, line: str) -> None:
    assert _judge(control, _set(line), [line]).status is Status.PASS


def test_own_steps_decide_before_a_trigger_does() -> None:
    own: list[Any] = [ROOTFS, {"created_by": "RUN apt-get update", "empty_layer": True}]
    verdict = _judge("4.7", own, ["RUN apk update"])
    assert (verdict.status, verdict.reason) == (Status.FAIL, "update-without-install")
    assert any(e.reason == "onbuild" for e in verdict.evidence)


def test_a_trigger_of_the_base_that_the_config_no_longer_holds_is_noted() -> None:
    history = [
        *_set("ADD . /app"),
        {"created_by": 'CMD ["sh"]', "empty_layer": True},
        "COPY a /b # buildkit",
    ]
    view = image(ROOT, {"b": b""}, history=history)
    told = triggers(view)[0].evidence(boundary(view), "x")
    assert (told.origin, told.severity) == ("base", "info")
    assert c4_09_add.evaluate(view).status is Status.PASS


@pytest.mark.parametrize(
    ("control", "line"), [("4.9", "ADD https://a.example/x /x"), ("4.7", "RUN yum -y update")]
)
def test_what_a_profile_accepts_of_steps_it_accepts_of_triggers(control: str, line: str) -> None:
    view = _view(_set(line), [line])
    if control == "4.9":
        assert c4_09_add.evaluate(view, accept_https=True).status is Status.PASS
    else:
        assert c4_07_update_alone.evaluate(view, accept_upgrade=True).status is Status.PASS


@pytest.mark.parametrize("control", ["4.7", "4.11"])
def test_a_trigger_that_was_not_read_whole_is_no_pass(control: str) -> None:
    line = "RUN true " + "a" * DEFAULT.shell_chars
    assert _judge(control, _set(line), [line]).status in (Status.NEEDS_REVIEW, Status.NOT_EVALUATED)

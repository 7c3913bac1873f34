"""What every control obeys: missing evidence is never a pass, a defect is never a crash."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls._base import Control, Need
from ocianalyze.controls.catalogue import controls
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from tests.images import File, Layer, image

ROOT: Layer = {"etc/hostname": b"", "bin/sh": b""}
ROOTFS = "ADD rootfs.tar / # buildkit"


def _control(verdict: Verdict, *needs: Need) -> Control:
    text = "x"
    return Control(
        "own-1", text, "full", text, text, text, text, lambda _: verdict, frozenset(needs)
    )


def _result(view: ImageView, control: Control) -> Verdict:
    return evaluate(view, [(control, None)])[0].verdict


FILES = frozenset({"merged_fs", "layer_diff", "file_content", "package_db", "package_file_hashes"})
"""Evidence that lies in layers, by the catalogue's names."""
PASS = Verdict(Status.PASS, "fine", "fine")
ABSENT = Verdict(Status.NOT_APPLICABLE, "nothing-there", "nothing there")
FAIL = Verdict(Status.FAIL, "bad", "bad")


@pytest.mark.parametrize(
    ("layers", "history", "need", "reason"),
    [
        ([ROOT, None], ["x", "y"], "filesystem", "layers-unread"),
        ([ROOT], ["x"], "config", "config-absent"),
        ([ROOT], [], "history", "history-absent"),
    ],
    ids=["filesystem", "config", "history"],
)
@pytest.mark.parametrize("verdict", [PASS, ABSENT], ids=["pass", "not-applicable"])
def test_missing_evidence_is_never_a_pass(
    layers: list[Layer | None], history: list[str], need: Need, reason: str, verdict: Verdict
) -> None:
    view = image(*layers, history=history, has_config=need != "config")
    taken_back = _result(view, _control(verdict, need))
    assert (taken_back.status, taken_back.reason) == (Status.NOT_EVALUATED, reason)
    assert _result(view, _control(verdict)).status is verdict.status
    assert _result(view, _control(FAIL, need)).status is Status.FAIL


def test_evidence_that_is_there_keeps_the_verdict() -> None:
    control = _control(PASS, "config", "history", "filesystem")
    assert _result(image(ROOT, history=["x"]), control) == PASS


def test_windows_stays_not_applicable_whatever_is_unread() -> None:
    verdict = replace(ABSENT, reason="windows-image")
    assert _result(image(None), _control(verdict, "filesystem")) == verdict


def test_defect_in_a_control_is_not_evaluated() -> None:
    def broken(_: ImageView) -> Verdict:
        raise RuntimeError("not-a-secret")

    control = replace(_control(PASS), evaluate=broken)
    verdict = _result(image(ROOT), control)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "control-error")
    assert "RuntimeError" in verdict.summary
    assert "not-a-secret" not in repr(verdict)


def test_evidence_learns_its_step_and_origin_from_its_layer() -> None:
    evidence = (
        Evidence("a", layer=0),
        Evidence("b", layer=1),
        Evidence("c", kind="config", pointer="/config/User"),
    )
    verdict = replace(FAIL, evidence=evidence, origin="author")
    env = {"created_by": "ENV A=1", "empty_layer": True}
    history: list[str | dict[str, Any]] = [ROOTFS, env, "RUN make # buildkit"]
    found = _result(image(ROOT, {}, history=history), _control(verdict)).evidence
    assert [(e.step, e.origin) for e in found] == [(0, "base"), (2, "author"), (None, "author")]


@pytest.mark.parametrize("os", ["linux", "windows"])
@pytest.mark.parametrize("has_config", [True, False])
def test_no_control_passes_an_image_of_which_nothing_was_read(os: str, *, has_config: bool) -> None:
    """But for those that look at the config alone, where there is one."""
    results = evaluate(image(None, None, os=os, has_config=has_config), controls())
    passed = [result for result in results if result.verdict.status is Status.PASS]
    items = [result.recommendation for result in passed]
    assert all(has_config and item and FILES.isdisjoint(item.evidence) for item in items)
    assert "control-error" not in {result.verdict.reason for result in results}


def test_every_verdict_is_shown_in_one_line() -> None:
    layer: Layer = {**ROOT, "bin/su": File(b"\x7fELF", mode=0o4755)}
    history = [ROOTFS, "RUN apt-get update # buildkit", "ADD http://x/y /z # buildkit"]
    for result in evaluate(image(layer, {}, {}, history=history), controls()):
        verdict = result.verdict
        assert verdict.reason
        assert 0 < len(verdict.summary) <= 60, verdict.summary
        if verdict.status is Status.FAIL:
            assert verdict.evidence

"""What every control obeys: missing evidence is never a pass, a defect is never a crash."""

from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from ocianalyze.controls._base import Control, Need, identifier
from ocianalyze.controls.catalogue import controls
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict
from tests.images import File, Layer, image

ROOT: Layer = {"etc/hostname": b"", "bin/sh": b""}
ROOTFS = "ADD rootfs.tar / # buildkit"
ENV = {"created_by": "ENV A=1", "empty_layer": True}
History: TypeAlias = list[str | dict[str, Any]]
LINUX_ONLY = (
    "dockle-DKL-DI-0001",
    "dockle-DKL-DI-0003",
    "dockle-DKL-DI-0004",
    "ocia-device-node",
    "ocia-ld-preload",
    "ocia-persistence",
    "trivy-DS-0010",
    "trivy-DS-0021",
    "trivy-DS-0024",
    "trivy-DS-0029",
)
UNSEEN = (
    "ocia-compiler-present",
    "ocia-crypto-miner-indicator",
    "ocia-debug-tool-present",
    "ocia-network-tool-present",
    "ocia-package-cache-present",
    "ocia-package-manager-present",
    "ocia-shell-present",
)


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
        ([ROOT, {}, {}], ["x", "y"], "history", "history-incomplete"),
        ([ROOT, {}, {}], ["x", "y", ENV, ENV], "history", "history-incomplete"),
    ],
    ids=["filesystem", "config", "history", "fewer-steps", "empty-steps-do-not-count"],
)
@pytest.mark.parametrize("verdict", [PASS, ABSENT], ids=["pass", "not-applicable"])
def test_missing_evidence_is_never_a_pass(
    layers: list[Layer | None], history: History, need: Need, reason: str, verdict: Verdict
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


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        *((name, Status.NOT_APPLICABLE, "windows-image") for name in LINUX_ONLY),
        *((name, Status.NOT_EVALUATED, "windows-unseen") for name in UNSEEN),
    ],
)
def test_windows_passes_nothing_that_is_only_known_of_linux(
    name: str, status: Status, reason: str
) -> None:
    layer: Layer = {"Files/Windows/System32/cmd.exe": File(b"MZ", mode=0o755)}
    view = image(layer, os="windows", history=["RUN cmd /S /C echo x"])
    (result,) = evaluate(view, [pair for pair in controls() if identifier(*pair) == name])
    assert (result.verdict.status, result.verdict.reason) == (status, reason)


def test_what_is_found_on_windows_counts_where_not_all_is_recognised() -> None:
    control = replace(_control(FAIL), on_windows="unseen")
    assert _result(image(ROOT, os="windows"), control) == FAIL
    assert _result(image(ROOT), replace(control, evaluate=lambda _: PASS)) == PASS


@pytest.mark.parametrize("name", ["cis-docker-4.10", "nist-800-190-4.1.4", "trivy-DS-0022"])
def test_steps_that_are_missing_keep_a_control_of_the_history_from_passing(name: str) -> None:
    """Three layers and two steps: what made one of them may have held anything."""
    chosen = [pair for pair in controls() if identifier(*pair) == name]
    whole = image(ROOT, {}, {}, history=[ROOTFS, "COPY a /a # buildkit", "COPY b /b # buildkit"])
    assert evaluate(whole, chosen)[0].verdict.status is Status.PASS
    history: History = [ROOTFS, ENV, ENV, "COPY b /b # buildkit"]
    (result,) = evaluate(image(ROOT, {}, {}, history=history), chosen)
    assert result.verdict.reason == "history-incomplete"
    assert result.verdict.summary == "not evaluated: no history for 1 of 3 layers"


def test_more_steps_than_layers_leave_nothing_untold() -> None:
    assert _result(image(ROOT, history=["x", "y"]), _control(PASS, "history")) == PASS


def _origin(*evidence: Evidence, verdict: Verdict = FAIL) -> Origin:
    view = image(ROOT, {}, history=[ROOTFS, "RUN make # buildkit"])
    return _result(view, _control(replace(verdict, evidence=evidence))).origin


BASE, OWN = Evidence("b", layer=0), Evidence("a", layer=1)
NOWHERE = Evidence("c", kind="config", pointer="/config/User")


@pytest.mark.parametrize(
    ("evidence", "origin"),
    [
        ((BASE, BASE), "base"),
        ((OWN,), "author"),
        ((BASE, OWN), "author"),
        ((BASE, replace(OWN, severity="info")), "base"),
        ((BASE, replace(OWN, allowed="by a profile")), "base"),
        ((replace(BASE, severity="info"),), "base"),
        ((BASE, NOWHERE), "unknown"),
        ((NOWHERE,), "unknown"),
        ((Evidence("d", kind="history", step=0),), "base"),
        ((BASE, Evidence("d", kind="history", step=1)), "author"),
        ((), "unknown"),
    ],
)
def test_a_verdict_comes_from_where_its_evidence_does(
    evidence: tuple[Evidence, ...], origin: Origin
) -> None:
    """Unless its control says; what is not evaluated has no cause."""
    assert _origin(*evidence) == origin
    assert _origin(*evidence, verdict=replace(FAIL, origin="author")) == "author"
    undecided = replace(FAIL, status=Status.NOT_EVALUATED)
    assert _origin(*evidence, verdict=undecided) == "unknown"


ABOUT_CONFIG = replace(NOWHERE, severity="medium")


@pytest.mark.parametrize(
    ("evidence", "status", "origin"),
    [
        ((BASE, OWN), Status.FAIL, "author"),
        ((BASE, OWN), Status.NEEDS_REVIEW, "author"),
        ((BASE, OWN), Status.PASS, "base"),
        ((BASE, replace(OWN, severity="info")), Status.FAIL, "base"),
        ((replace(OWN, severity="info"),), Status.FAIL, "base"),
        ((ABOUT_CONFIG, OWN), Status.FAIL, "base"),
    ],
    ids=["fail", "review", "pass", "note", "nothing-but-notes", "config-decides"],
)
def test_what_both_sides_cause_is_the_authors_though_its_control_says_base(
    evidence: tuple[Evidence, ...], status: Status, origin: Origin
) -> None:
    assert _origin(*evidence, verdict=replace(FAIL, status=status, origin="base")) == origin


@pytest.mark.parametrize("evidence", [(), (BASE,), (ABOUT_CONFIG,)], ids=["none", "file", "config"])
def test_nobody_says_base_of_an_image_whose_base_nobody_knows(
    evidence: tuple[Evidence, ...],
) -> None:
    """What nobody can assign to a side counts on each."""
    said = replace(FAIL, origin="base", evidence=evidence)
    assert _result(image(ROOT, {}), _control(said)).origin == "unknown"


def test_no_verdict_of_the_base_holds_a_fact_of_the_authors() -> None:
    """Of all controls, on an image in which both sides are wrong in many ways."""
    wrong: Layer = {
        "usr/bin/su": File(b"\x7fELF", mode=0o4755),
        "etc/apt/apt.conf": b'APT::Get::AllowUnauthenticated "true";\n',
        "root/.npmrc": b"strict-ssl=false\n",
    }
    own = {f"{path}.own" if "su" in path else f"srv/{path}": x for path, x in wrong.items()}
    history = [ROOTFS, "RUN apt-get update # buildkit", "ADD a /a # buildkit"]
    results = evaluate(image({**ROOT, **wrong}, {}, own, history=history), controls())
    open_ones = [
        x.verdict for x in results if x.verdict.status in (Status.FAIL, Status.NEEDS_REVIEW)
    ]
    for verdict in open_ones:
        grave = [e for e in verdict.evidence if e.severity != "info" and not e.allowed]
        decided = any(e.kind == "config" for e in grave)
        assert decided or verdict.origin != "base" or "author" not in {e.origin for e in grave}
    both = [{e.origin for e in x.evidence if e.severity != "info"} for x in open_ones]
    assert sum(1 for x in both if x >= {"base", "author"}) > 1


def test_defect_in_a_control_is_not_evaluated() -> None:
    def broken(_: ImageView) -> Verdict:
        raise RuntimeError("not-a-secret")

    control = replace(_control(PASS), evaluate=broken)
    verdict = _result(image(ROOT), control)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "control-error")
    assert "RuntimeError" in verdict.summary
    assert "not-a-secret" not in repr(verdict)


def test_evidence_learns_its_step_and_origin_from_its_layer() -> None:
    """A step that made no layer has its place in the history."""
    evidence = (
        Evidence("a", layer=0),
        Evidence("b", layer=1),
        Evidence("c", kind="config", pointer="/config/User"),
        Evidence("d", kind="history", step=1),
        Evidence("e", kind="package"),
    )
    verdict = replace(FAIL, evidence=evidence, origin="author")
    history: History = [ROOTFS, ENV, "RUN make # buildkit"]
    found = _result(image(ROOT, {}, history=history), _control(verdict)).evidence
    assert [(e.step, e.origin) for e in found] == [
        *((0, "base"), (2, "author"), (None, "author"), (1, "author"), (None, "unknown")),
    ]


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

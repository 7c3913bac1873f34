"""Vectors of the catalogue's section 1.6, "4.6 ... HEALTHCHECK instructions have been added"."""

from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_06_healthcheck import CONTROL, evaluate
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image

PROGRAM = File(b"\x7fELF", mode=0o755)
ROOT: Layer = {"bin/sh": PROGRAM, "usr/bin/curl": PROGRAM, "etc/hostname": b""}
FAIL, PASS, REVIEW = Status.FAIL, Status.PASS, Status.NEEDS_REVIEW
SECOND = 10**9
BASE: list[dict[str, Any]] = [
    {"created_by": "ADD rootfs.tar / # buildkit"},
    {"created_by": "HEALTHCHECK CMD curl x", "empty_layer": True},
    {"created_by": 'CMD ["sh"]', "empty_layer": True},
    {"created_by": "RUN make # buildkit"},
]


def _health(*test: str, **more: Any) -> dict[str, Any]:
    return {"Healthcheck": {"Test": list(test), **more}}


ROWS: list[tuple[str, dict[str, Any], Layer, Status, str]] = [
    ("key absent", {}, ROOT, FAIL, "healthcheck-absent"),
    ("null", {"Healthcheck": None}, ROOT, FAIL, "healthcheck-absent"),
    ("Test absent", {"Healthcheck": {"Interval": 5}}, ROOT, FAIL, "healthcheck-absent"),
    ("Test empty", _health(), ROOT, FAIL, "healthcheck-absent"),
    ("Test null", {"Healthcheck": {"Test": None}}, ROOT, FAIL, "healthcheck-absent"),
    ("NONE", _health("NONE"), ROOT, FAIL, "explicitly-disabled"),
    ("CMD", _health("CMD", "curl", "-f", "x"), ROOT, PASS, "healthcheck-present"),
    ("CMD-SHELL", _health("CMD-SHELL", "curl x || exit 1"), ROOT, PASS, "healthcheck-present"),
    ("true", _health("CMD", "true"), ROOT, REVIEW, "ineffective"),
    ("exit 0", _health("CMD-SHELL", "exit 0"), ROOT, REVIEW, "ineffective"),
    (":", _health("CMD-SHELL", ":"), ROOT, REVIEW, "ineffective"),
    ("echo", _health("CMD-SHELL", "echo up"), ROOT, REVIEW, "ineffective"),
    ("true or", _health("CMD-SHELL", "true || curl x"), ROOT, REVIEW, "ineffective"),
    ("exit first", _health("CMD-SHELL", "exit 0; curl x"), ROOT, REVIEW, "ineffective"),
    ("exit 1", _health("CMD-SHELL", "exit 1; curl x"), ROOT, PASS, "healthcheck-present"),
    ("true and", _health("CMD-SHELL", "true && curl x"), ROOT, PASS, "healthcheck-present"),
    (
        "substituted program",
        _health("CMD-SHELL", "`command -v curl` -f x"),
        ROOT,
        PASS,
        "healthcheck-present",
    ),
    (
        "substituted word",
        _health("CMD-SHELL", "[ $(curl -so /dev/null x) = 200 ]"),
        ROOT,
        PASS,
        "healthcheck-present",
    ),
    ("in the background", _health("CMD-SHELL", "curl x & true"), ROOT, REVIEW, "ineffective"),
    ("constant test", _health("CMD-SHELL", "[ 1 ]"), ROOT, REVIEW, "ineffective"),
    ("constant program", _health("CMD", "test", "1"), ROOT, REVIEW, "ineffective"),
    ("negative", _health("CMD", "curl", "x", Interval=-5), ROOT, REVIEW, "time-refused"),
    ("1 ns", _health("CMD", "curl", "x", Timeout=1), ROOT, REVIEW, "time-refused"),
    ("999 us", _health("CMD", "curl", "x", StartPeriod=999_999), ROOT, REVIEW, "time-refused"),
    ("1 ms", _health("CMD", "curl", "x", Interval=10**6), ROOT, PASS, "healthcheck-present"),
    ("-1 times", _health("CMD", "curl", "x", Retries=-1), ROOT, REVIEW, "time-refused"),
    (
        "once in a lifetime",
        _health("CMD", "curl", "x", Interval=2**63 - 1),
        ROOT,
        REVIEW,
        "interval-endless",
    ),
    ("no shell", _health("CMD-SHELL", "/app x"), {"app": PROGRAM}, REVIEW, "ineffective"),
    ("no program", _health("CMD", "/app"), ROOT, REVIEW, "ineffective"),
    (
        "no execute bit",
        _health("CMD", "/app"),
        {"app": File(b"\x7fELF", mode=0o644)},
        REVIEW,
        "ineffective",
    ),
]


@pytest.mark.parametrize(
    ("config", "layer", "status", "reason"), [x[1:] for x in ROWS], ids=[x[0] for x in ROWS]
)
def test_every_row_of_the_table(
    config: dict[str, Any], layer: Layer, status: Status, reason: str
) -> None:
    verdict = CONTROL.evaluate(image(layer, config=config))
    assert (verdict.status, verdict.reason) == (status, reason)
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    ("interval", "retries", "reasons"),
    [
        (0, 0, {"default-interval", "default-retries"}),
        (600 * SECOND, 3, set()),
        (601 * SECOND, 3, {"long-interval"}),
    ],
)
def test_timing_is_information(interval: int, retries: int, reasons: set[str]) -> None:
    config = _health("CMD", "curl", Interval=interval, Retries=retries, StartInterval=SECOND)
    verdict = CONTROL.evaluate(image(ROOT, config=config))
    assert verdict.status is PASS
    notes = [e for e in verdict.evidence if e.reason]
    assert {e.reason for e in notes} == reasons
    assert {e.severity for e in notes} <= {"info"}


@pytest.mark.parametrize(
    ("later", "status", "reason"),
    [
        ([], PASS, "healthcheck-present"),
        (['ENTRYPOINT ["/app"]'], REVIEW, "inherited-but-changed"),
        (['CMD ["/app"]'], REVIEW, "inherited-but-changed"),
    ],
)
def test_a_check_of_the_base_is_the_bases(later: list[str], status: Status, reason: str) -> None:
    history = [*BASE, *({"created_by": line, "empty_layer": True} for line in later)]
    view = image(ROOT, {"x": b""}, config=_health("CMD", "curl"), history=history)
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason, verdict.origin) == (status, reason, "base")


def test_disabling_it_shows_the_one_of_the_base() -> None:
    history = [*BASE, {"created_by": "HEALTHCHECK NONE", "empty_layer": True}]
    view = image(ROOT, {"x": b""}, config=_health("NONE"), history=history)
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.origin) == (FAIL, "author")
    assert [(e.step, e.origin) for e in verdict.evidence if e.step is not None] == [(1, "base")]


@pytest.mark.parametrize(
    "entry",
    [
        {"created_by": "/bin/sh -c make|unsetLabel=true"},
        {"created_by": "/bin/sh -c make", "comment": "FROM docker.io/library/alpine:3"},
    ],
)
def test_what_buildah_may_have_dropped_is_told(entry: dict[str, Any]) -> None:
    verdict = CONTROL.evaluate(image(ROOT, history=[entry]))
    assert verdict.status is FAIL
    assert "oci-format-drops-healthcheck" in {e.reason for e in verdict.evidence}


@pytest.mark.parametrize(
    ("config", "status"),
    [
        ({}, Status.NOT_APPLICABLE),
        (_health("NONE"), Status.NOT_APPLICABLE),
        (_health("CMD", "true"), REVIEW),
        (_health("CMD", "curl"), PASS),
    ],
)
def test_kubernetes_softens_a_failure_alone(config: dict[str, Any], status: Status) -> None:
    assert evaluate(image(ROOT, config=config), orchestrator="kubernetes").status is status


@pytest.mark.parametrize(
    ("labels", "status"),
    [({"example.role": "tool"}, Status.NOT_APPLICABLE), ({"other": "x"}, FAIL), ({}, FAIL)],
)
def test_a_label_of_the_profile_exempts_bases_and_tools(
    labels: dict[str, str], status: Status
) -> None:
    verdict = evaluate(image(ROOT, config={"Labels": labels}), exempt_label="example.role")
    assert verdict.status is status
    assert evaluate(image(ROOT, config={"Labels": labels})).status is FAIL
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize("name", ["/" + "x" * 300, "y" * 300])
def test_a_long_name_leaves_the_summary_short(name: str) -> None:
    for config in (_health("CMD", name), {**_health("CMD-SHELL", "x"), "Shell": [name]}):
        assert len(CONTROL.evaluate(image(ROOT, config=config)).summary) <= 60

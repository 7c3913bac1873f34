"""The catalogue joins controls with what the benchmark says, and takes others as they are."""

from dataclasses import replace
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from ocianalyze import discovery
from ocianalyze.controls._base import Control, Recommendation
from ocianalyze.controls.catalogue import GROUP, controls, recommendations
from ocianalyze.errors import UsageError
from ocianalyze.model.finding import Finding, Status, Verdict
from tests.images import File, image

OWN = Control(
    id="house-1",
    short="house rule",
    automation="full",
    reads="x",
    decides="x",
    limits="x",
    remediation="x",
    evaluate=lambda _: Verdict(Status.PASS, "fine", "fine"),
)


def test_section_4_has_twelve_items_of_which_three_are_level_2() -> None:
    rows = recommendations()
    assert [row.number for row in rows.values()] == [f"4.{n}" for n in range(1, 13)]
    assert {row.number for row in rows.values() if row.level == 2} == {"4.5", "4.8", "4.11"}
    assert {row.assessment for row in rows.values()} == {"manual"}
    assert {(row.framework, row.version) for row in rows.values()} == {
        ("CIS Docker Benchmark", "1.8.0")
    }


def test_every_item_has_its_control_in_the_order_of_the_benchmark() -> None:
    assert [control.id for control, _ in controls()] == list(recommendations())


def test_every_control_explains_itself() -> None:
    for control, recommendation in controls():
        assert recommendation is not None
        assert len(control.short) <= 24
        for text in (control.reads, control.decides, control.limits, control.remediation):
            assert text.strip() == text
            assert text


VIEWS = (
    image({}, config={"User": "app"}),
    image({"etc/os-release": b"ID=debian\n", "bin/gcc": File(b"\x7fELF", mode=0o4755)}),
    image(
        {"etc/x": b""},
        config={"User": "1000", "Healthcheck": {"Test": ["CMD", "x"]}},
        history=["RUN apt-get update # buildkit", "ADD a /etc/ # buildkit"],
        findings=(Finding("integrity.diff-id", "critical", "layer differs", layer=0),),
    ),
)


def test_control_that_decides_nothing_claims_nothing() -> None:
    """And one that claims something decides at least one of these images."""
    for control, _ in controls():
        decided = {control.evaluate(view).status for view in VIEWS} - {Status.NOT_EVALUATED}
        assert (control.automation != "none") is bool(decided), control.id
        assert control.decides.startswith("nothing") is not bool(decided), control.id


def _offer(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    points = EntryPoints([EntryPoint("own", value, GROUP)])

    def entry_points(group: str) -> EntryPoints:
        return points.select(group=group)

    monkeypatch.setattr(discovery, "_entry_points", entry_points)


def test_control_from_outside_needs_no_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    _offer(monkeypatch, f"{__name__}:OWN")
    monkeypatch.setattr(EntryPoint, "load", lambda _: OWN)
    assert controls()[-1] == (OWN, None)


def test_control_from_outside_may_bring_its_recommendation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = Recommendation("House Rules", "1", "1", "Be kind", 1, "manual")
    own = replace(OWN, recommendation=row)
    _offer(monkeypatch, "x:y")
    monkeypatch.setattr(EntryPoint, "load", lambda _: own)
    assert controls()[-1] == (own, row)


def test_two_controls_with_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _offer(monkeypatch, "x:y")
    monkeypatch.setattr(EntryPoint, "load", lambda _: controls_before[0])
    with pytest.raises(UsageError, match=r"cis-docker-4\.1"):
        controls()


controls_before = [control for control, _ in controls()]

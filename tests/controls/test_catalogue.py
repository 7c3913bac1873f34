"""The catalogue joins controls with what the benchmark says, and takes others as they are."""

from collections import Counter
from dataclasses import replace
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from ocianalyze import discovery
from ocianalyze.controls._base import Control, Recommendation
from ocianalyze.controls.catalogue import (
    GROUP,
    Listed,
    Row,
    catalogue,
    controls,
    find,
    select,
    shown_id,
)
from ocianalyze.controls.items import frameworks, items, recommendations, versions
from ocianalyze.controls.outside import placeholder
from ocianalyze.errors import UsageError
from ocianalyze.model.finding import Finding, Status, Verdict
from ocianalyze.model.package import Distribution, Inventory
from tests.images import File, image

DOCKER = "cis-docker-"
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
    rows = [row for _, row in select(["l2"]) if row]
    assert [row.number for row in rows] == [f"4.{n}" for n in range(1, 13)]
    assert {row.number for row in rows if row.level == 2} == {"4.5", "4.8", "4.11"}
    assert {row.assessment for row in rows} == {"manual"}
    assert {(row.framework, row.version) for row in rows} == {("CIS Docker Benchmark", "1.8.0")}


def test_the_benchmark_has_the_sections_that_it_has() -> None:
    """Version 1.8.0: 118 items, 87 of level 1; sections of 20, 19, 24, 12, 32, 2 and 9."""
    rows = items().values()
    sections = Counter(row.number.partition(".")[0] for row in rows)
    assert sections == {"1": 20, "2": 19, "3": 24, "4": 12, "5": 32, "6": 2, "7": 9}
    assert Counter(row.level for row in rows) == {1: 87, 2: 31}
    assert versions() == ("1.6.0", "1.7.0", "1.8.0")


def test_an_older_version_has_its_own_numbers_titles_and_assessments() -> None:
    new, old, oldest = (items("cis_docker", version) for version in ("", "1.7.0", "1.6.0"))
    assert len(old) == len(oldest) == 117
    assert new.keys() - old.keys() == {"cis-docker-2.7"}
    moved = {name: (old[name].number, row.number) for name, row in new.items() if name in old}
    assert {pair for pair in moved.values() if pair[0] != pair[1]} == {
        (f"2.{n}", f"2.{n + 1}") for n in range(7, 19)
    }
    automated = {row.number for row in oldest.values() if row.assessment == "automated"}
    assert {number for number in automated if number.startswith("4.")} == {"4.1", "4.5", "4.6"}
    assert {"1.1.1", "3.24", "5.7"} <= automated
    assert {row.assessment for row in old.values() if row.owner == "image"} == {"manual"}
    assert {row.version for row in oldest.values()} == {"1.6.0"}


def test_no_two_items_share_an_id() -> None:
    assert sum(len(items(name)) for name in frameworks()) == len(recommendations()) == 428


def test_references_within_the_catalogue_lead_somewhere() -> None:
    rows = recommendations()
    named = {x for row in rows.values() for x in row.xrefs if not x.startswith("external:")}
    assert named <= rows.keys()


def test_every_control_answers_items_of_the_catalogue() -> None:
    """By its own id and by those it names; the order is the catalogue's."""
    names = [item.id for _, item in controls() if item]
    assert len(names) == len(controls())
    assert names == [name for name in recommendations() if name in names]
    assert {name for control, _ in controls() for name in (control.id, *control.answers)} == {
        *names
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["l1"], [f"cis-docker-4.{n}" for n in (1, 2, 3, 4, 6, 7, 9, 10, 12)]),
        (["l2"], [f"cis-docker-4.{n}" for n in range(1, 13)]),
        (["4.8", "l1", "CIS-4.8"], [f"cis-docker-4.{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 12)]),
        (["slsa"], list(items("slsa"))),
        (["dockle-DKL-DI-0001", "5.7"], ["cis-docker-5.7", "dockle-DKL-DI-0001"]),
        (["all"], list(recommendations())),
        ([], []),
    ],
    ids=["l1", "l2", "one-more", "framework", "items", "all", "nothing"],
)
def test_a_selection_has_what_its_names_mean_once_and_in_order(
    names: list[str], expected: list[str]
) -> None:
    assert [item.id for _, item in select(names) if item] == expected


@pytest.mark.parametrize("name", ["l3", "4.13", "", "cis-docker-9.9"])
def test_a_selection_refuses_what_it_does_not_know(name: str) -> None:
    with pytest.raises(UsageError, match="no profile or control"):
        select([name])


@pytest.mark.parametrize("wanted", ["4.8", "CIS-4.8", "cis-docker-4.8"])
def test_a_number_is_that_of_the_docker_benchmark_where_it_has_one(wanted: str) -> None:
    assert shown_id(*_pair(find(wanted, catalogue()))) == "CIS-4.8"


def test_a_number_that_only_other_frameworks_share_is_refused_with_their_ids() -> None:
    numbers = Counter(item.number for item in recommendations().values())
    docker = {item.number for name, item in recommendations().items() if name.startswith(DOCKER)}
    shared = sorted(number for number, count in numbers.items() if count > 1)
    assert docker.intersection(shared)
    for number in set(shared) - docker:
        with pytest.raises(UsageError, match="in several frameworks") as caught:
            find(number, catalogue())
        named = caught.value.cure.removeprefix("one of ").split(", ")
        assert named == [x for x, item in recommendations().items() if item.number == number]


def test_a_number_of_one_framework_alone_is_found() -> None:
    numbers = Counter(item.number for item in recommendations().values())
    name, item = next((x, y) for x, y in recommendations().items()
                      if numbers[y.number] == 1 and not x.startswith(DOCKER))  # fmt: skip
    assert _pair(find(item.number, catalogue()))[1] == item
    assert name == item.id


def _pair(row: Row) -> Listed:
    assert row.control is not None or row.item is not None
    return (row.control or OWN), row.item


def test_what_no_image_decides_is_out_of_scope_and_names_its_owner() -> None:
    """And what this version does not decide is not evaluated."""
    decided = {item.id for _, item in controls() if item}
    expected = {
        "excluded": Status.NOT_APPLICABLE,
        "core": Status.NOT_EVALUATED,
        "extended": Status.NOT_EVALUATED,
    }
    for control, item in select(["all"]):
        if item and item.id not in decided:
            verdict = control.evaluate(image({}))
            assert verdict.status is expected.get(item.include, Status.OUT_OF_SCOPE)
            assert verdict.status is not Status.OUT_OF_SCOPE or item.owner in verdict.summary


def test_what_the_image_owns_has_a_control_or_says_why_not() -> None:
    undecided = [row.item for row in catalogue() if row.control is None and row.item]
    assert [item.id for item in undecided if item.owner == "image" and not item.why] == []
    assert {item.id for item in undecided if item.owner == "image"} == {"cis-debian-12-5.2.1"}


def test_why_nothing_decides_is_what_explain_says() -> None:
    for row in catalogue():
        if row.item and row.item.why:
            assert row.control is None
            assert row.item.why in placeholder(row.item).decides


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
    replace(
        image({"x": b""}, history=[{"created_by": "x", "created": "2026-09-01T00:00:00Z"}]),
        inventory=Inventory(Distribution("debian", "8", end_of_life="2020-06-30")),
    ),
)


UNDECIDED = {Status.NOT_EVALUATED, Status.OUT_OF_SCOPE}


def test_control_that_decides_nothing_claims_nothing() -> None:
    """And one that claims something decides at least one of these images."""
    for control, _ in select(["l2"]):
        decided = {control.evaluate(view).status for view in VIEWS} - UNDECIDED
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


controls_before = [control for control, _ in select(["l2"])]

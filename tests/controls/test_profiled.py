"""A profile file chooses, changes and weighs controls."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.controls._base import identifier
from ocianalyze.controls.catalogue import select
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.controls.profiled import expired, problems
from ocianalyze.errors import UsageError
from ocianalyze.model.finding import Status
from ocianalyze.policy.load import Loaded, read
from tests.images import File, image

SETID = image({"bin/su": File(b"\x7fELF", mode=0o4755), "bin/sh": File(b"\x7fELF", mode=0o755)})
ALLOW = "allow: [{control: cis-docker-4.8, path: bin/su, reason: wanted, expires: 2027-01-01}]\n"
OWN = "{id: %s, title: t, query: %s, expect: empty, passed: p, failed: f, severity: low}"


def _chosen(folder: Path, text: str, now: str = "2026-10-01") -> engine.Chosen:
    path = folder / "p.yaml"
    path.write_text(f"version: 1\nname: mine\n{text}")
    return engine.chosen(str(path), now=now)


def _ids(chosen: engine.Chosen) -> list[str]:
    return [identifier(*listed) for listed in chosen.controls]


def _named(*names: str) -> list[str]:
    return [identifier(*listed) for listed in select(names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", _named("l2")),
        ("controls: [l1]", _named("l1")),
        ("controls: [l1, cis-docker-4.8]", _named("l1", "cis-docker-4.8")),
        ("controls: [l2]\nwithout: ['cis-docker-4.1*']",
         [name for name in _named("l2") if not name.startswith("cis-docker-4.1")]),
        ("controls: ['cis-docker-4.[68]']", ["cis-docker-4.6", "cis-docker-4.8"]),
        ("controls: []\ncustom: [" + OWN % ("own", "SELECT 1") + "]", ["own"]),
    ],
    ids=["default", "l1", "single", "without", "glob", "own"],
)  # fmt: skip
def test_a_profile_chooses(text: str, expected: list[str], tmp_path: Path) -> None:
    assert _ids(_chosen(tmp_path, text)) == expected


def test_what_is_allowed_beside_what_is_not_is_counted_in_the_summary(tmp_path: Path) -> None:
    """The rest of the line is what the control found before anybody allowed anything."""
    program = File(b"\x7fELF", mode=0o4755)
    view = image({"bin/su": program, "bin/x": program})
    chosen = _chosen(tmp_path, ALLOW)
    (said,) = (
        x.verdict
        for x in evaluate(view, chosen.controls, chosen.weigh)
        if x.control.id == "cis-docker-4.8"
    )
    assert (said.status, said.summary) == (Status.FAIL, "2 set-id files, 1 allowed")


@pytest.mark.parametrize("name", ["cis-docker-4.8", "CIS-4.8", "cis-4.8", "Cis-Docker-4.8"])
def test_a_profile_may_name_controls_in_either_spelling(name: str, tmp_path: Path) -> None:
    """Wherever it names one: chosen, left out, weighed, set, allowed."""
    glob = f"{name[:-1]}?"
    for word in (name, glob):
        assert "cis-docker-4.8" in _ids(_chosen(tmp_path, f"controls: ['{word}']"))
        assert "cis-docker-4.8" not in _ids(_chosen(tmp_path, f"without: ['{word}']"))
    text = (
        f"controls: ['{name}']\nseverities: {{'{glob}': info}}\n"
        f"parameters: {{'{name}': {{allow: [/bin/su]}}}}\n"
    )
    chosen = _chosen(tmp_path, text)
    assert [item.severity for _, item in chosen.controls if item] == ["info"]
    assert evaluate(SETID, chosen.controls, chosen.weigh)[0].verdict.status is Status.PASS
    allowed = _chosen(tmp_path, ALLOW.replace("cis-docker-4.8", name))
    verdicts = {x.control.id: x.verdict for x in evaluate(SETID, allowed.controls, allowed.weigh)}
    waived = verdicts["cis-docker-4.8"].waived
    assert waived
    assert [waiver.control for waiver in waived.by] == [name]


@pytest.mark.parametrize("word", ["L1", "ALL", "CIS-Docker", "Cis_Docker"])
def test_names_of_profiles_are_read_in_any_letters(word: str) -> None:
    assert _named(word) == _named(word.lower())


def test_the_report_names_profile_and_bytes(tmp_path: Path) -> None:
    first = _chosen(tmp_path, "controls: [l1]").profile
    assert first.startswith("mine (sha256:")
    assert _chosen(tmp_path, "controls: [l2]").profile != first


def test_the_last_severity_that_fits_counts(tmp_path: Path) -> None:
    own = "custom: [" + OWN % ("own", "SELECT 1") + "]\n"
    text = "severities: {'*': info, cis-docker-4.8: critical, own: high}\n"
    found = {item.id: item.severity for _, item in _chosen(tmp_path, own + text).controls if item}
    assert (found["cis-docker-4.8"], found["own"], found["cis-docker-4.1"]) == (
        "critical",
        "high",
        "info",
    )


@pytest.mark.parametrize(
    ("now", "status"), [("2027-01-01", Status.PASS), ("2027-01-02", Status.FAIL)]
)
def test_an_allowance_holds_until_its_last_day(now: str, status: Status, tmp_path: Path) -> None:
    chosen = _chosen(tmp_path, f"controls: [cis-docker-4.8]\n{ALLOW}", now)
    (result,) = evaluate(SETID, chosen.controls, chosen.weigh)
    assert result.verdict.status is status
    assert evaluate(SETID, chosen.controls)[0].verdict.status is Status.FAIL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("controls: [l9]", ":3: controls[0]: no profile or control 'l9'"),
        ("controls: ['x*']", ":3: controls[0]: fits no control"),
        ("controls: []", ":3: controls: chooses no control"),
        ("without: ['*']", ":3: without: chooses no control"),
        ("controls: [cis-docker-4.8]\nwithout: ['*-4.8']", ":4: without: chooses no control"),
        ("without: [x]", ":3: without[0]: fits no control"),
        ("severities:\n  x: low", ":4: severities.x: fits no control"),
        ("parameters:\n  x: {}", ":4: parameters.x: no control 'x'"),
        ("parameters:\n  cis-docker-4.6: {x: 1}", ":4: parameters.cis-docker-4.6.x: no parameter"),
        ("parameters: {cis-docker-4.88: {}}",
         ":3: parameters.cis-docker-4.88: no control 'cis-docker-4.88': the nearest is 'cis-doc"),
        ("parameters: {CIS-4.88: {}}",
         ":3: parameters.CIS-4.88: no control 'CIS-4.88': the nearest is 'cis-docker-4.8'"),
        ("without: [cis-docker-4.77]",
         ":3: without[0]: fits no control: 'cis-docker-4.77': the nearest is 'cis-docker-4.7'"),
        ("parameters: {cis-docker-4.8: {allow: [/bin/su, 'pth=x']}}",
         ":3: parameters.cis-docker-4.8.allow[1]: 'pth=x' in rule 'pth=x': a condition is one of"),
        ("parameters: {cis-docker-4.8: {allow: ['mode=9']}}",
         ":3: parameters.cis-docker-4.8.allow[0]: rule 'mode=9': mode="),
        ("parameters: {cis-docker-4.2: {refused: ['sha256:1']}}",
         ":3: parameters.cis-docker-4.2.refused[0]: 'sha256:1' is no digest"),
        ("parameters: {cis-docker-4.4: {now: soon}}",
         ":3: parameters.cis-docker-4.4.now: 'soon' is no date"),
        ("parameters: {ocia-image-age: {days: -1}}",
         ":3: parameters.ocia-image-age.days: -1 is not from 0"),
        ("parameters: {cis-docker-4.6: {orchestrator: k8s}}",
         ":3: parameters.cis-docker-4.6.orchestrator: 'k8s' is none that is known"),
        ("custom:\n- " + OWN % ("own", "SELECT random()"),
         ":4: custom[0].query: random is not allowed"),
        ("custom:\n- " + OWN % ("own", "SELECT date('now')"),
         ":4: custom[0].query: date() with 'now' asks the clock"),
        ("allow:\n- {control: x, reason: y}", ":4: allow[0].control: fits no control"),
        ("allow: [{control: '*', reason: y}]",
         ":3: allow[0].control: '*' allows whole controls without naming them"),
        ("allow: [{control: 'cis-docker-*', path: '/**', reason: y}]",
         ":3: allow[0].control: 'cis-docker-*' allows whole controls without naming them"),
        ("custom:\n- " + OWN % ("cis-docker-4.8", "SELECT 1"), ":4: custom[0].id: there is"),
        ("custom:\n- " + OWN % ("own", "SELECT x FROM files"), ":4: custom[0].query: no such"),
        ("custom:\n- " + OWN % ("own", "DROP TABLE files"), ":4: custom[0].query: only reading"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named_by_line_and_key(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        _chosen(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'p.yaml'}{said}")
    loaded = read(tmp_path / "p.yaml")
    assert isinstance(loaded, Loaded)
    (problem,) = problems(loaded)
    assert str(caught.value) == f"{problem}; `ocianalyze profile validate` lists all problems"


@pytest.mark.parametrize("condition", ["path: usr/*", f"sha256: '{'ab' * 32}'", "package: a"])
def test_a_glob_over_controls_with_a_condition_is_no_mistake(
    condition: str, tmp_path: Path
) -> None:
    _chosen(tmp_path, f"allow: [{{control: '*', {condition}, reason: wanted}}]")


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no date"):
        _chosen(tmp_path, "", now="soon")


def test_an_allowance_that_has_ended_is_no_mistake_and_is_named(tmp_path: Path) -> None:
    _chosen(tmp_path, ALLOW, now="2030-01-01")
    loaded = read(tmp_path / "p.yaml")
    assert isinstance(loaded, Loaded)
    assert list(problems(loaded)) == []
    assert list(expired(loaded, date(2027, 1, 1))) == []
    (found,) = expired(loaded, date(2027, 1, 2))
    assert str(found) == (
        f"{tmp_path / 'p.yaml'}:3: allow[0].expires: has expired: its last day was 2027-01-01, "
        "it allows nothing any more"
    )


def test_many_unknown_names_take_no_longer_than_few(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    words = ", ".join(f"cis-docker-4.9{number}" for number in range(2_000))
    path.write_text(f"version: 1\nname: x\nwithout: [{words}]\n")
    loaded = read(path)
    assert isinstance(loaded, Loaded)
    found = list(problems(loaded))
    assert len(found) == 2_000
    assert sum("nearest" in problem.text for problem in found) == 20


@pytest.mark.parametrize("chosen", ["[nist-800-190-4.1.5]", "[cis-docker-4.2, nist-800-190-4.1.5]"])
def test_what_is_set_of_a_control_reaches_its_repeats(chosen: str, tmp_path: Path) -> None:
    text = f"controls: {chosen}\nparameters: {{cis-docker-4.2: {{trusted: ['x/*'], days: 9}}}}"
    made = _chosen(tmp_path, text)
    whole = next(c for c, _ in made.controls if c.id == "nist-800-190-4.1.5").evaluate
    assert isinstance(whole, Worst)
    part = whole.parts[0].evaluate
    assert isinstance(part, partial)
    assert part.keywords == {"trusted": ("x/*",), "days": 9, "now": "2026-10-01"} | part.keywords
    assert part.keywords["days"] == 9

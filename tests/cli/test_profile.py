"""`profile`: a template to begin with, what one judges, what is wrong with one."""

import json
from pathlib import Path

import pytest

from ocianalyze.controls.catalogue import select
from tests.cli.conftest import Command, FakeEngine

NO_ID = "is no id: 2 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first, as"
EXPIRED = "has expired: its last day was 2000-01-01, it allows nothing any more"


def test_the_template_is_valid_as_it_is(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert command("profile", "init", "-o", str(path)).status == 0
    assert path.read_text() == command("profile", "init").out
    shown = command("profile", "validate", str(path))
    assert (shown.status, shown.out, shown.err) == (0, f"{path}: nothing wrong\n", "")


def test_a_profile_that_is_there_is_not_written_over(command: Command, tmp_path: Path) -> None:
    """Somebody has edited it."""
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1")
    shown = command("profile", "init", "-o", str(path))
    assert (shown.status, shown.out) == (2, "")
    assert shown.err == f"ocianalyze: {path}: is there already; name a new file\n"
    assert path.read_text() == "version: 1"


def test_show_lists_what_is_judged(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    command("profile", "init", "-o", str(path))
    lines = command("profile", "show", str(path)).out.splitlines()
    assert lines[0].startswith("my images (sha256:")
    assert all(len(line) <= 80 for line in lines)
    document = json.loads(command("profile", "show", str(path), "-f", "json").out)
    records = map(json.loads, command("profile", "show", str(path), "-f", "jsonl").out.splitlines())
    assert list(records) == [{"record": "control", **one} for one in document["controls"]]
    found = {one["id"]: one["severity"] for one in document["controls"]}
    assert found["cis-docker-4.8"] == found["etc-not-writable-by-all"] == "high"
    named = json.loads(command("profile", "show", "l1", "-f", "json").out)
    assert len(named["controls"]) == len(select(("l1",)))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "version: 1\nname: x\nallow:\n- {control: a}\nmore: 1\n",
            [
                ":4: allow[0].reason: is missing",
                ":5: more: no such key",
                ":4: allow[0].control: fits no control: 'a'",
            ],
        ),
        (
            "version: 1\nname: x\ncontrols: [l9]\nwithout: [y]\n",
            [":3: controls[0]: no profile or control 'l9'", ":4: without[0]: fits no control: 'y'"],
        ),
        (
            "version: 1\nname: x\nwithout: [5]\ncustom:\n- {id: A B, query: DROP TABLE files}\n",
            [
                ":3: without[0]: must be a text: put it in quotes",
                f":5: custom[0].id: 'A B' {NO_ID} 'a-b'",
                ":5: custom[0].title: is missing",
                ":5: custom[0].expect: is missing",
                ":5: custom[0].passed: is missing",
                ":5: custom[0].failed: is missing",
                ":5: custom[0].query: only reading these tables is allowed",
            ],
        ),
    ],
    ids=["form", "names", "both"],
)  # fmt: skip
def test_validate_says_all_that_is_wrong(
    text: str, lines: list[str], command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    shown = command("profile", "validate", str(path))
    assert (shown.status, shown.err) == (2, "")
    said = [told.partition("; take one of ")[0] for told in shown.out.splitlines()]
    assert said == [f"{path}{line}" for line in lines]


@pytest.mark.parametrize(
    ("expires", "line"),
    [
        ("2000-01-01", f":3: allow[0].expires: {EXPIRED}"),
        ("9999-12-31", ": nothing wrong"),
    ],
)
def test_validate_names_an_allowance_that_has_ended(
    expires: str, line: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "p.yaml"
    allowance = f"{{control: cis-docker-4.8, reason: r, expires: {expires}}}"
    path.write_text(f"version: 1\nname: x\nallow: [{allowance}]\n")
    shown = command("profile", "validate", str(path))
    assert (shown.status, shown.out, shown.err) == (0, f"{path}{line}\n", "")


def test_a_rule_that_is_none_ends_validation_and_scan(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("version: 1\nname: x\nparameters: {cis-docker-4.8: {allow: ['pth=x']}}\n")
    said = f"{path}:3: parameters.cis-docker-4.8.allow[0]: 'pth=x' in rule 'pth=x': a condition is"
    shown = command("profile", "validate", str(path))
    assert (shown.status, shown.out.startswith(said)) == (2, True)
    scanned = command("scan", "x", "--profile", str(path))
    assert (scanned.status, said in scanned.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [("a: &x 1\n", 2, "anchors are not allowed"), (None, 2, "No such file or directory")],
)
def test_what_is_no_profile_is_one_line(
    text: str | None, status: int, said: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "p.yaml"
    if text is not None:
        path.write_text(text)
    for words in (["profile", "validate", str(path)], ["scan", "x", "--profile", str(path)]):
        shown = command(*words)
        assert (shown.status, shown.out) == (status, "")
        assert said in shown.err
        assert shown.err.count("\n") == 1


def test_scan_takes_a_profile_file(command: Command, fake: FakeEngine, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("version: 1\nname: mine\ncontrols: [l1]\n")
    command("scan", "app.tar", "--profile", str(path), "--now", "2026-10-01")
    assert fake.profile.startswith("mine (sha256:")


def test_a_profile_decides_and_its_allowances_are_shown(
    command: Command, demo: Path, tmp_path: Path
) -> None:
    """With the image that the project ships."""
    path = tmp_path / "p.yaml"
    path.write_text(
        "version: 1\nname: mine\ncontrols: [cis-docker-4.7]\n"
        "allow: [{control: cis-docker-4.7, reason: pinned, expires: 2026-12-31}]\n"
    )
    words = ["scan", str(demo), "--profile", str(path), "-v", "--no-store"]
    shown = command(*words, "--now", "2026-12-31")
    assert shown.status == 0
    assert "passes by allowance" in shown.out
    assert "allowed: pinned (until 2026-12-31)" in shown.out
    later = command(*words, "--now", "2027-01-01")
    assert later.status == 1
    assert "its allowance ended on" in later.out

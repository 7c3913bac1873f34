"""`controls` and `explain`: what can be decided, in words."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from ocianalyze.cli.catalogued import explanation
from ocianalyze.controls.catalogue import catalogue, controls
from ocianalyze.controls.items import items, recommendations
from ocianalyze.report.console import encoded
from tests.cli.conftest import Command


def test_the_list_names_every_control(command: Command) -> None:
    """In 80 columns."""
    shown = command("controls", "-v")
    assert shown.status == 0
    assert all(cell_len(line) <= 80 for line in shown.out.splitlines())
    assert all(f"\nCIS-{item.number} " in shown.out for item in items().values())
    assert all(name in shown.out for name in recommendations() if "cis-docker" not in name)


def test_without_a_framework_each_is_a_line(command: Command) -> None:
    """With how much of it is decided, and who owns the rest."""
    shown = command("controls")
    assert all(cell_len(line) <= 80 for line in shown.out.splitlines())
    rows = [words for words in map(str.split, shown.out.splitlines()) if words[1:2] == ["118"]]
    assert [(words[0], words[-4:]) for words in rows] == [("cis-docker", ["12", "31", "63", "12"])]
    assert sum(int(words) for words in rows[0][2:6] if words != "-") == 118
    assert "CIS-4.8" not in shown.out
    assert "\nCIS-4.8 " in command("controls", "--framework", "cis-docker").out


def test_heads_are_bold_and_what_decides_is_a_list(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = command("explain", "4.8").out
    assert "\x1b[1mwhat decides\x1b[0m\n  - fails on every file" in shown
    assert "\n  - all other capabilities" in shown
    for words in ("controls", "controls -v", "profile show l1", "bases list"):
        assert "\x1b[1m" in command(*words.split()).out, words


def test_json_and_lines_hold_the_same_records(command: Command) -> None:
    """With everything that `explain` says."""
    listed = json.loads(command("controls", "--format", "json").out)["controls"]
    lines = command("controls", "--format", "jsonl").out.splitlines()
    assert [{"record": "control", **x} for x in listed] == [json.loads(line) for line in lines]
    assert [record["control"] for record in listed] == list(recommendations())
    done = {record["control"] for record in listed if record["implemented"]}
    assert done == {item.id for _, item in controls() if item}
    assert all(record["remediation"] for record in listed)


@pytest.mark.parametrize("name", ["CIS-4.9", "cis-4.9", "4.9", "cis-docker-4.9", "CIS-Docker-4.9"])
def test_a_control_is_explained_under_each_of_its_names(name: str, command: Command) -> None:
    """What is read, what decides, what it cannot know, what helps."""
    shown = command("explain", name)
    assert shown.status == 0
    assert shown.out.startswith("CIS-4.9  Ensure that COPY is used")
    for title in ("what is read", "what decides", "what it cannot know", "what helps"):
        assert f"\n{title}\n" in shown.out
    assert all(cell_len(line) <= 80 for line in shown.out.splitlines())


@pytest.mark.parametrize(
    ("options", "law"),
    [
        (["--framework", "cis-debian-12"], lambda x: x["framework"].startswith("CIS Debian")),
        (["--owner", "node"], lambda x: x["owner"] == "node"),
        (["--implemented"], lambda x: x["implemented"] and x["decided_by"]),
        (["--not-implemented"], lambda x: not x["implemented"] and x["decided_by"] is None),
    ],
    ids=["framework", "owner", "implemented", "not-implemented"],
)
def test_a_filter_keeps_exactly_what_it_names(
    options: list[str], law: Callable[[dict[str, Any]], bool], command: Command
) -> None:
    everything = json.loads(command("controls", "-f", "json").out)["controls"]
    kept = json.loads(command("controls", "-f", "json", *options).out)["controls"]
    assert kept == [record for record in everything if law(record)]
    assert kept


def test_an_unknown_framework_or_version_is_refused(command: Command) -> None:
    """With those that there are."""
    assert command("controls", "--framework", "cis-moon").status == 2
    shown = command("controls", "--benchmark-version", "1.5.0")
    assert shown.status == 2
    assert "1.6.0, 1.7.0, 1.8.0" in shown.err


def test_every_item_of_the_catalogue_is_explained() -> None:
    """Whether a control decides it, this version does not, or another party owns it."""
    rows = catalogue()
    for row in rows:
        said = encoded(explanation(row, rows, 80), colour=False).decode()
        assert row.item
        assert "what decides" in said
        assert row.item.include != "out-of-scope" or f"the {row.item.owner} owns it" in said


def test_defaults_are_told_in_words(command: Command) -> None:
    shown = " ".join(command("explain", "4.8").out.split())
    assert "between them; default: none" in shown
    assert "need review only; default: no " in shown


def test_the_same_question_in_other_frameworks_is_named(command: Command) -> None:
    """In both directions: CIS Controls v8, NIST and DISA."""
    shown = " ".join(command("explain", "4.1").out.split())
    assert all(x in shown for x in ("cis-controls-v8 5", "nist-800-190-4.1.2", "V-235830"))
    assert "cis-docker-4.1" in command("explain", "disa-stig-V-235830").out


def test_a_number_means_what_it_means_in_the_version_asked_for(command: Command) -> None:
    """What is 2.8 in 1.8.0 was 2.7 before, and 4.7 had another title."""
    assert "devicemapper" in command("explain", "2.7").out
    assert "TLS" in command("explain", "2.7", "--benchmark-version", "1.7.0").out
    assert "TLS" in command("explain", "CIS-2.8").out
    old = command("explain", "4.7", "--benchmark-version", "1.6.0").out
    assert "alone in the Dockerfile\n" in old
    assert "automated" in command("explain", "4.1", "--benchmark-version", "1.6.0").out
    assert "manual" in command("explain", "4.1", "--benchmark-version", "1.7.0").out

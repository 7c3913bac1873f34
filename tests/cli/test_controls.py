"""`controls` and `explain`: what can be decided, in words."""

import json

import pytest
from rich.cells import cell_len

from ocianalyze.controls.catalogue import controls
from tests.cli.conftest import Command


def test_the_list_names_every_control(command: Command) -> None:
    """In 80 columns."""
    shown = command("controls")
    assert shown.status == 0
    assert all(cell_len(line) <= 80 for line in shown.out.splitlines())
    assert all(f"\nCIS-{item.number} " in shown.out for _, item in controls() if item)


def test_json_and_lines_hold_the_same_records(command: Command) -> None:
    """With everything that `explain` says."""
    listed = json.loads(command("controls", "--format", "json").out)["controls"]
    lines = command("controls", "--format", "jsonl").out.splitlines()
    assert [{"record": "control", **x} for x in listed] == [json.loads(line) for line in lines]
    assert len(listed) == len(controls())
    assert all(record["remediation"] for record in listed)


@pytest.mark.parametrize("name", ["CIS-4.9", "cis-4.9", "4.9", "cis-docker-4.9"])
def test_a_control_is_explained_under_each_of_its_names(name: str, command: Command) -> None:
    """What is read, what decides, what it cannot know, what helps."""
    shown = command("explain", name)
    assert shown.status == 0
    assert shown.out.startswith("CIS-4.9  Ensure that COPY is used")
    for title in ("what is read", "what decides", "what it cannot know", "what helps"):
        assert f"\n{title}\n" in shown.out
    assert all(cell_len(line) <= 80 for line in shown.out.splitlines())

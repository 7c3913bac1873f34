"""`sql`: rows for people and machines, every mistake one line."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.cli.queried import every_table
from tests.cli.conftest import Command, FakeEngine
from tests.cli.installed import INSTALLED
from tests.report.documents import HOSTILE

NAMES = "SELECT name, version, layer FROM packages WHERE type = 'deb' ORDER BY name"


@pytest.fixture
def listed(fake: FakeEngine) -> FakeEngine:
    """Let the engine answer with packages."""
    fake.analysis = INSTALLED
    return fake


def test_text_has_columns_under_their_names(command: Command, listed: FakeEngine) -> None:
    shown = command("sql", "app.tar", NAMES)
    assert shown.out.splitlines() == [
        "name         version  layer",
        "dash         0.5-2    0",
        "python3-six  1.16-4   1",
        "tzdata       2026a    0",
    ]
    assert (shown.status, shown.err, listed.asked) == (0, "", ["app.tar"])


def test_machines_get_the_same_rows_in_every_form(command: Command, listed: FakeEngine) -> None:
    document = json.loads(command("sql", "x", NAMES, "-f", "json").out)
    lines = command("sql", "x", NAMES, "-f", "jsonl").out.splitlines()
    table = list(csv.DictReader(command("sql", "x", NAMES, "-f", "csv").out.splitlines()))
    assert [{"record": "row", **row} for row in document["rows"]] == [
        json.loads(line) for line in lines
    ]
    assert document["rows"][0] == {
        "image": {"index": 0, "digest": document["rows"][0]["image"]["digest"]},
        "row": {"name": "dash", "version": "0.5-2", "layer": 0},
    }
    assert document["cut"] is False
    assert [row["name"] for row in table] == ["dash", "python3-six", "tzdata"]
    assert listed.asked == ["x"] * 3


def test_csv_holds_no_formulas_and_numbers_as_they_are(
    command: Command, listed: FakeEngine
) -> None:
    query = "SELECT '=1+1' AS a, -1 AS b, '@x' AS [+c]"
    assert command("sql", "x", query, "-f", "csv").out.splitlines() == [
        "image,a,b,'+c",
        "0,'=1+1,-1,'@x",
    ]
    assert listed.asked == ["x"]


def test_columns_of_one_name_do_not_hide_each_other(command: Command, listed: FakeEngine) -> None:
    line = command("sql", "x", "SELECT 1 AS a, x'00ff' AS a, NULL AS b", "-f", "jsonl").out
    assert json.loads(line)["row"] == {"a": 1, "a:1": "00ff", "b": None}
    assert command("sql", "x", "SELECT x'00ff' AS a, NULL").out == "a     NULL\n00ff  -\n"
    assert listed.asked == ["x", "x"]


def test_cut_rows_are_said_and_partial(command: Command, listed: FakeEngine) -> None:
    shown = command("sql", "x", NAMES, "--limit", "sql-rows=2")
    assert (shown.status, len(shown.out.splitlines())) == (4, 3)
    assert shown.err.startswith("ocianalyze: only the first 2 rows")
    document = json.loads(command("sql", "x", NAMES, "--limit", "sql-rows=2", "-f", "json").out)
    assert document["cut"] is True
    assert listed.asked == ["x", "x"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["x", "SELECT nope FROM files"], 2, "query: no such column: nope; `ocianalyze sql"),
        (["x", "DROP TABLE files"], 2, "query: only reading these tables is allowed"),
        (["x", "SELECT '\x1b[2J'; x"], 2, "query: "),
        (["x"], 2, "an image and a query are needed"),
        ([], 2, "an image and a query are needed"),
        (["x", "SELECT 1", "--profile", "l9"], 2, "no profile or control 'l9'"),
    ],
)
def test_a_mistake_is_one_line_before_anything_is_read(
    arguments: list[str], status: int, said: str, command: Command, fake: FakeEngine
) -> None:
    shown = command("sql", *arguments)
    assert (shown.status, shown.out, fake.asked) == (status, "", [])
    assert shown.err.startswith(f"ocianalyze: {said}")
    assert shown.err.count("\n") == 1
    assert "\x1b" not in shown.err


def test_a_query_that_takes_too_long_is_status_4(command: Command, listed: FakeEngine) -> None:
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )
    shown = command("sql", "x", endless, "--limit", "sql-seconds=0.05")
    assert (shown.status, shown.out) == (4, "")
    assert "stopped after 0.05 s" in shown.err
    assert listed.asked == ["x"]


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv"])
def test_hostile_names_stay_harmless(form: str, command: Command, listed: FakeEngine) -> None:
    shown = command("sql", "x", "SELECT path FROM files WHERE path LIKE 'app/%'", "-f", form)
    assert all(line.isprintable() for line in shown.out.splitlines())
    assert "[31m" in HOSTILE
    assert "[31m" in shown.out
    assert listed.asked == ["x"]


def test_several_images_have_titles_and_numbers(command: Command, fake: FakeEngine) -> None:
    image = INSTALLED.images[0]
    fake.analysis = replace(INSTALLED, images=(image, replace(image, names=("other:2",))))
    lines = command("sql", "x", NAMES).out.splitlines()
    assert lines[5].startswith("other:2")
    table = list(csv.DictReader(command("sql", "x", NAMES, "-f", "csv").out.splitlines()))
    assert [row["image"] for row in table] == ["0"] * 3 + ["1"] * 3


def test_verdicts_are_tables_too(command: Command, listed: FakeEngine) -> None:
    query = "SELECT id, status FROM controls WHERE id = 'cis-docker-4.6'"
    assert command("sql", "x", query).out.splitlines()[1].split() == ["cis-docker-4.6", "fail"]
    joined = (
        "SELECT count(*) FROM evidence JOIN controls ON control = id WHERE status = 'fail' "
        "AND allowed IS NULL"
    )
    assert int(command("sql", "x", joined).out.splitlines()[1]) > 1
    empty = "SELECT count(*) AS n FROM controls"
    assert command("sql", "x", empty, "--profile", "cis-docker-4.6").out == "n\n1\n"
    assert listed.asked == ["x"] * 3


@pytest.mark.parametrize(
    "fits",
    ["id = 'CIS-DOCKER-4.6'", "name = 'CIS-4.6'", "name = 'cis-4.6'", "name IN ('cis-4.6', 'x')"],
)
def test_controls_are_found_in_either_spelling(
    fits: str, command: Command, listed: FakeEngine
) -> None:
    query = f"SELECT status, waived FROM controls WHERE {fits}"
    assert command("sql", "x", query).out.splitlines()[1].split() == ["fail", "0"]
    query = "SELECT count(*) FROM evidence WHERE control = 'CIS-Docker-4.6'"
    assert command("sql", "x", query).out.splitlines()[1] != "0"
    assert listed.asked == ["x"] * 2


@pytest.mark.usefixtures("listed")
def test_what_a_profile_waives_is_a_table(command: Command, tmp_path: Path) -> None:
    """With what it would be, and why it may stay; what is allowed stands in the evidence."""
    profile = tmp_path / "shop.yaml"
    profile.write_text(
        "version: 1\nname: shop\ncontrols: [l1]\nallow:\n"
        "  - {control: CIS-4.6, reason: a tool, expires: 2027-06-30}\n"
    )
    asked = ("--profile", str(profile), "--now", "2026-10-01")
    query = (
        "SELECT control, w.status, why, expires, rule FROM waivers w JOIN controls ON id=control"
    )
    shown = command("sql", "x", query, *asked, "-f", "csv").out.splitlines()
    assert shown[1].split(",")[1:] == ["cis-docker-4.6", "fail", "a tool", "2027-06-30", "CIS-4.6"]
    assert len(shown) == 2
    query = "SELECT DISTINCT control FROM evidence WHERE allowed IS NOT NULL"
    assert command("sql", "x", query, *asked).out.splitlines()[1:] == ["cis-docker-4.6"]
    assert command("sql", "x", "SELECT 1 FROM waivers").out.splitlines()[1:] == []


def test_bytes_that_differ_are_not_judged(command: Command, fake: FakeEngine) -> None:
    image = replace(INSTALLED.images[0], integrity="failed")
    fake.analysis = replace(INSTALLED, images=(image,))
    query = "SELECT DISTINCT reason FROM controls WHERE id = 'cis-docker-4.6'"
    shown = command("sql", "x", query)
    assert (shown.status, shown.out) == (3, "reason\nintegrity-failed\n")
    going = command("sql", "x", query, "--keep-going")
    assert going.out != shown.out


def test_tables_are_listed_with_every_column(command: Command, fake: FakeEngine) -> None:
    shown = command("sql", "--tables").out
    assert all(len(line) <= 80 for line in shown.splitlines())
    document = json.loads(command("sql", "--tables", "-f", "json").out)
    assert [table["name"] for table in document["tables"]] == [t.name for t in every_table()]
    lines = command("sql", "--tables", "-f", "jsonl").out.splitlines()
    assert list(map(json.loads, lines)) == [{"record": "table", **x} for x in document["tables"]]
    rows = list(csv.DictReader(command("sql", "--tables", "-f", "csv").out.splitlines()))
    assert [(row["table"], row["column"]) for row in rows] == [
        (table.name, column.name) for table in every_table() for column in table.columns
    ]
    for table in every_table():
        assert all(f"  {column.name}" in shown for column in table.columns)
    assert fake.asked == []


def test_rows_wider_than_the_terminal_are_a_line_a_value(
    command: Command, listed: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrapped columns cannot be read; files and pipes get columns all the same."""
    query = "SELECT name, version, purl FROM packages WHERE type = 'npm' ORDER BY name"
    columns = command("sql", "x", query).out.splitlines()
    assert columns[0].split() == ["name", "version", "purl"]
    monkeypatch.setattr("ocianalyze.cli.commands.sql.room", lambda: 20)
    first, second = command("sql", "x", query).out.split("\n\n")
    assert first.splitlines()[0] == "name     y"
    assert [line.split()[0] for line in second.splitlines()] == ["name", "version", "purl"]
    monkeypatch.setattr("ocianalyze.cli.commands.sql.room", lambda: 200)
    assert command("sql", "x", query).out.splitlines() == columns
    assert len(listed.asked) == 3

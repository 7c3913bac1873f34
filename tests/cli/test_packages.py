"""`packages`: what is listed and how."""

import csv
import json
from dataclasses import replace

import pytest

from ocianalyze.model.installed import PackageRecord
from ocianalyze.model.package import Package
from ocianalyze.model.report import SCHEMA_VERSION
from ocianalyze.report._base import AnalysedImage
from tests.cli.conftest import Command, FakeEngine
from tests.cli.installed import INSTALLED, VIEW
from tests.report.documents import ANALYSIS, HOSTILE

HEAD = "type     name                         version                layer"
LINES = [
    "deb      dash                         1:0.5-2                    0",
    "deb      python3-six                  1.16-4                     1",
    "npm      @x/y                         3                          2",
    "npm      z                            1                          2  [heuristic]",
    "pypi     six                          1.16                       1  [in deb python3-six]",
]
REMOVED = "deb      tzdata                       2026a                      0  [removed by layer 1]"


@pytest.fixture
def listed(fake: FakeEngine) -> FakeEngine:
    """Let the engine answer with packages."""
    fake.analysis = INSTALLED
    return fake


def test_lines_say_type_name_version_and_layer_below_a_head(
    command: Command, listed: FakeEngine
) -> None:
    shown = command("packages", "app.tar")
    assert shown.out.splitlines() == [HEAD, *LINES]
    assert (shown.status, shown.err, listed.asked) == (0, "", ["app.tar"])
    assert all(len(line) <= 88 for line in LINES)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--scope", "all"], sorted([*LINES, REMOVED]), id="all"),
        pytest.param(["--type", "npm"], LINES[2:4], id="type"),
        pytest.param(["--type", "npm", "--type", "pypi"], LINES[2:], id="types"),
        pytest.param(["--type", "gem"], [], id="none"),
    ],
)
def test_scope_and_type_choose(
    arguments: list[str], expected: list[str], command: Command, listed: FakeEngine
) -> None:
    head, *lines = command("packages", "x", *arguments).out.splitlines() or [HEAD]
    assert (head, lines) == (HEAD, expected)
    assert listed.asked == ["x"]


def test_a_type_that_nobody_knows_is_refused(command: Command, listed: FakeEngine) -> None:
    """An empty list would look like an image without such packages."""
    shown = command("packages", "x", "--type", "bogus\x1b", "--type", "deb")
    assert (shown.status, shown.out, listed.asked) == (2, "", ["x"])
    assert "--type: no package type 'bogus\\\\x1b'; take some of " in shown.err
    assert "deb, " in shown.err.replace("\n", " ")


def shown_as(fake: FakeEngine, command: Command, *packages: Package) -> list[str]:
    """Return the lines of some packages, below the head."""
    inventory = replace(VIEW.inventory, packages=packages)
    image = replace(INSTALLED.images[0], view=replace(VIEW, inventory=inventory))
    fake.analysis = replace(ANALYSIS, images=(image,))
    return command("packages", "x").out.splitlines()[1:]


@pytest.mark.parametrize("length", [1, 28, 29, 60, 61, 100_000])
def test_columns_are_aligned_whatever_is_long(
    length: int, command: Command, fake: FakeEngine
) -> None:
    """A name or version that is longer than a column may be is cut where it ends."""
    dash = VIEW.inventory.packages[0]
    long = replace(dash, found=replace(dash.found, name="ä" * length, version="9" * length))
    lines = shown_as(fake, command, dash, long)
    assert len({len(line) for line in lines}) == 1
    assert all(len(line) < 150 for line in lines)
    assert (".." in lines[1]) == (length > 58)


def test_columns_fit_the_terminal(
    command: Command, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrapped rows cannot be read; files and pipes get names as long as ever."""
    dash = VIEW.inventory.packages[0]
    long = replace(dash, found=replace(dash.found, name="n" * 60, version="9" * 60))
    assert {len(line) for line in shown_as(fake, command, dash, long)} == {136}
    for room, width in ((100, 100), (80, 80), (20, 66)):
        monkeypatch.setattr("ocianalyze.cli.commands.packages.room", lambda room=room: room)
        lines = shown_as(fake, command, dash, long)
        assert {len(line) for line in lines} == {width}
        assert ".." in lines[1]


def test_packages_that_read_the_same_are_told_apart(command: Command, fake: FakeEngine) -> None:
    """By where they are, else by what names them."""
    six = VIEW.inventory.packages[-1]
    there = replace(six, found=replace(six.found, location="opt/lib\n"))
    dash = VIEW.inventory.packages[0]
    lines = shown_as(fake, command, dash, six, there)
    assert "[at" not in lines[0]
    assert [line.partition("  [at ")[2] for line in lines[1:]] == [
        f"{six.found.location}]",
        "opt/lib\\n]",
    ]


def test_what_only_development_needs_is_marked(command: Command, fake: FakeEngine) -> None:
    dash = VIEW.inventory.packages[0]
    marked = replace(dash.found, properties=(("dependency", "development"),))
    (line,) = shown_as(fake, command, replace(dash, found=marked))
    assert line.endswith("  [development]")


def test_no_package_is_no_line(command: Command, fake: FakeEngine) -> None:
    assert shown_as(fake, command) == []
    assert not command("packages", "x").out


def test_json_is_one_object_of_the_same_records_as_jsonl(
    command: Command, listed: FakeEngine
) -> None:
    document = json.loads(command("packages", "x", "-f", "json", "--scope", "all").out)
    lines = command("packages", "x", "-f", "jsonl", "--scope", "all").out.splitlines()
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["problems"] == []
    assert [{"record": "package", **one} for one in document["packages"]] == [
        json.loads(line) for line in lines
    ]
    records = [PackageRecord.model_validate(one) for one in document["packages"]]
    dash, tz = records[0], next(one for one in records if one.name == "tzdata")
    assert (dash.epoch, dash.version, dash.presence) == ("1", "0.5-2", "visible")
    assert dash.introduced
    assert dash.step
    assert (dash.introduced.index, dash.step.created_by) == (0, "FROM base")
    assert tz.removed
    assert (tz.presence, tz.removed.index) == ("removed", 1)
    assert listed.asked == ["x", "x"]


def test_csv_has_a_head_and_a_row_for_each(command: Command, listed: FakeEngine) -> None:
    rows = list(csv.DictReader(command("packages", "x", "-f", "csv").out.splitlines()))
    assert [row["name"] for row in rows] == ["dash", "python3-six", "y", "z", "six"]
    assert (rows[0]["source"], rows[0]["source_version"]) == ("", "")
    assert rows[-1]["owner"].startswith("pkg:deb/debian/python3-six@")
    assert (rows[0]["layer"], rows[0]["removed"], rows[2]["namespace"]) == ("0", "", "'@x")
    assert listed.asked == ["x"]


def test_csv_holds_no_formulas(command: Command, fake: FakeEngine) -> None:
    dash = VIEW.inventory.packages[0]
    odd = replace(dash, found=replace(dash.found, name='=HYPERLINK("http://x")', source="@SUM(1)"))
    inventory = replace(VIEW.inventory, packages=(odd,))
    image = replace(INSTALLED.images[0], view=replace(VIEW, inventory=inventory))
    fake.analysis = replace(ANALYSIS, images=(image,))
    (row,) = csv.DictReader(command("packages", "x", "-f", "csv").out.splitlines())
    assert (row["name"], row["source"]) == ('\'=HYPERLINK("http://x")', "'@SUM(1)")


def test_package_data_that_could_not_be_read_is_told_on_standard_error(
    command: Command, fake: FakeEngine
) -> None:
    """Names and values are whatever the image says; the terminal sees none of it raw."""
    dash = VIEW.inventory.packages[0]
    odd = replace(dash, found=replace(dash.found, name=HOSTILE, version=HOSTILE))
    inventory = replace(VIEW.inventory, packages=(odd,), problems=(f"{HOSTILE} is damaged",))
    image = replace(INSTALLED.images[0], view=replace(VIEW, inventory=inventory))
    fake.analysis = replace(ANALYSIS, images=(image,))
    for form in ("text", "json", "jsonl", "csv"):
        shown = command("packages", "x", "-f", form)
        assert shown.status == 4
        assert all(line.isprintable() for line in (shown.out + shown.err).splitlines())
    assert shown.err.startswith("ocianalyze: a\\x1b[31m")
    assert "packages may be missing" in shown.err


def test_package_data_that_could_not_be_read_is_part_of_json(
    command: Command, fake: FakeEngine
) -> None:
    """Whoever reads the document alone learns that it may lack packages."""
    inventory = replace(VIEW.inventory, problems=("var/lib/x is damaged",))
    image = replace(INSTALLED.images[0], view=replace(VIEW, inventory=inventory))
    fake.analysis = replace(ANALYSIS, images=(image,))
    (problem,) = json.loads(command("packages", "x", "-f", "json").out)["problems"]
    assert (problem["image"]["index"], problem["detail"]) == (0, "var/lib/x is damaged")
    *_, last = command("packages", "x", "-f", "jsonl").out.splitlines()
    assert json.loads(last) == {"record": "problem", **problem}


def test_several_images_have_titles(command: Command, fake: FakeEngine) -> None:
    image: AnalysedImage = INSTALLED.images[0]
    fake.analysis = replace(INSTALLED, images=(image, replace(image, names=("other:2",))))
    lines = command("packages", "x").out.splitlines()
    assert "linux/amd64   sha256:" in lines[0]
    assert lines[len(LINES) + 2].startswith("other:2")
    found = command("packages", "x", "-f", "jsonl").out.splitlines()
    assert {json.loads(line)["image"]["index"] for line in found} == {0, 1}

"""`scan` of several inputs: one report, and no input that loses the others."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import archives
from tests.archives import Image
from tests.cli.conftest import Command

QUICK = ("--skip", "secrets", "--skip", "packages", "--no-store", "--jobs", "1")
USER = {"config": {"User": "1000", "Healthcheck": {"Test": ["CMD", "/x"]}}}


def _image(name: str, config: Mapping[str, object], *tags: str) -> Image:
    return Image([archives.tar({"x": name.encode()})], dict(config), list(tags))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three saved images, what is left of a fourth, and a note."""
    archives.docker_archive(tmp_path / "good.tar", [_image("good", USER, "shop:2")])
    archives.docker_archive(tmp_path / "root.tar", [_image("r", {}, "shop:1", "shop:1.0", "b:1")])
    archives.oci_layout(tmp_path / "lay", [_image("a", {}, "a:1"), _image("b", USER, "b:1")])
    (tmp_path / "empty.tar").touch()
    (tmp_path / "note.txt").write_text("no image")
    return tmp_path


def test_a_folder_is_its_images_and_a_broken_one_loses_no_other(
    folder: Path, command: Command
) -> None:
    """The document names each image's input, and says why one is missing."""
    shown = command("scan", str(folder), "-f", "json", *QUICK)
    report = json.loads(shown.out)
    assert shown.status == 3
    assert f"ocianalyze: {folder}/empty.tar: an empty file" in shown.err
    assert "4 inputs: gate: failed" in shown.err
    assert "1 input not analysed; 4 images of 4 inputs in " in shown.err
    assert report["input"] == {"reference": "4 inputs", "kind": "several"}
    told = [(one["reference"], one["images"], bool(one["error"])) for one in report["inputs"]]
    assert told == [
        ("empty.tar", 0, True),
        ("good.tar", 1, False),
        ("lay", 2, False),
        ("root.tar", 1, False),
    ]
    assert [(one["index"], one["input"]) for one in report["images"]] == [
        (0, 1),
        (1, 2),
        (2, 2),
        (3, 3),
    ]
    assert {one["image"]["index"] for one in report["controls"]} == {0, 1, 2, 3}
    assert str(folder) not in shown.out


def test_of_more_than_three_images_there_is_a_table_the_worst_first(
    folder: Path, command: Command
) -> None:
    """What could not be analysed stands above; the command that ends it tells more."""
    text = command("scan", str(folder), "-q", *QUICK).out
    head, _, table = text.partition("4 images, linux/amd64\n")
    assert head == "4 inputs  4 images\n"
    rows = [words for words in map(str.split, table.splitlines()) if len(words) > 5]
    assert [words[:2] for words in rows if words[0] in {"lay", "root.tar"}][:2] == [
        ["lay", "a:1"],
        ["root.tar", "shop:1"],
    ]
    assert "  empty.tar\n    not analysed: an empty file" in table
    assert "shop:1 (+2)" in table
    assert "more: ocianalyze scan lay --image a:1; with -v all of every image" in table
    assert command("scan", str(folder), "-v", "-q", *QUICK).out.count("integrity ok") == 4


@pytest.mark.parametrize(
    ("second", "arguments", "status"),
    [
        pytest.param("good.tar", [], 0, id="both-pass"),
        pytest.param("root.tar", [], 1, id="gate"),
        pytest.param("root.tar", ["--fail-on", "never"], 0, id="never"),
        pytest.param("empty.tar", ["--fail-on", "never"], 3, id="unreadable"),
        pytest.param("lay", ["--limit", "images=1", "--fail-on", "never"], 4, id="limit"),
    ],
)
def test_the_status_is_the_gravest_of_all_inputs(
    second: str, arguments: list[str], status: int, folder: Path, command: Command
) -> None:
    first = str(folder / "good.tar")
    profile = ("--profile", "cis-docker-4.1")
    shown = command("scan", first, str(folder / second), *profile, *QUICK, "-q", *arguments)
    assert shown.status == status, shown


def test_what_is_wrong_for_any_input_ends_the_run_at_once(folder: Path, command: Command) -> None:
    references = [str(folder / "good.tar"), str(folder / "lay")]
    shown = command("scan", *references, "--platform", "/", *QUICK)
    assert (shown.status, shown.out, shown.err.count("\n")) == (2, "", 1)


def test_an_input_that_is_named_twice_is_read_once(folder: Path, command: Command) -> None:
    good = str(folder / "good.tar")
    assert command("scan", good, good, *QUICK).out == command("scan", good, *QUICK).out


def test_the_table_has_its_heads_where_no_input_could_be_analysed(command: Command) -> None:
    assert "  input  image " in command("scan", "a", "b", *QUICK).out

"""`bases`: images that others are built on, known by their layers."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from ocianalyze.controls.aspects.base import known_bases
from tests.archives import Image, docker_archive
from tests.cli.conftest import Command
from tests.images import tar

LAYERS = [tar({"etc/x": b"1"}), tar({"y": b"2"})]

ADDED = {
    "layers": 2,
    "confidence": "exact",
    "method": "my/base:1: its layers are those of a known base",
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return where a table of one's own may be."""
    return tmp_path / "config" / "bases.toml"


def _add(command: Command, path: Path, table: Path, *more: str, name: str = "my/base:1") -> int:
    arguments = ("bases", "add", name, str(path), "--table", str(table), "--no-store", *more)
    return command(*arguments).status


def test_an_added_base_is_listed_after_the_bundled_ones(
    command: Command, tmp_path: Path, table: Path
) -> None:
    archive = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    assert _add(command, archive, table) == 0
    shown = command("bases", "list", "--table", str(table), "--format", "json")
    rows = json.loads(shown.out)["bases"]
    assert [row["name"] for row in rows[:-1]] == [x.name for x in known_bases.bundled()]
    assert (rows[-1]["name"], rows[-1]["source"]) == ("my/base:1", "own")
    assert len(rows[-1]["diff_ids"]) == 2
    assert "my/base:1" in command("bases", "list", "--table", str(table)).out


def test_the_same_base_is_kept_once(command: Command, tmp_path: Path, table: Path) -> None:
    archive = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    for _ in range(2):
        assert _add(command, archive, table) == 0
    assert len(known_bases.of_file(table)) == 1
    assert _add(command, archive, table, name="other") == 0
    assert [base.name for base in known_bases.of_file(table)] == ["my/base:1", "other"]


def test_a_base_needs_its_layers(command: Command, tmp_path: Path, table: Path) -> None:
    archive = docker_archive(tmp_path / "a.tar", [Image([], names=["x:1"])])
    assert _add(command, archive, table) == 2
    assert not table.exists()


def test_a_damaged_table_is_not_written_over(command: Command, tmp_path: Path, table: Path) -> None:
    table.parent.mkdir()
    table.write_text("[[base")
    archive = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    assert _add(command, archive, table) == 2
    assert table.read_text() == "[[base"
    assert command("bases", "list", "--table", str(table)).status == 2


def test_names_cannot_drive_the_terminal(command: Command, tmp_path: Path, table: Path) -> None:
    archive = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    assert _add(command, archive, table, name="a\x1b[2Jb") == 0
    assert "\x1b" not in command("bases", "list", "--table", str(table)).out


def _scanned(command: Command, archive: Path, *more: str) -> dict[str, Any] | None:
    """Return the base that a scan tells."""
    arguments = ("scan", str(archive), "--no-store", "--fail-on", "never", "-q", "-f", "json")
    said = command(*arguments, *more)
    assert said.status == 0, said.err
    (image,) = json.loads(said.out)["images"]
    return cast("dict[str, Any] | None", image["base"])


def test_a_scan_uses_the_table_that_was_added_to(
    command: Command, tmp_path: Path, table: Path
) -> None:
    """The image of the base first, then one with a layer of its own on top."""
    lower = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    upper = docker_archive(tmp_path / "b.tar", [Image([*LAYERS, tar({"z": b"3"})])])
    assert _add(command, lower, table) == 0
    assert _scanned(command, upper) is None
    told = _scanned(command, upper, "--base-table", str(table))
    assert (told or {}).items() >= ADDED.items()


def test_a_scan_uses_the_usual_table_by_itself(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    lower = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    upper = docker_archive(tmp_path / "b.tar", [Image([*LAYERS, tar({"z": b"3"})])])
    assert command("bases", "add", "my/base:1", str(lower), "--no-store").status == 0
    told = _scanned(command, upper)
    assert (told or {}).items() >= ADDED.items()


def test_the_environment_names_a_table(
    command: Command, tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lower = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    upper = docker_archive(tmp_path / "b.tar", [Image([*LAYERS, tar({"z": b"3"})])])
    monkeypatch.setenv("OCIANALYZE_BASE_TABLE", str(table))
    assert command("bases", "add", "my/base:1", str(lower), "--no-store").status == 0
    told = _scanned(command, upper)
    assert (told or {}).items() >= ADDED.items()


def test_a_table_that_is_not_there_is_refused(command: Command, tmp_path: Path) -> None:
    archive = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    said = command("scan", str(archive), "--no-store", "--base-table", str(tmp_path / "none"))
    assert said.status == 2
    assert "no such table of bases" in said.err
    assert "bases add" in said.err
    assert command("bases", "list", "--base-table", str(tmp_path / "none")).err == said.err


def test_a_named_base_that_does_not_fit_is_said_and_found(command: Command, tmp_path: Path) -> None:
    """A pipeline that names a stale base must not read as if none had been named."""
    lower = docker_archive(tmp_path / "a.tar", [Image(LAYERS, names=["x:1"])])
    upper = docker_archive(tmp_path / "b.tar", [Image([*LAYERS, tar({"z": b"3"})])])
    other = docker_archive(tmp_path / "c.tar", [Image([tar({"q": b""})], names=["old:1"])])
    scan = ("scan", str(upper), "--no-store", "--fail-on", "never", "-f", "json", "--base")
    stale = command(*scan, str(other))
    told = "--base: old:1: its layers are not the first of this image"
    assert f"ocianalyze: {told}\n" in stale.err
    found = {each["code"]: each["detail"] for each in json.loads(stale.out)["findings"]}
    assert told.endswith(found["image.base-differs"])
    assert "--base" not in command(*scan, str(lower)).err

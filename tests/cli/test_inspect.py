"""`inspect`: an image's own words, harmless and without secrets."""

import json
from dataclasses import replace

import pytest
from rich.cells import cell_len

from ocianalyze.model.report import SCHEMA_VERSION
from ocianalyze.sources._base import Unreferenced
from tests.cli.conftest import Command, FakeEngine
from tests.report.documents import SEVERAL


def test_the_page_shows_config_history_and_layers(command: Command, fake: FakeEngine) -> None:
    """History lines carry the layer they made."""
    shown = command("inspect", "app.tar")
    assert shown.status == 0
    for line in (
        "  user         (empty: root)",
        "  command      bash",
        "    2  layer 1   COPY . /app",
        '    1            CMD ["bash"]',
        "    0  gzip, 1.0 MB (3.0 MB unpacked), 100 entries",
    ):
        assert line in shown.out.splitlines()
    assert f"sha256:{'a' * 64}" not in shown.out.partition("layers, the lowest")[2]
    assert fake.asked == ["app.tar"]
    assert f"sha256:{'a' * 64}" in command("inspect", "app.tar", "-v").out


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_shown_is_secret_or_obeyed(form: str, command: Command, fake: FakeEngine) -> None:
    """Variables, build arguments and labels come from the image."""
    fake.analysis = SEVERAL
    shown = command("inspect", "x", "--format", form)
    assert "not-a-real-one" not in shown.out
    assert "DB_PASSWORD=***" in shown.out
    assert all(char == "\n" or char.isprintable() for char in shown.out)
    if form == "text":
        assert all(cell_len(line) <= 80 for line in shown.out.splitlines())


def test_json_has_flat_lists_for_queries(command: Command, fake: FakeEngine) -> None:
    """Every layer and every step names its image."""
    fake.analysis = SEVERAL
    document = json.loads(command("inspect", "x", "-f", "json").out)
    assert [image["index"] for image in document["images"]] == [0, 1]
    assert [layer["image"]["index"] for layer in document["layers"]] == [0, 0, 0, 1, 1, 1]
    assert document["layers"][4]["status"] == "absent"
    assert [step["layer"] for step in document["history"]][:4] == [0, None, 1, 2]
    assert document["images"][0]["config"]["config"]["Cmd"] == ["bash"]
    assert document["schema_version"] == SCHEMA_VERSION


def test_files_that_no_document_names_are_listed(command: Command, fake: FakeEngine) -> None:
    """The text names twenty; a name obeys nobody."""
    strays = tuple(Unreferenced(f"stray\x1b{at}", at, "text") for at in range(23))
    fake.analysis = replace(SEVERAL, unreferenced=strays)
    lines = command("inspect", "x").out.splitlines()
    assert lines[lines.index("named by no document") + 3] == "  stray\\x1b2   2 B   text"
    assert lines[-1] == "  and 3 more: see --format json"
    document = json.loads(command("inspect", "x", "-f", "json").out)
    assert document["unreferenced"][22] == {"name": "stray\x1b22", "size": 22, "kind": "text"}
    last = command("inspect", "x", "-f", "jsonl").out.splitlines()[-1]
    assert json.loads(last)["record"] == "unreferenced"

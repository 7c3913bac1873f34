"""A name of odd bytes is spelled alike in every output, and no other name like it."""

import csv
import json
import re
from pathlib import Path

import pytest

from ocianalyze.cli.main import run
from tests import archives
from tests.archives import Image

BYTE, LITERAL = "bin/\\xffx", "bin/\\\\xffx"
"""How a name with the byte 255 is spelled, and one with a backslash, an x and two f."""
LAYER = archives.tar(
    {
        "bin/": None,
        "bin/\udcffx": (0o4755, b"\x7fELF first"),
        "bin/\\xffx": (0o4755, b"\x7fELF second"),
    }
)
QUERIES = {
    "files": "SELECT path FROM files",
    "tree": "SELECT path FROM tree",
    "evidence": "SELECT path FROM evidence",
    "joined": "SELECT evidence.path FROM evidence JOIN tree USING (path)",
}


@pytest.fixture
def image(tmp_path: Path) -> str:
    """Return an image with both files, which controls and listings tell."""
    made = Image([LAYER], {"config": {"User": "app"}}, ["app:1"])
    return str(archives.docker_archive(tmp_path / "app.tar", [made]))


def _output(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    run([*arguments])
    return capfd.readouterr().out


def _texts(value: object) -> set[str]:
    """Return every text in a JSON document."""
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {value} if isinstance(value, str) else set()


def _names(texts: set[str]) -> set[str]:
    """Return the names of both files that are in texts, without what is around them."""
    return {name for text in texts for name in re.findall(r"bin/\\+xffx", text)}


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["files"], id="files"),
        pytest.param(["scan", "--fail-on", "never"], id="scan"),
        pytest.param(["owner", "/bin/\udcffx", "/bin/\\xffx"], id="owner"),
    ],
)
def test_documents(
    command: list[str], form: str, image: str, capfd: pytest.CaptureFixture[str]
) -> None:
    head, *rest = command
    out = _output(capfd, head, "--no-store", image, *rest, "-f", form)
    lines = [out] if form == "json" else out.splitlines()
    assert _names(set().union(*(_texts(json.loads(line)) for line in lines))) == {BYTE, LITERAL}


@pytest.mark.parametrize("command", ["files", "scan"])
def test_text(command: str, image: str, capfd: pytest.CaptureFixture[str]) -> None:
    more = ["--fail-on", "never", "-v"] if command == "scan" else []
    out = _output(capfd, command, "--no-store", image, *more, "-f", "text")
    assert _names({out}) == {BYTE, LITERAL}


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_rows(query: str, form: str, image: str, capfd: pytest.CaptureFixture[str]) -> None:
    out = _output(capfd, "sql", "--no-store", image, QUERIES[query], "-f", form)
    if form == "json":
        texts = _texts(json.loads(out))
    else:
        texts = {cell for row in csv.reader(out.splitlines()) for cell in row}
    assert _names(texts) == {BYTE, LITERAL}


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_bills_of_materials(form: str, image: str, capfd: pytest.CaptureFixture[str]) -> None:
    out = _output(capfd, "sbom", "--no-store", image, "-f", form)
    assert _names(_texts(json.loads(out))) == {BYTE, LITERAL}

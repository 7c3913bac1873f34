"""The JSON that commands print has the keys that its page tells, no more and no fewer."""

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocianalyze.cli.main import COMMANDS, run
from ocianalyze.cli.status import DONE, GATE_FAILED, PARTIAL
from ocianalyze.model.record import Record
from tests import archives
from tests.archives import Image, Link

if TYPE_CHECKING:
    from listings import Listing

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "docs"))
LISTINGS: tuple["Listing", ...] = import_module("listings").LISTINGS
ABOUT_IMAGES = {"inspect", "files", "packages", "secrets", "scan", "owner", "sql", "bases add"}
BEFORE = {"bases add": ["mine:1"]}
AFTER = {
    "owner": ["/bin/sh", "/bin", "/app/deploy/id_ed25519", "/bin/odd", "/none"],
    "sql": ["SELECT path, size, NULL FROM tree"],
    "scan": ["--fail-on", "never"],
    "explain": ["4.8"],
    "profile show": ["l1"],
}
WITHOUT_JSON = {"completion", "sbom"}
"""`sbom` writes the documents of its standards."""
SHOWN_ELSEWHERE = {("inspect", "artifacts"), ("scan", "artifacts")}
"""Records of the report that no image here has."""


def _commands() -> list[str]:
    return list(dict.fromkeys(name for one in LISTINGS for name in one.commands))


def _lists(command: str) -> dict[str, "Listing"]:
    return {one.name: one for one in LISTINGS if command in one.commands}


@pytest.fixture
def images(tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the image that ships, and one with what it has not."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    odd = archives.tar(
        {
            "bin/odd\udcff": b"",
            "bin/dangling": Link("nowhere", hard=True),
            "app/closed.gz": b"\x1f\x8b\x08\x00broken",
            "var/lib/dpkg/status": b"\xff\x00 no status\n\nPackage\n",
        }
    )
    image = Image([odd], names=["odd:1"])
    files = archives.files_docker([image]) | {"stray": b"x"}
    return [demo, archives.write_tar(tmp_path / "odd.tar", files)]


def _printed(
    command: str, form: str, images: list[Path], capsys: pytest.CaptureFixture[str]
) -> Iterator[str]:
    for image in images if command in ABOUT_IMAGES else images[:1]:
        about = [str(image)] if command in ABOUT_IMAGES else []
        words = [*command.split(), *BEFORE.get(command, []), *about, *AFTER.get(command, [])]
        assert run([*words, "--format", form]) in (DONE, GATE_FAILED, PARTIAL)
        yield capsys.readouterr().out


def _conforms(listing: "Listing", record: dict[str, Any]) -> None:
    """Hold one record against its description; keys beyond it and missing ones raise."""
    if not issubclass(listing.of, Record):
        assert set(record) == {one.name for one in fields(listing.of)}
        return
    extra = set(listing.more.model_fields) if listing.more else set()
    assert extra <= set(record)
    if listing.more:
        listing.more.model_validate_json(json.dumps({name: record[name] for name in extra}))
    own = {name: value for name, value in record.items() if name not in extra}
    promised = {
        name
        for name, field in listing.of.model_fields.items()
        if field.is_required() and name not in listing.without
    }
    assert promised <= set(own) <= set(listing.of.model_fields) - listing.without
    if not listing.without:
        listing.of.model_validate_json(json.dumps(own))


@pytest.mark.parametrize("command", _commands())
def test_one_object_has_the_keys_that_the_page_tells(
    command: str, images: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    lists = _lists(command)
    once = {name for one in lists.values() for name in one.once}
    seen: set[str] = set()
    for text in _printed(command, "json", images, capsys):
        document = json.loads(text)
        assert set(document) == {"schema_version", "tool", *once, *lists}
        for name, listing in lists.items():
            for record in document[name]:
                _conforms(listing, record)
                seen.add(name)
    assert {name for name in set(lists) - seen if (command, name) not in SHOWN_ELSEWHERE} == set()


@pytest.mark.parametrize("command", _commands())
def test_every_line_says_what_it_is(
    command: str, images: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    by_record = {one.record: one for one in _lists(command).values()}
    once = {name for one in by_record.values() for name in one.once}
    for text in _printed(command, "jsonl", images, capsys):
        lines = [json.loads(line) for line in text.splitlines()]
        if command in ("scan", "inspect"):
            assert set(lines.pop(0)) == {"record", "schema_version", "tool", *once}
        for line in lines:
            _conforms(by_record[line.pop("record")], line)


def test_keys_that_are_not_always_there_are_there_at_times(
    images: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    seen = {
        key
        for text in _printed("files", "json", images, capsys)
        for record in json.loads(text)["files"]
        for key in record
    }
    of = _lists("files")["files"].of
    assert issubclass(of, Record)
    assert seen == set(of.model_fields)


def test_every_command_with_json_is_told() -> None:
    told = {name.split()[0] for name in _commands()}
    assert told == set(COMMANDS) - WITHOUT_JSON

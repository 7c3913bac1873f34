"""A secret of a file's content is in no name that is listed, kept facts or not."""

from base64 import b64encode
from pathlib import Path

import pytest

from ocianalyze.cli.main import run
from tests.archives import Image, docker_archive
from tests.images import File, symlink, tar

TOKEN = "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"
WRITTEN = {
    "lower": TOKEN.lower().replace("_", "-"),
    "base64": b64encode(f"user:{TOKEN}".encode()).decode().rstrip("=").replace("/", "_"),
    "percent": "".join(f"%{byte:02x}" for byte in TOKEN.encode()),
}
COMMANDS = {
    "files": ("-f", "text"),
    "files json": ("-f", "json"),
    "sql": ("SELECT path, name, link FROM tree", "-f", "json"),
    "sql files": ("SELECT path, name, link FROM files", "-f", "json"),
}


PLACES = ("{}/a/b", "a/{}/b", "a/b/{}")


def test_no_name_tells_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = [place.format(told) for place in PLACES for told in WRITTEN.values()]
    members = {path: File(b"x") for path in paths} | {"etc/token": File(TOKEN.encode())}
    links = {f"srv/to-{number}": symlink(f"/{path}") for number, path in enumerate(paths)}
    image = docker_archive(tmp_path / "a.tar", [Image([tar(members | links)], names=["a:1"])])
    kept = ("--store", str(tmp_path / "kept"))
    for command, options in (each for _ in range(2) for each in COMMANDS.items()):
        assert run([command.split()[0], str(image), *options, *kept]) == 0
        shown = capfd.readouterr().out
        assert "etc/token" in shown
        assert [how for how, told in WRITTEN.items() if told in shown] == []


def test_honest_names_stay(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = ["usr/lib/libicudata.so.72.1", "usr/lib/__init__.cpython-311.pyc", "opt/é/x86_64-a"]
    members = {name: File(b"x") for name in names} | {"etc/token": File(TOKEN.encode())}
    image = docker_archive(tmp_path / "a.tar", [Image([tar(members)], names=["a:1"])])
    assert run(["files", str(image), "--no-store"]) == 0
    shown = capfd.readouterr().out
    assert all(name in shown for name in names)

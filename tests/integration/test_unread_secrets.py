"""What the search for secrets left closed, from the layer to the verdict and the exit status."""

import gzip
import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ocianalyze.cli.main import run
from tests import archives
from tests.archives import Image
from tests.tokens import github_token

Told = pytest.CaptureFixture[str]


def _zip() -> bytes:
    with ZipFile(packed := BytesIO(), "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.env", f"TOKEN={github_token('closed')}\n" * 9)
    return packed.getvalue()


def _saved(folder: Path, files: dict[str, bytes]) -> str:
    image = Image([archives.tar(files)], {}, ["x:1"])
    return str(archives.docker_archive(folder / "app.tar", [image]))


def _asked(told: Told, *words: str) -> tuple[int, dict[str, Any]]:
    status = run([*words, "-f", "json", "--no-store"])
    return status, json.loads(told.readouterr().out)


@pytest.mark.parametrize(
    "before",
    [b"@echo off\r\n", b"<?php __halt_compiler(); ?>\n", b"\0asm\1\0\0\0"],
    ids=["batch", "php", "wasm"],
)
def test_a_secret_in_an_archive_that_nobody_enters_is_no_pass(
    before: bytes, tmp_path: Path, capsys: Told
) -> None:
    path = _saved(tmp_path, {"srv/a": before + _zip()})
    _, listed = _asked(capsys, "secrets", path)
    assert [(one["path"], one["why"]) for one in listed["unread"]] == [("srv/a", "closed")]
    _, report = _asked(capsys, "scan", path)
    [verdict] = [one for one in report["controls"] if one["id"] == "CIS-4.10"]
    assert (verdict["status"], verdict["reason"]) == ("needs-review", "unread-inside")


def test_a_search_that_a_limit_ended_has_one_status(tmp_path: Path, capsys: Told) -> None:
    packed = b"x"
    for _ in range(9):
        packed = gzip.compress(packed)
    path = _saved(tmp_path, {"srv/a.gz": packed})
    assert _asked(capsys, "secrets", path)[0] == 4
    assert _asked(capsys, "scan", path, "--fail-on", "never")[0] == 4
    assert _asked(capsys, "scan", path, "--fail-on", "never", "--skip", "secrets")[0] == 0


def _with_password() -> bytes:
    """Return an archive whose headers say that its member is encrypted (APPNOTE 4.4.4)."""
    packed = bytearray(_zip())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        packed[packed.index(mark) + flags] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_with_password(), "closed"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(60), "closed"),
        (b"Rar!\x1a\x07\x01\0" + bytes(60), "closed"),
        (gzip.compress(bytes(9_000))[:-12], "damaged"),
    ],
    ids=["password", "7z", "rar", "cut off"],
)
def test_what_no_run_can_open_is_named_and_no_pass_and_the_status_is_0(
    data: bytes, why: str, tmp_path: Path, capsys: Told
) -> None:
    path = _saved(tmp_path, {"srv/a": data})
    status, listed = _asked(capsys, "secrets", path)
    assert (status, [one["why"] for one in listed["unread"]]) == (0, [why])
    status, report = _asked(capsys, "scan", path, "--fail-on", "never")
    [verdict] = [one for one in report["controls"] if one["id"] == "CIS-4.10"]
    assert (status, verdict["status"]) == (0, "needs-review")
    assert [x["path"] for x in report["findings"] if x["code"] == "secrets.unread-inside"] == [
        "srv/a"
    ]
    assert _asked(capsys, "scan", path, "--fail-on", "needs-review")[0] == 1

"""Settings of git mean what `git config --type=bool` says of them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ocianalyze.controls.aspects.verification.git_config import read

OFF = (
    "[http]\nsslVerify =\n",
    "[http] sslVerify = false\n",
    "[HTTP]SSLVERIFY=FALSE # x\n",
    "[http]\nsslVerify = false ; x\n",
    "[http]\nsslVerify = false#x\n",
    '[http]\nsslVerify = "false"\n',
    '[http]\nsslVerify = f"al"se\n',
    "[http]\nsslVerify = fal\\\nse\n",
    '[http "https://a.example/"]\nsslVerify = off\n',
    '[http "a"] ; c\nsslVerify = no\n',
    "[http.a]\nsslVerify = 0x0\n",
    "[http]\r\nsslVerify = no\r\n",
    "\ufeff[http]\nsslVerify = 00\n",
    "# x \\\n[http]\nsslVerify = no\n",
    "[http]\nsslVerify = true\nsslVerify = false\n",
    "[a]\n" + "x = y\n" * 6_000 + "[http]\nsslVerify = no\n",
)
ON = (
    "[http]\nsslVerify\n",
    "[http]\nsslVerify = true\n",
    "[http]\nsslVerify = 1\n",
    "[http]\n; sslVerify = false\nsslVerify = yes\n",
    "[http]\nsslVerify = false\nsslVerify = true\n",
    "[core]\nx = a \\\n[http]\n[http]\nsslVerify = on\n",
)


def _git(text: str, folder: Path) -> str:
    file = folder / "config"
    file.write_bytes(text.encode())
    command = ("git", "config", "-f", str(file), "--type=bool", "--get-regexp", "sslverify$")
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return told.split()[-1]


@pytest.mark.parametrize(("text", "off"), [*((x, True) for x in OFF), *((x, False) for x in ON)])
def test_verification_is_off_where_git_says_so(text: str, off: bool, tmp_path: Path) -> None:  # noqa: FBT001
    assert bool(list(read(text))) is off
    if shutil.which("git"):
        assert _git(text, tmp_path) == ("false" if off else "true")


def test_an_include_is_told_as_not_followed() -> None:
    (told,) = read("[include]\npath = ~/x\n")
    assert (told.weight, told.reason) == ("info", "not-followed")


@pytest.mark.parametrize("text", ["[" * 200_000, '"' * 200_000, 'a="' * 70_000, "a=\\" * 70_000])
def test_hostile_text_ends(text: str) -> None:
    assert not list(read(text))

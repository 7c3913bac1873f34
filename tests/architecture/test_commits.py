"""What no committed file may hold."""

import shutil
import subprocess
from pathlib import Path

import pytest

REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "proxy.golang" + ".org",
    "crates" + ".io",
    "deb.debian" + ".org",
)
"""Package registries, in pieces so that this file does not name them."""
BUILD_MACHINE = ("/" + "work/", "file://" + "/opt")


@pytest.fixture(scope="module")
def committed(root: Path) -> list[Path]:
    """Return every file that git has or would take."""
    if shutil.which("git") is None or not (root / ".git").exists():
        pytest.skip("not a git checkout, so what is committed is unknown")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    names = [name.decode() for name in listed.split(b"\0") if name]
    return [root / name for name in names if (root / name).is_file()]


@pytest.mark.parametrize("text", [*REGISTRIES, *BUILD_MACHINE])
def test_no_committed_file_names_a_registry_or_the_build_machine(
    committed: list[Path], text: str
) -> None:
    """A checkout installs from whatever index its machine is configured for."""
    assert not [path for path in committed if text.encode() in path.read_bytes()]


def test_no_lock_file_is_committed(committed: list[Path]) -> None:
    """It holds the addresses of a registry; constraints.txt pins the same without."""
    assert not [path for path in committed if path.name == "uv.lock"]


def test_constraints_pin_every_dependency(root: Path) -> None:
    """Each line is a name with one exact version."""
    lines = (root / "constraints.txt").read_text().splitlines()
    assert lines
    assert all("==" in line.partition(";")[0] for line in lines)

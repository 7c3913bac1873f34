"""A Debian root with deliberate changes is verified as `dpkg -V` and `debsums` verify it."""

import os
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.model.verification import Verification
from tests.archives import Image, docker_archive

pytestmark = pytest.mark.oracle
Tool = Callable[[str], str]
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
DIVERTED = "usr/bin/expiry"


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"#\n")


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("cat")


CHANGES: Mapping[str, Callable[[Path], object]] = {
    "usr/bin/gzip": _append,
    "usr/bin/ldd": _append,
    "usr/bin/dd": _append,
    "etc/bash.bashrc": _append,
    "usr/bin/factor": lambda path: path.unlink(),
    "usr/share/base-files/motd": lambda path: path.write_bytes(b""),
    "usr/bin/tac": _link,
    "usr/bin/yes": lambda path: path.chmod(0o777),
    f"{DIVERTED}.distrib": _append,
}
"""Program, script, path that usr-merge moved, conffile, deleted, emptied, replaced by a link to
another program, other mode, and a diverted file; `usr/bin/dd` is recorded as `/bin/dd`."""


@pytest.fixture(scope="module")
def root(tool: Tool, minbase: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with the changes."""
    divert = tool("dpkg-divert")
    root = tmp_path_factory.mktemp("changed") / "root"
    with tarfile.open(minbase) as archive:
        archive.extractall(root, filter="fully_trusted")
    subprocess.run(
        [divert, f"--root={root}", "--local", "--rename", "--add", f"/{DIVERTED}"],
        capture_output=True,
        check=True,
    )
    for name, change in CHANGES.items():
        change(root / name)
    return root


@pytest.fixture(scope="module")
def ours(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Verification:
    """Return what we say of the root, every file digested."""
    made = tmp_path_factory.mktemp("image")
    with tarfile.open(made / "root.tar", "w") as archive:
        archive.add(root, arcname=".")
    image = Image([(made / "root.tar").read_bytes()])
    path = docker_archive(made / "image.tar", [image])
    options = engine.Options(jobs=1, verify="full", skip=frozenset({"secrets"}))
    return engine.open_images(str(path), options).images[0].view.verification


def _told(found: Verification) -> dict[str, str]:
    changed = {each.path: "changed" for each in found.changed}
    return changed | {each.path: "missing" for each in found.missing}


def _merged(path: str) -> str:
    """Return where a recorded path leads since /bin, /sbin and /lib are links into /usr."""
    path = path.lstrip("/")
    return f"usr/{path}" if path.startswith(("bin/", "sbin/", "lib")) else path


def _run(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    return (done.stdout + done.stderr).splitlines()


def _by_dpkg(tool: Tool, root: Path) -> dict[str, str]:
    told = {}
    for line in _run(tool("dpkg"), f"--root={root}", "-V"):
        word = "missing" if line.startswith("missing") else "changed"
        told[_merged(line[line.index("/") :].strip())] = word
    return told


def _by_debsums(tool: Tool, root: Path) -> dict[str, str]:
    told = {}
    for line in _run(tool("debsums"), "-a", "-s", "-r", str(root)):
        words = line.removeprefix("debsums: ").split()
        told[_merged(words[2].removeprefix(str(root)))] = words[0]
    return told


def _beside_diverted(found: dict[str, str]) -> dict[str, str]:
    """Return what is told but of the diverted file, whose content only we compare."""
    return {path: word for path, word in found.items() if not path.startswith(DIVERTED)}


def test_dpkg_tells_the_same(tool: Tool, root: Path, ours: Verification) -> None:
    theirs = _by_dpkg(tool, root)
    assert _beside_diverted(_told(ours)) == theirs
    assert set(theirs) == set(CHANGES) - {"usr/bin/yes", f"{DIVERTED}.distrib"}


def test_debsums_tells_the_same_when_asked_for_configuration_too(
    tool: Tool, root: Path, ours: Verification
) -> None:
    assert _beside_diverted(_told(ours)) == _by_debsums(tool, root)


def test_the_content_of_a_diverted_file_is_compared_here_alone(
    tool: Tool, root: Path, ours: Verification
) -> None:
    """The digest is recorded for the first name; both tools look for one of the second."""
    assert _told(ours)[f"{DIVERTED}.distrib"] == "changed"
    for theirs in (_by_dpkg(tool, root), _by_debsums(tool, root)):
        assert not any(path.startswith(DIVERTED) for path in theirs)


def test_a_diverted_file_that_is_gone_is_told_by_all(tool: Tool, root: Path) -> None:
    path = root / f"{DIVERTED}.distrib"
    content, mode = path.read_bytes(), path.stat().st_mode
    path.unlink()
    try:
        for theirs in (_by_dpkg(tool, root), _by_debsums(tool, root)):
            assert theirs[f"{DIVERTED}.distrib"] == "missing"
    finally:
        path.write_bytes(content)
        path.chmod(mode)


def test_nothing_else_of_the_root_differs(ours: Verification) -> None:
    """Each of the 6,000 files that the packages record is there, and is as recorded."""
    assert not ours.problems
    assert (ours.unhashed, ours.unlisted) == (0, 0)
    assert ours.recorded - ours.matched == len(_told(ours)) == len(CHANGES) - 1

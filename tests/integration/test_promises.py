"""What the tool never does: use a network, write beside what it was told to, leave files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import archives
from tests.archives import Image, Layout

ROOT = Path(__file__).resolve().parents[2]
LAYERS = [
    archives.tar({f"opt/{n}/data": os.urandom(2_000_000), f"opt/{n}/su": (0o4755, b"#!/bin/sh\n")})
    for n in range(3)
]
IMAGE = Image(LAYERS, {"config": {"User": "app"}}, ["team/app:1"])

WATCH = """\
import os, sys

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
TOUCHES = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.chmod",
           "os.truncate", "os.utime", "os.mkfifo", "shutil.copyfile", "tempfile.mkstemp"}
log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def hook(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        os.write(log, f"network {event}\\n".encode())
        raise RuntimeError("no network")
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pty.spawn"):
        os.write(log, f"program {event} {arguments[:1]!r}\\n".encode())
        raise RuntimeError("no programs")
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        writes = flags & WRITES if isinstance(flags, int) else set(mode or "r") & set("wax+")
        if writes and path != "/dev/null" and not str(path).endswith(".pyc"):
            os.write(log, f"write {path!r}\\n".encode())
    elif event in TOUCHES and "__pycache__" not in repr(arguments):
        os.write(log, f"touch {event} {arguments!r}\\n".encode())

sys.addaudithook(hook)
"""
"""A `sitecustomize` that tells what a Python process, its forks included, does to the outside."""


def _watched(
    tmp_path: Path, *arguments: str, stdin: bytes | None = None, status: int = 0
) -> list[str]:
    """Scan in a process of its own and return what it did beside reading."""
    site, log, empty = tmp_path / "site", tmp_path / "log", tmp_path / "empty"
    for folder in (site, empty):
        folder.mkdir()
    log.touch()
    (site / "sitecustomize.py").write_text(WATCH)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(empty),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],  # has compiled rules
        "TMPDIR": str(empty),
        "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCH_LOG": str(log),
    }
    command = [sys.executable, "-m", "ocianalyze", *arguments]
    ended = subprocess.run(
        command, input=stdin, capture_output=True, cwd=empty, env=environment, check=False
    )
    assert ended.returncode == status, ended.stderr.decode()
    assert list(empty.iterdir()) == []
    return log.read_text().splitlines()


def test_the_watch_sees_what_it_should(tmp_path: Path) -> None:
    """A watch that sees nothing proves nothing."""
    path = archives.docker_archive(tmp_path / "app.tar", [IMAGE])
    told = tmp_path / "out.json"
    arguments = ("scan", str(path), "--no-store", "-f", f"json={told}", "--fail-on", "never")
    seen = _watched(tmp_path, *arguments)
    assert any(line.startswith("write") for line in seen)
    assert told.is_file()


@pytest.mark.parametrize("form", ["docker", "oci-archive", "oci-layout", "dir", "rootfs"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_scan_of_seekable_input_touches_nothing(form: str, jobs: str, tmp_path: Path) -> None:
    """No socket, no program, no temporary file, no folder in HOME."""
    gzipped = Layout(layers="gzip")
    path = {
        "docker": lambda: archives.docker_archive(tmp_path / "app.tar", [IMAGE]),
        "oci-archive": lambda: archives.oci_archive(tmp_path / "app.tar", [IMAGE], gzipped),
        "oci-layout": lambda: archives.oci_layout(tmp_path / "app", [IMAGE], gzipped),
        "dir": lambda: archives.directory(tmp_path / "app", IMAGE, gzipped),
        "rootfs": lambda: archives.rootfs_archive(tmp_path / "app.tar", IMAGE),
    }[form]()
    arguments = ("scan", str(path), "--no-store", "--fail-on", "never", "--jobs", jobs)
    assert _watched(tmp_path, *arguments) == []


def test_processes_touch_nothing_either(tmp_path: Path) -> None:
    """Layers large enough for workers; their semaphores are not files."""
    code = (
        "from ocianalyze.layers import workers; workers._WORTH_A_PROCESS = 0;"
        "import sys; from ocianalyze.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    (tmp_path / "run.py").write_text(code)
    path = archives.docker_archive(tmp_path / "app.tar", [IMAGE])
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(WATCH)
    log = tmp_path / "log"
    log.touch()
    environment = os.environ | {
        "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
        "WATCH_LOG": str(log),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, str(tmp_path / "run.py"), "scan", str(path), "--jobs", "2"]
    ended = subprocess.run(
        [*command, "--no-store", "--fail-on", "never"],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert log.read_text() == ""


@pytest.mark.parametrize("case", ["whole", "cut", "no-image", "not-a-tar"])
@pytest.mark.parametrize("way", ["pipe", "file"])
def test_spooled_input_leaves_nothing_behind(case: str, way: str, tmp_path: Path) -> None:
    """Whatever becomes of the analysis: a nameless file in TMPDIR, and nothing elsewhere."""
    whole = archives.docker_archive(tmp_path / "app.tgz", [IMAGE], outer="gzip").read_bytes()
    data, status = {
        "whole": (whole, 0),
        "cut": (whole[: len(whole) // 2], 3),
        "no-image": (archives.compress(b"", "gzip"), 3),
        "not-a-tar": (archives.compress(b"text" * 1_000, "gzip"), 3),
    }[case]
    (tmp_path / "app.tgz").write_bytes(data)
    name = "-" if way == "pipe" else str(tmp_path / "app.tgz")
    seen = _watched(
        tmp_path,
        *("scan", name, "--no-store", "--fail-on", "never"),
        stdin=data if way == "pipe" else b"",
        status=status,
    )
    assert [line for line in seen if str(tmp_path / "empty") not in line] == []


def test_a_spool_that_grows_too_large_leaves_nothing_behind(tmp_path: Path) -> None:
    path = archives.docker_archive(tmp_path / "app.tgz", [IMAGE], outer="gzip")
    arguments = ("scan", str(path), "--no-store", "--limit", "spool-bytes=100K")
    seen = _watched(tmp_path, *arguments, status=4)
    assert [line for line in seen if str(tmp_path / "empty") not in line] == []


def test_a_store_is_written_where_it_was_named(tmp_path: Path) -> None:
    """And nowhere else."""
    path = archives.docker_archive(tmp_path / "app.tar", [IMAGE])
    store = tmp_path / "store"
    arguments = ("scan", str(path), "--store", str(store), "--fail-on", "never")
    seen = _watched(tmp_path, *arguments)
    assert seen
    assert [line for line in seen if str(store) not in line] == []

"""Tools are known by content: the real binaries of this machine and of Alpine."""

import io
import multiprocessing
import os
import tarfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors import tools
from ocianalyze.detectors.tools import OBSERVER, by_name, catalogue, plain_name, read_ids
from ocianalyze.layers.observer import Seen

ALPINE = "images/trivy/alpine-311.tar.gz"
MOST = 64 << 20
"""Bytes of the largest file that the tests read."""


def scan(
    content: bytes, path: bytes = b"opt/x", mode: int = 0o755, size: int = 256 << 10
) -> tuple[str, ...]:
    """Return the tools that the observer finds in a content that comes in pieces."""
    view = memoryview(content)
    tap = OBSERVER.open(Seen(path, len(content), mode), view[:512])
    if tap is None:
        return ()
    for at in range(0, len(content), size):
        if not tap.feed(view[at : at + size]):
            break
    value = tap.close()
    return read_ids(value) if value else ()


def alpine(corpus: Path, path: str) -> bytes:
    """Return a file of Alpine 3.11's only layer."""
    with tarfile.open(corpus / ALPINE) as image:
        name = next(x for x in image.getnames() if x.endswith((".tar", ".tar.gz")))
        layer = image.extractfile(name)
        assert layer
        with tarfile.open(fileobj=io.BytesIO(layer.read())) as files:
            member = files.extractfile(path)
            assert member
            return member.read()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("apt", "apt"),
        ("apt-get", "apt"),
        ("dpkg", "dpkg"),
        ("rpm", "rpm"),
        ("bash", "bash"),
        ("dash", "dash"),
        ("zsh", "zsh"),
        ("curl", "curl"),
        ("wget", "wget"),
        ("ssh", "ssh"),
        ("nc", "netcat"),
        ("gcc", "gcc"),
        ("g++", "gcc"),
        ("as", "binutils"),
        ("ld", "binutils"),
        ("make", "make"),
        ("cmake", "cmake"),
        ("ninja", "ninja"),
        ("javac", "javac"),
        ("gdb", "gdb"),
        ("strace", "strace"),
        ("perf", "perf"),
        ("su", "su"),
        ("sudo", "sudo"),
        ("git", "git"),
        ("vim", "vim"),
        ("ed", "ed"),
        ("npm", "npm"),
        ("pip3", "pip"),
        ("cpan", "cpan"),
    ],
)
def test_a_tool_is_known_under_any_name(
    tool: Callable[[str], str], program: str, expected: str
) -> None:
    path = Path(tool(program)).resolve()
    if ".pyenv" in path.parts or path.stat().st_size > MOST:
        pytest.skip(f"{program} is a wrapper here")
    assert scan(path.read_bytes(), b"tmp/renamed") == (expected,)


@pytest.mark.corpus
@pytest.mark.parametrize(("path", "expected"), [("bin/busybox", "busybox"), ("sbin/apk", "apk")])
def test_alpines_tools_are_known_by_content(corpus: Path, path: str, expected: str) -> None:
    assert scan(alpine(corpus, path)) == (expected,)


@pytest.mark.parametrize(
    "program", ["ls", "cat", "grep", "tar", "openssl", "perl", "sed", "xxd", "less", "sqlite3"]
)
def test_ordinary_programs_are_no_tools(tool: Callable[[str], str], program: str) -> None:
    assert scan(Path(tool(program)).read_bytes()) == ()


def test_on_this_machine_content_and_name_agree() -> None:
    """The catalogue's texts occur in no program that is not the tool."""
    wrong = []
    for folder in ("/usr/bin", "/usr/sbin", "/usr/libexec", "/usr/lib/git-core"):
        for path in sorted(Path(folder).glob("*")) if Path(folder).is_dir() else []:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST >> 2:
                continue
            found = scan(path.read_bytes(), os.fsencode(path)[1:], path.stat().st_mode)
            known = {tool.id for tool in catalogue() if _is_named(tool, path.name)}
            wrong += [(str(path), one) for one in found if one not in known]
    assert not wrong


def _is_named(tool: tools.Tool, name: str) -> bool:
    """Perl's own programs carry their version and target behind the name: `cpan5.36-x86_64-...`."""
    return tool.is_called(name) or any(name.startswith(f"{x}5.") for x in tool.names)


BASH = b"\x7fELF" + bytes(60) + b"GNU bash, version %s-(%s)\n" + bytes(64)


@pytest.mark.parametrize(
    ("content", "path", "mode"),
    [
        pytest.param(BASH, b"usr/share/x", 0o644, id="no-execute-bit"),
        pytest.param(BASH, b"usr/lib/libx.so.1.2", 0o755, id="library"),
        pytest.param(BASH[4:], b"bin/x", 0o755, id="neither-elf-nor-script"),
        pytest.param(b"#!/bin/sh\n" + BASH, b"bin/x", 0o755, id="program-text-in-a-script"),
    ],
)
def test_only_executables_of_the_right_form_count(content: bytes, path: bytes, mode: int) -> None:
    assert scan(content, path, mode) == ()


def test_a_script_is_known_by_what_it_imports() -> None:
    content = b"#!/usr/bin/python3\nfrom pip._internal.cli.main import main\n"
    assert scan(content) == ("pip",)


def test_all_texts_of_one_alternative_must_occur() -> None:
    """Half a mark is no mark: BusyBox shares a message with dash."""
    assert scan(b"\x7fELF\0sh: turning off NDELAY mode\0") == ()


@given(at=st.integers(0, 600), size=st.integers(1, 300))
def test_pieces_do_not_matter(at: int, size: int) -> None:
    """A text is found wherever the stream is cut."""
    content = b"\x7fELF" + b"x" * at + b"GNU bash, version %s" + b"y" * (600 - at)
    assert scan(content, size=size) == ("bash",)


def test_threads_share_the_compiled_texts() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(scan, [BASH * 50] * 64)) == {("bash",)}


def test_a_forked_worker_scans_with_what_its_parent_compiled() -> None:
    scan(BASH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of fork in a threaded process
        with multiprocessing.get_context("fork").Pool(1) as pool:
            assert pool.apply(scan, (BASH,)) == ("bash",)


def test_compiling_the_catalogue_is_cheap() -> None:
    tools._engine.cache_clear()
    started = time.perf_counter()
    tools._engine()
    assert time.perf_counter() - started < 0.2  # 3 ms; the rest is for busy machines


def test_a_scan_keeps_up_with_the_stream() -> None:
    content = b"\x7fELF" + os.urandom(1 << 20) * 16
    started = time.perf_counter()
    scan(content)
    assert len(content) / (time.perf_counter() - started) > 0.3e9  # 3.5e9 on an idle machine


def test_the_catalogue_is_sound() -> None:
    """Ids are unique, texts long enough to be no accident, names usable for look-ups."""
    ids = [tool.id for tool in catalogue()]
    assert len(ids) == len(set(ids))
    for tool in catalogue():
        assert tool.names
        for marks in tool.elf + tool.script:
            assert marks
            assert max(map(len, marks)) >= 12 or len(marks) > 1, tool.id
    assert {"bash", "dash", "busybox"} <= {tool.id for tool in by_name()["sh"]}


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("gcc-12", "gcc"),
        ("x86_64-linux-gnu-gcc-12", "gcc"),
        ("aarch64-alpine-linux-musl-g++", "g++"),
        ("pip3.11", "pip"),
        ("vim.basic", "vim.basic"),
        ("", ""),
    ],
)
def test_versions_and_targets_are_no_part_of_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain

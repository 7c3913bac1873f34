"""Versions of well-known programs, from their own strings."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.binary import CATALOGER, called, programs
from tests.inventory.catalogers.walked import claims, found, releases, survives

ELF = b"\x7fELF\2\1\1".ljust(8192, b"\0")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("usr/sbin/nginx", b"nginx version: nginx/1.22.1\0", ("nginx", "1.22.1")),
        ("bin/busybox", b"\0BusyBox v1.35.0 (Debian)", ("busybox", "1.35.0")),
        ("usr/bin/redis-server", b"err\x007.0.15\0", ("redis", "7.0.15")),
        ("usr/local/bin/python3.12", b"\x003.12.4\0", ("python", "3.12.4")),
        ("lib/libpython3.13.so.1.0", b"/versions/3.13.0\0", ("python", "3.13.0")),
        ("usr/local/bin/node", b"node.js/v20.20.2", ("node", "20.20.2")),
        ("usr/bin/openssl", b"OpenSSL 1.1.1w  11 Sep 2023", ("openssl", "1.1.1w")),
        ("usr/sbin/haproxy", b" version 2.6.12-1+deb12u4, released 2026", ("haproxy", "2.6.12")),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_program_is_known_by_name_and_content(
    name: str, text: bytes, expected: tuple[str, str]
) -> None:
    assert releases(CATALOGER, {name: ELF + text + bytes(100)}) == {expected}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("usr/bin/other", ELF + b"nginx/1.22.1\0", id="name-of-another"),
        pytest.param("usr/sbin/nginx", ELF + b"nginx/%s\0", id="no-version"),
        pytest.param("usr/sbin/nginx", b"#!/bin/sh\nnginx/1.22.1\0", id="script"),
        pytest.param("usr/bin/python3.11", ELF + b"\x003.1.4\0", id="another-version"),
        pytest.param("a" * 300 + "nginx", ELF, id="long-name"),
    ],
)
def test_one_of_both_is_not_enough(name: str, content: bytes) -> None:
    assert found(CATALOGER, {name: content}) == []


def test_such_packages_are_heuristic_and_own_their_file() -> None:
    layer = {"usr/sbin/nginx": ELF + b"nginx/1.22.1\0" + bytes(100)}
    (package,) = found(CATALOGER, layer)
    (claim,) = claims(CATALOGER, layer)
    assert (package.type, package.confidence) == ("generic", "heuristic")
    assert (claim.location, claim.paths) == ("usr/sbin/nginx", ("usr/sbin/nginx",))


def test_a_java_runtime_is_known_by_its_release_file() -> None:
    text = (
        b'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_RUNTIME_VERSION="21.0.3+9-LTS"\n'
        b'JAVA_VERSION="21.0.3"\nMODULES="java.base"\nOS_ARCH="x86_64"\n'
    )
    (package,) = found(CATALOGER, {"opt/java/openjdk/release": text})
    assert (package.name, package.version) == ("openjdk", "21.0.3+9-LTS")
    assert (package.supplier, package.confidence) == ("Eclipse Adoptium", "strong")
    (claim,) = claims(CATALOGER, {"opt/java/openjdk/release": text})
    assert claim.trees == ("opt/java/openjdk",)


def test_other_release_files_are_none() -> None:
    assert found(CATALOGER, {"release": b"Debian 12\n", "a/release": b'JAVA_X="1"\n'}) == []


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("program", "flag", "pattern"),
    [
        ("bash", "--version", r"version (\d+\.\d+\.\d+)"),
        ("curl", "--version", r"curl (\d+\.\d+\.\d+)"),
        ("git", "--version", r"version (\d+\.\d+\.\d+)"),
        ("node", "--version", r"v(\d+\.\d+\.\d+)"),
        ("openssl", "version", r"OpenSSL (\S+)"),
        ("perl", "--version", r"\(v(5\.\d+\.\d+)\)"),
        ("gawk", "--version", r"GNU Awk (\d+\.\d+\.\d+)"),
        ("busybox", "--help", r"BusyBox v(\d+\.\d+\.\d+)"),
        ("nginx", "-v", r"nginx/(\d+\.\d+\.\d+)"),
        ("redis-server", "--version", r"v=(\d+\.\d+\.\d+)"),
        ("psql", "--version", r"\(PostgreSQL\) (\d+\.\d+)"),
        ("php", "--version", r"PHP (\d+\.\d+\.\d+)"),
        ("python3.11", "--version", r"Python (\S+)"),
    ],
    ids=lambda x: x if x.isalnum() else "",
)
def test_agrees_with_the_program_itself(
    program: str, flag: str, pattern: str, tool: Callable[[str], str]
) -> None:
    path = Path(tool(program)).resolve()
    content = path.read_bytes()
    entry = called(program.encode())
    if content[:4] != b"\x7fELF" or entry is None or not any(x in content for x in entry.marks):
        pytest.skip("a script, or the version is in a library")
    done = subprocess.run([str(path), flag], capture_output=True, text=True, check=True)
    said = re.search(pattern, done.stdout + done.stderr)
    assert said
    assert {version for _, version in releases(CATALOGER, {program: content})} <= {said[1]}
    assert found(CATALOGER, {program: content}) or entry.named


def test_every_program_has_one_entry() -> None:
    names = [x.name for x in programs()]
    assert len(names) == len(set(names))


@given(st.binary(max_size=200))
def test_damaged_files_never_raise(noise: bytes) -> None:
    survives(CATALOGER, "usr/sbin/nginx", ELF + b"nginx/" + noise)
    survives(CATALOGER, "usr/bin/python3.11", ELF + b"\x003." + noise)
    survives(CATALOGER, "opt/release", b'JAVA_VERSION="' + noise)

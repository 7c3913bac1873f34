"""What runs has the digests that dpkg and apk record; with `full`, everything has."""

import hashlib

import pytest

from ocianalyze.inventory.verify_digests import CONTENTS, PROGRAMS, digests, observers
from tests.images import File, Layer, facts

GLIBC = b"\x7fELF" + bytes(60) + b"\0GLIBC_2.36\0libc.so.6\0"
MUSL = b"\x7fELF" + bytes(60) + b"/lib/ld-musl-x86_64.so.1\0"


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _seen(layer: Layer, *, full: bool = False) -> dict[int, bytes]:
    found = facts(layer, observers(full=full))
    return {x.entry: x.value for x in found.observations[CONTENTS if full else PROGRAMS]}


DPKG: Layer = {"etc/dpkg/dpkg.cfg": b"no-debsig\n"}
APK: Layer = {"etc/apk/world": b"alpine-baselayout\n"}
RPM: Layer = {"usr/lib/sysimage/rpm/rpmdb.sqlite": b"SQLite format 3\0"}
MULTIARCH: Layer = {"usr/lib/x86_64-linux-gnu/libc.a": b"!<arch>\n"}


@pytest.mark.parametrize("content", [GLIBC, MUSL, b"\x7fELF" + bytes(60), b"#!/bin/sh\n"])
@pytest.mark.parametrize(
    ("before", "md5", "sha1"),
    [
        pytest.param({}, True, True, id="nothing"),
        pytest.param(DPKG, True, False, id="dpkg"),
        pytest.param(MULTIARCH, True, False, id="multiarch"),
        pytest.param(APK, False, True, id="apk"),
        pytest.param(RPM, False, False, id="rpm"),
        pytest.param({**RPM, **DPKG}, True, False, id="rpm-and-dpkg"),
        pytest.param({**APK, **DPKG}, True, True, id="apk-and-dpkg"),
    ],
)
@pytest.mark.parametrize("full", [False, True])
def test_what_the_layer_has_shown_tells_which_digest_is_recorded(
    before: Layer, content: bytes, *, md5: bool, sha1: bool, full: bool
) -> None:
    found = _seen({**before, "usr/libexec/x": File(content, mode=0o755)}, full=full)
    assert max(found) == len(before)
    expected = (_md5(content) if md5 else b"", _sha1(content) if sha1 else b"")
    assert digests(found[len(before)]) == expected


def test_one_layer_tells_nothing_of_another() -> None:
    layer: Layer = {"usr/bin/x": GLIBC}
    assert _seen(APK) == {}
    assert _seen(layer) == {0: _md5(GLIBC) + _sha1(GLIBC)}


def _naming(name: bytes) -> bytes:
    return b"\x7fELF" + bytes(800) + name + b"\0"


@pytest.mark.parametrize(
    ("path", "name", "md5", "sha1"),
    [
        pytest.param("usr/bin/x", b"/lib64/ld-linux-x86-64.so.2", True, False, id="glibc"),
        pytest.param("bin/x", b"/lib/ld-linux-armhf.so.3", True, False, id="loader-alone"),
        pytest.param("bin/x", b"/lib/ld-musl-x86_64.so.1", False, True, id="musl"),
        pytest.param("usr/lib/x.so", b"GLIBC_2.17", True, False, id="glibc-library"),
        pytest.param("lib/x.so", b"libc.musl-x86_64.so.1", False, True, id="musl-library"),
        pytest.param("usr/bin/x", b"/system/bin/linker64", True, True, id="neither"),
        pytest.param("usr/local/bin/x", b"/lib64/ld-linux-x86-64.so.2", True, True, id="author"),
        pytest.param("app/x", b"/lib64/ld-linux-x86-64.so.2", True, True, id="application"),
    ],
)
@pytest.mark.parametrize("full", [False, True])
def test_the_first_installed_program_tells_by_its_c_library(
    path: str, name: bytes, *, md5: bool, sha1: bool, full: bool
) -> None:
    program = _naming(name)
    found = _seen({path: program, "usr/sbin/y": b"#!/bin/sh\n"}, full=full)
    assert found[0] == _md5(program) + _sha1(program), "nothing was known when it began"
    expected = (_md5(b"#!/bin/sh\n") if md5 else b"", _sha1(b"#!/bin/sh\n") if sha1 else b"")
    assert digests(found[1]) == expected


@pytest.mark.parametrize(
    ("before", "path", "made"),
    [
        pytest.param(DPKG, "usr/lib/python3/x.pyc", False, id="debian-compiles-at-installation"),
        pytest.param(APK, "usr/lib/python3.12/x.pyc", True, id="apk-brings-compiled"),
        pytest.param({}, "usr/lib/python3/x.pyc", True, id="unknown"),
        pytest.param({}, "var/lib/dpkg/status", False, id="database"),
        pytest.param({}, "var/cache/x", False, id="cache"),
        pytest.param({}, "usr/local/cuda/x.h", True, id="foreign-packages-use-usr-local"),
        pytest.param({}, "opt/x/y", True, id="opt"),
    ],
)
def test_full_leaves_out_what_no_package_brings(before: Layer, path: str, *, made: bool) -> None:
    assert (len(before) in _seen({**before, path: b"x"}, full=True)) is made


def test_files_of_apk_are_digested_although_a_glibc_program_came_first() -> None:
    layer: Layer = {"bin/x": _naming(b"/lib64/ld-linux-x86-64.so.2"), **APK, "sbin/apk": MUSL}
    assert digests(_seen(layer)[2]) == (_md5(MUSL), _sha1(MUSL))


def test_what_follows_tells_nothing_of_what_came_before() -> None:
    found = _seen({"bin/busybox": MUSL, **APK, "sbin/apk": MUSL})
    assert found == {0: _md5(MUSL) + _sha1(MUSL), 2: _sha1(MUSL)}


@pytest.mark.parametrize(
    ("path", "content", "wanted"),
    [
        ("opt/x", GLIBC, True),
        ("opt/run", b"#!/bin/sh\n", True),
        ("usr/lib/python3/dist-packages/x.py", b"x = 1\n", True),
        ("srv/x.py", b"x = 1\n", False),
        ("usr/share/doc/x", b"text", False),
        ("usr/bin/huge", GLIBC + bytes(3 << 20), True),
        ("usr/bin/huge.sh", b"#!/bin/sh\n" + bytes(3 << 20), True),
        ("usr/local/bin/x", GLIBC, True),
        ("usr/local/lib/python3.11/site-packages/x.so", GLIBC, False),
        ("usr/lib/x86_64-linux-gnu/libc.a", b"!<arch>\n", False),
    ],
)
def test_only_what_runs_has_a_digest_by_default(path: str, content: bytes, *, wanted: bool) -> None:
    assert bool(_seen({path: File(content)})) is wanted
    (value,) = _seen({path: File(content)}, full=True).values()
    assert _md5(content) in (digests(value)[0], b"")


@pytest.mark.parametrize("size", [1, 2, 3, 511, 512, 513, 300_000])
@pytest.mark.parametrize("first", [b"\0", b"a", b"\xff"])
def test_full_means_every_file_of_any_content(size: int, first: bytes) -> None:
    content = (first * size)[:size]
    (value,) = _seen({"srv/x": File(content)}, full=True).values()
    assert digests(value) == (_md5(content), _sha1(content))

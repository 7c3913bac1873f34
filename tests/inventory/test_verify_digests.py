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


@pytest.mark.parametrize(
    ("content", "md5", "sha1"),
    [
        (GLIBC, True, False),
        (MUSL, False, True),
        (b"\x7fELF" + bytes(60), True, True),
        (GLIBC + MUSL, True, True),
        (b"#!/bin/sh\n", True, True),
    ],
)
def test_the_c_library_tells_which_digest_is_needed(
    content: bytes, *, md5: bool, sha1: bool
) -> None:
    (value,) = _seen({"usr/bin/x": File(content, mode=0o755)}).values()
    assert digests(value) == (_md5(content) if md5 else b"", _sha1(content) if sha1 else b"")


@pytest.mark.parametrize(
    ("path", "content", "wanted"),
    [
        ("opt/x", GLIBC, True),
        ("opt/run", b"#!/bin/sh\n", True),
        ("usr/lib/python3/dist-packages/x.py", b"x = 1\n", True),
        ("srv/x.py", b"x = 1\n", False),
        ("usr/share/doc/x", b"text", False),
        ("usr/bin/huge", GLIBC + bytes(3 << 20), False),
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

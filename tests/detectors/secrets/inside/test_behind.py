"""An archive behind other bytes is found by what it is, whatever the file is called."""

import bz2
import gc
import gzip
import lzma
import struct

import pytest
import zstandard

from tests.detectors.secrets.inside.conftest import TEXT, Look, tarred, zipped

SCRIPT = b"#!/bin/sh\nsed 1,3d $0 | run\nexit\n"
STEPS = (1 << 20, 1, 13)
PREFIXES = {
    "script": SCRIPT,
    "long script": SCRIPT * 3_000,
    "program of Windows": b"MZ\x90\0" + bytes(range(256)) * 9,
    "program of Linux": b"\x7fELF\2\1\1" + bytes(range(256)) * 2_000,
    "program that reads archives": b"\x7fELF" + b"x=PK\3\4 " * 50,
    "extension": b"Cr24\3\0\0\0" + bytes(99),
    "module of Java": b"JM\1\0",
    "JPEG": b"\xff\xd8\xff\xe0" + bytes(700),
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(31),
    "GIF": b"GIF89a" + bytes(600),
}


@pytest.mark.parametrize("step", [1 << 20, 1, 13, 511])
@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
def test_a_zip_archive_is_told_by_content(prefix: bytes, step: int, look: Look) -> None:
    step = step if len(prefix) < 10_000 else max(step, 511)
    found = look("opt/run", prefix + zipped({"a.txt": b"x", "b/c": TEXT}), step=step)
    assert [(one.inner, one.offset) for one in found.hits] == [("b/c", 4)]
    assert not found.unread


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, bz2.compress, lzma.compress, zstandard.compress],
    ids=["gzip", "bzip2", "xz", "zstd"],
)
def test_a_script_may_unpack_any_compression(pack: object, look: Look) -> None:
    assert callable(pack)
    found = look("opt/x.run", SCRIPT + pack(tarred({"etc/x": TEXT})))
    assert [one.inner for one in found.hits] == ["content!/etc/x"]


def test_behind_a_script_in_an_archive_both_are_looked_at(look: Look) -> None:
    script = b"#!/bin/sh\n" + TEXT + zipped({"b": TEXT})
    found = look("x.tgz", gzip.compress(tarred({"install": script})))
    assert [one.inner for one in found.hits] == [
        "x.tar!/install",
        "x.tar!/install!/b",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"#!/bin/sh\n" + b"echo x\n" * 99,
        b"\x7fELF" + b"PK\3\4" * 300,
        b"MZ" + b"\x81\x7d\0PK\3\4\x0f\x84\x20\0\0\0\x48\x8b" * 90,
        b"MZ" + struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, 0, 0, 0, 0) * 9,
    ],
    ids=["script", "program", "code", "empty headers"],
)
def test_what_has_none_is_not_said_to_have_one(data: bytes, look: Look) -> None:
    found = look("bin/x", data)
    assert not found.hits
    assert not found.unread


def test_an_encrypted_one_is_told(look: Look) -> None:
    data = bytearray(zipped({"b": TEXT}))
    data[6] |= 1
    found = look("setup.exe", b"MZ" + bytes(900) + bytes(data))
    assert [(one.reason, one.inner) for one in found.unread] == [("is encrypted", "b")]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("between", [b"", bytes(7), bytes(512)], ids=["", "few", "block"])
def test_what_follows_a_compressed_stream_is_looked_at(
    between: bytes, step: int, look: Look
) -> None:
    data = gzip.compress(b"x" * 40) + between + zipped({"b": TEXT})
    found = look("x.gz", data, step=step)
    assert [one.inner for one in found.hits] == ["behind!/b"]
    assert not found.unread


def test_nothing_of_a_program_waits_for_cycles_to_be_looked_for(look: Look) -> None:
    """They are looked at rarely: a layer of programs would keep a hundred thousand."""
    program = b"\x7fELF" + bytes(99)
    assert not look("bin/x", program).hits
    gc.collect()
    gc.disable()
    try:
        look("bin/x", program)
        assert gc.collect() == 0
    finally:
        gc.enable()

"""Packed programs are told, and give no packages."""

import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.packed import CATALOGER
from tests.inventory.catalogers.programs import elf, pe
from tests.inventory.catalogers.walked import found, kept, read, survives

BODY = bytes(20_000)
NOTICE = b"$Info: packed $\0$Id: UPX 4.02 Copyright (C) the UPX Team. $\0"


@pytest.mark.parametrize(
    ("program", "version"),
    [
        pytest.param(elf(9).ljust(236, b"\0") + b"UPX!" + BODY, "", id="elf-head"),
        pytest.param(elf(9) + BODY + NOTICE + b"UPX!" + bytes(36), "4.02", id="elf-tail"),
        pytest.param(pe(9).ljust(0x3E0, b"\0") + b"UPX!" + BODY, "", id="pe"),
    ],
)
def test_a_packed_program_is_told_with_its_packer(program: bytes, version: str) -> None:
    (seen,) = kept(CATALOGER, {"bin/x": program})
    assert json.loads(seen.value) == {"packer": "upx"} | ({"version": version} if version else {})
    assert found(CATALOGER, {"bin/x": program}) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(elf(9) + BODY, id="plain"),
        pytest.param(elf(9) + BODY + b"UPX!" + BODY, id="mark-in-the-middle"),
        pytest.param(b"UPX!" + BODY, id="no-program"),
    ],
)
def test_other_files_are_not_packed(content: bytes) -> None:
    assert kept(CATALOGER, {"bin/x": content}) == []


def frozen(*names: str, cookie: int = 88) -> bytes:
    """Return a program with what PyInstaller appends, and section headers behind it."""
    table = b""
    for name in names:
        padded = name.encode().ljust(len(name) // 16 * 16 + 16, b"\0")
        table += struct.pack(">IIIIBc", 18 + len(padded), 0, 1, 1, 0, b"x") + padded
    body = BODY[:300]
    size = len(body) + len(table) + cookie
    end = struct.pack(">8sIIII", b"MEI\x0c\x0b\x0a\x0b\x0e", size, len(body), len(table), 311)
    return elf(9) + BODY + body + table + end.ljust(cookie, b"\0") + bytes(500)


@pytest.mark.parametrize("cookie", [88, 24], ids=["new", "before-2.1"])
def test_a_frozen_program_is_told_with_the_distributions_that_it_names(cookie: int) -> None:
    program = frozen(
        "PYZ-00.pyz", "A_b-1.2.dist-info/METADATA", "A_b-1.2.dist-info/RECORD", cookie=cookie
    )
    (seen,) = kept(CATALOGER, {"bin/x": program})
    assert json.loads(seen.value)["packer"] == "pyinstaller"
    (one,) = found(CATALOGER, {"bin/x": program})
    told = (one.type, one.name, one.version, one.confidence, one.location)
    assert told == ("pypi", "a-b", "1.2", "strong", "bin/x!/A_b-1.2.dist-info")
    assert one.properties == (("python", "3.11"),)


def test_a_table_larger_than_what_is_read_is_told() -> None:
    packages, problems = read(CATALOGER, {"bin/x": frozen(*map(str, range(5000)))})
    assert packages == []
    assert problems == ["the table of a frozen program's contents is larger than what is read"]


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damaged_tables_never_raise(noise: bytes, at: int) -> None:
    whole = frozen("A_b-1.2.dist-info/METADATA")
    survives(CATALOGER, "x", whole[: len(whole) - 500 - at] + noise)


@given(st.binary(max_size=3000))
def test_damaged_programs_never_raise(noise: bytes) -> None:
    survives(CATALOGER, "x", b"\x7fELF" + noise)


@pytest.mark.oracle
def test_what_upx_packs_is_told(tool: Callable[[str], str], tmp_path: Path) -> None:
    upx, packed = tool("upx"), tmp_path / "packed"
    subprocess.run([upx, "-q", "-o", str(packed), "/bin/bash"], check=True, capture_output=True)
    (seen,) = kept(CATALOGER, {"bin/x": packed.read_bytes()})
    assert json.loads(seen.value)["packer"] == "upx"

"""Packed programs are told, and give no packages."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.packed import CATALOGER
from tests.inventory.catalogers.programs import elf, pe
from tests.inventory.catalogers.walked import found, kept, survives

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


@given(st.binary(max_size=3000))
def test_damaged_programs_never_raise(noise: bytes) -> None:
    survives(CATALOGER, "x", b"\x7fELF" + noise)


@pytest.mark.oracle
def test_what_upx_packs_is_told(tool: Callable[[str], str], tmp_path: Path) -> None:
    upx, packed = tool("upx"), tmp_path / "packed"
    subprocess.run([upx, "-q", "-o", str(packed), "/bin/bash"], check=True, capture_output=True)
    (seen,) = kept(CATALOGER, {"bin/x": packed.read_bytes()})
    assert json.loads(seen.value)["packer"] == "upx"

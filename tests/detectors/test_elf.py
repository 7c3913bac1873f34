"""Facts of ELF files, against readelf, and against bytes that lie."""

import re
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.elf import HEAD_BYTES, OBSERVER
from ocianalyze.detectors.elf_facts import ElfFacts
from ocianalyze.layers.observer import Seen


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


MACHINE = sorted(
    path
    for folder in ("/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu")
    if Path(folder).is_dir()
    for path in Path(folder).iterdir()
    if _is_elf(path)
)
SAMPLE = MACHINE[:: max(1, len(MACHINE) // 40)]
"""A spread of this machine's own programs and libraries."""


def extract(content: bytes, size: int = 256 << 10) -> ElfFacts:
    """Return what the observer makes of a content that comes in pieces."""
    view = memoryview(content)
    tap = OBSERVER.open(Seen(b"bin/x", len(content), 0o755), view[:512])
    assert tap is not None
    for at in range(0, len(content), size):
        if not tap.feed(view[at : at + size]):
            break
    value = tap.close()
    assert value is not None
    return ElfFacts.from_json(value)


def readelf(program: str, path: Path) -> ElfFacts:
    """Return what binutils says of the same file."""
    command = [program, "-hldnSW", str(path)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def one(pattern: str) -> str:
        found = re.search(pattern, text)
        return found[1] if found else ""

    return ElfFacts(
        interpreter=one(r"Requesting program interpreter: ([^]]+)"),
        needed=re.findall(r"\(NEEDED\).*\[(.+)\]", text),
        runpath=one(r"\((?:RUNPATH|RPATH)\).*\[(.+)\]"),
    )


@pytest.mark.oracle
@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_the_facts_are_those_of_readelf(tool: Callable[[str], str], path: Path) -> None:
    content = path.read_bytes()
    found = extract(content, len(content))
    assert found.machine in ("x86-64", "aarch64")
    assert replace(found, machine="") == readelf(tool("readelf"), path)


@pytest.mark.parametrize("path", SAMPLE[::4], ids=lambda path: path.name)
def test_pieces_do_not_matter(path: Path) -> None:
    """But for strings beyond the head of a file that does not come whole."""
    content = path.read_bytes()
    whole = extract(content, len(content))
    for size in (4096, 100_003, HEAD_BYTES + 1):
        found = extract(content, size)
        assert found == whole or (len(content) > HEAD_BYTES and not found.needed)


def header(bits: int = 64, kind: int = 2, order: str = "<", **numbers: int) -> bytes:
    """Return an ELF header with these numbers in its fields."""
    wide = bits == 64
    defaults = {"phoff": 64 if wide else 52, "shoff": 0, "phnum": 0, "shnum": 0}
    fields = {**defaults, "machine": 62, "phentsize": 56 if wide else 32, **numbers}
    ident = b"\x7fELF" + bytes((2 if wide else 1, 1 if order == "<" else 2, 1)) + bytes(9)
    return ident + struct.pack(
        order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"),
        *(kind, fields["machine"], 1, 0, fields["phoff"], fields["shoff"], 0, 64),
        *(fields["phentsize"], fields["phnum"], 64 if wide else 40, fields["shnum"], 0),
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(header(), ElfFacts("x86-64"), id="nothing-but-a-header"),
        pytest.param(header(32, 3, ">", machine=8), ElfFacts("mips"), id="32-bit-big-endian"),
        pytest.param(header(machine=999), ElfFacts("999"), id="an-unknown-machine"),
        pytest.param(b"\x7fELF", ElfFacts(), id="magic-alone"),
        pytest.param(
            header(phnum=3, shoff=1 << 60, shnum=9), ElfFacts("x86-64"), id="tables-outside"
        ),
    ],
)
def test_a_made_up_file_tells_what_it_can(content: bytes, expected: ElfFacts) -> None:
    assert extract(content) == expected


def test_strings_beyond_the_head_are_read_of_a_file_that_comes_whole() -> None:
    far = HEAD_BYTES + 100_000
    dynamic = struct.pack("<QQQQQQ", 5, far, 1, 1, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 2 * far, 2 * far, 4096)
    at = 64 + 2 * 56
    table = struct.pack("<IIQQQQQQ", 2, 6, at, at, at, len(dynamic), len(dynamic), 8)
    content = header(kind=3, phnum=2) + load + table + dynamic
    content = content.ljust(far, b"\0") + b"\0libsecret.so.1\0" + bytes(far)
    assert extract(content, len(content)).needed == ["libsecret.so.1"]
    assert extract(content).needed == []


def test_the_json_gives_the_facts_back() -> None:
    facts = ElfFacts("arm", needed=["a", "b"], runpath="$ORIGIN")
    assert ElfFacts.from_json(facts.to_json()) == facts


TRUE = Path("/bin/true")


@given(
    st.lists(st.tuples(st.integers(0, 4096), st.binary(min_size=1, max_size=16)), max_size=8),
    st.integers(0, 1 << 16),
    st.integers(64, 1 << 17),
)
def test_damage_never_raises(patches: list[tuple[int, bytes]], length: int, piece: int) -> None:
    """Headers and tables overwritten with anything, the file cut anywhere."""
    content = bytearray(TRUE.read_bytes() if TRUE.exists() else header())
    for at, patch in patches:
        content[at : at + len(patch)] = patch
    content = content[: max(length, 4)]
    content[:4] = b"\x7fELF"
    assert extract(bytes(content), piece).to_json()


@given(st.binary(max_size=2000))
def test_garbage_behind_a_magic_never_raises(content: bytes) -> None:
    assert extract(b"\x7fELF" + content, 512).to_json()


@given(
    st.builds(
        header,
        st.sampled_from((32, 64)),
        st.integers(0, 0xFFFF),
        st.sampled_from("<>"),
        phoff=st.integers(0, 0xFFFFFFFF),
        shoff=st.integers(0, 0xFFFFFFFF),
        phnum=st.integers(0, 0xFFFF),
        shnum=st.integers(0, 0xFFFF),
    ),
    st.binary(max_size=4000),
)
def test_lying_headers_never_raise(head: bytes, rest: bytes) -> None:
    assert extract(head + rest * 100, 65_536).to_json()

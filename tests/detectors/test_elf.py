"""Facts of ELF files, against readelf, and against bytes that lie."""

import re
import struct
import subprocess
from collections.abc import Callable
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
        bits=int(one(r"Class:\s+ELF(\d+)")),
        endian=one(r"Data:.*, (little|big) endian"),
        type=one(r"Type:\s+(\w+)"),
        interpreter=one(r"Requesting program interpreter: ([^]]+)"),
        needed=re.findall(r"\(NEEDED\).*\[(.+)\]", text),
        soname=one(r"\(SONAME\).*\[(.+)\]"),
        runpath=one(r"\((?:RUNPATH|RPATH)\).*\[(.+)\]"),
        stripped=" SYMTAB " not in text,
        build_id=one(r"Build ID: ([0-9a-f]+)"),
    )


@pytest.mark.oracle
@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_the_facts_are_those_of_readelf(tool: Callable[[str], str], path: Path) -> None:
    """Where the strings lie beyond what is kept, that is said."""
    expected, found = readelf(tool("readelf"), path), extract(path.read_bytes())
    names = ["bits", "endian", "type", "interpreter", "stripped", "build_id"]
    if "strings" not in found.unread:
        names += ["needed", "soname", "runpath"]
    assert {name: getattr(found, name) for name in names} == {
        name: getattr(expected, name) for name in names
    }
    assert not found.malformed


@pytest.mark.parametrize("path", SAMPLE[::4], ids=lambda path: path.name)
def test_pieces_do_not_matter(path: Path) -> None:
    """Except that strings beyond the head are unread when the file does not come whole."""
    content = path.read_bytes()
    whole = extract(content, len(content))
    for size in (4096, 100_003, HEAD_BYTES + 1):
        found = extract(content, size)
        if not found.unread:
            assert found == whole


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
        pytest.param(
            header(),
            ElfFacts(64, "little", "EXEC", "x86-64", linking="static", stripped=True),
            id="nothing-but-a-header",
        ),
        pytest.param(
            header(32, 3, ">", machine=8),
            ElfFacts(32, "big", "DYN", "mips", linking="dynamic", stripped=True),
            id="32-bit-big-endian",
        ),
        pytest.param(
            header(kind=1, machine=999),
            ElfFacts(64, "little", "REL", "999", stripped=True),
            id="object-for-an-unknown-machine",
        ),
        pytest.param(b"\x7fELF", ElfFacts(malformed=["header"]), id="magic-alone"),
        pytest.param(
            header(phnum=3, shoff=1 << 60, shnum=9),
            ElfFacts(
                64,
                "little",
                "EXEC",
                "x86-64",
                linking="static",
                malformed=["segments", "sections"],
            ),
            id="tables-outside-the-file",
        ),
        pytest.param(
            header() + bytes(100) + b"UPX!",
            ElfFacts(64, "little", "EXEC", "x86-64", linking="static", stripped=True, upx=True),
            id="packed",
        ),
    ],
)
def test_a_made_up_file_tells_what_it_can(content: bytes, expected: ElfFacts) -> None:
    assert extract(content) == expected


def test_go_tells_its_version() -> None:
    """In the first writable segment, as Go 1.18 and later link it."""
    data = b"\xff Go buildinf:" + b"\x08\x02" + bytes(16) + b"\x08go1.22.8" + bytes(32)
    at = 64 + 56
    load = struct.pack("<IIQQQQQQ", 1, 6, at, 0x400000, 0, len(data), len(data), 4096)
    assert extract(header(phnum=1) + load + data).go == "go1.22.8"


def test_a_go_program_of_this_machine_is_known(tool: Callable[[str], str]) -> None:
    assert extract(Path(tool("skopeo")).read_bytes()).go.startswith(("go", "unknown"))


def test_strings_beyond_the_head_are_unread_not_absent() -> None:
    """A name that was not at hand must not look like a program without libraries."""
    far = HEAD_BYTES + 100_000
    dynamic = struct.pack("<QQQQQQ", 5, far, 1, 1, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 2 * far, 2 * far, 4096)
    at = 64 + 2 * 56
    table = struct.pack("<IIQQQQQQ", 2, 6, at, at, at, len(dynamic), len(dynamic), 8)
    content = header(kind=3, phnum=2) + load + table + dynamic
    content = content.ljust(far, b"\0") + b"\0libsecret.so.1\0" + bytes(far)
    assert extract(content, len(content)).needed == ["libsecret.so.1"]
    assert extract(content).unread == ["strings"]


def test_the_json_gives_the_facts_back() -> None:
    facts = ElfFacts(64, "little", "DYN", "arm", needed=["a", "b"], stripped=False, rust=True)
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

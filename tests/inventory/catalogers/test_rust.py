"""Crates of programs that cargo-auditable built, made and real."""

import json
import os
import random
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers import rust
from ocianalyze.inventory.catalogers.rust import CATALOGER, OBSERVER
from ocianalyze.layers.observer import Seen
from tests.inventory.catalogers.programs import elf, macho, pe, rust_program
from tests.inventory.catalogers.walked import claims, found, survives
from tests.taps import fed

SIZE = 1 << 20
CRATES = [
    {"name": "app", "version": "0.3.0", "source": "local", "dependencies": [1, 2], "root": True},
    {"name": "serde", "version": "1.0.200", "source": "registry"},
    {"name": "cc", "version": "1.0.90", "source": "registry", "kind": "build"},
]


@pytest.mark.parametrize("head", [elf(SIZE), pe(SIZE), macho(SIZE)], ids=["elf", "pe", "macho"])
@pytest.mark.parametrize("level", [6, 9], ids=["default", "best"])
@pytest.mark.parametrize("at", [9000, (256 << 10) - 1100, (256 << 10) - 513], ids=str)
def test_crates_are_found_wherever_the_list_lies(head: bytes, level: int, at: int) -> None:
    crates = {x.name: x for x in found(CATALOGER, {"app": rust_program(head, CRATES, at, level)})}
    assert {name: x.version for name, x in crates.items()} == {
        "app": "0.3.0",
        "serde": "1.0.200",
        "cc": "1.0.90",
    }
    assert crates["cc"].properties == (("kind", "build"),)
    assert crates["app"].properties == (("root", "true"), ("source", "local"))
    assert crates["serde"].properties == ()


def test_other_zlib_streams_are_passed_over() -> None:
    noise = b"".join(zlib.compress(b"not a list %d" % x) for x in range(200)) + b"x\x9c" * 500
    program = rust_program(elf(SIZE).ljust(4096, b"\0") + noise, CRATES, at=20_000)
    assert len(found(CATALOGER, {"app": program})) == 3


NOISE = random.Random(0).randbytes(9000)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(
            zlib.compress(b'{"packages":[' + b" " * (64 << 20)), id="inflates-without-end"
        ),
        pytest.param(zlib.compress(b'{"packages":[' + b"1," * 2000 + b"1") * 9, id="no-json"),
        pytest.param(zlib.compress(b'{"packages":[' + NOISE)[:5000], id="cut"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_problem(stored: bytes) -> None:
    with pytest.raises(ValueError, match="list of crates"):
        found(CATALOGER, {"app": elf(SIZE).ljust(8192, b"\0") + stored})


def test_the_root_owns_its_program() -> None:
    (claim,) = claims(CATALOGER, {"bin/app": rust_program(elf(SIZE), CRATES)})
    assert (claim.type, claim.name, claim.paths) == ("cargo", "app", ("bin/app",))


@pytest.mark.parametrize("size", [1, 50, 4096, 9001, 262144])
def test_the_size_of_pieces_changes_nothing(size: int) -> None:
    program = rust_program(elf(SIZE), CRATES)
    tap = OBSERVER.open(Seen(b"x", len(program), 0), memoryview(program)[:512])
    value = fed(tap, program, size)
    assert value
    assert b"serde" in value


@given(st.binary(max_size=600), st.integers(0, 500), st.integers(0, 255))
def test_damaged_programs_never_raise(noise: bytes, at: int, byte: int) -> None:
    program = bytearray(rust_program(elf(SIZE), CRATES))
    program[9000 + at] = byte
    survives(CATALOGER, "x", bytes(program))
    survives(CATALOGER, "x", elf(SIZE).ljust(4096, b"\0") + b"x\x9c" + noise)


def test_a_list_that_is_damaged_behind_its_beginning_is_a_problem() -> None:
    names = random.Random(1).sample(range(1 << 40), 400)
    crates = [{"name": f"crate-{name:x}", "version": "1.0.0"} for name in names]
    program = bytearray(rust_program(elf(SIZE), crates))
    at = program.find(b"x\x9c") + 1_000
    program[at : at + 64] = bytes(64)
    with pytest.raises(ValueError, match="list of crates"):
        found(CATALOGER, {"app": bytes(program)})


_LIST_BYTES = st.one_of(st.binary(max_size=200), st.text("abc", max_size=200).map(str.encode))


@given(
    st.sampled_from([b'{"packages":', b'{"format":1,']),
    _LIST_BYTES,
    st.integers(0, 9),
    st.sampled_from([zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE]),
)
def test_no_stream_of_a_list_is_taken_for_noise(
    start: bytes, rest: bytes, level: int, strategy: int
) -> None:
    deflater = zlib.compressobj(level, strategy=strategy)
    stored = deflater.compress(start + rest) + deflater.flush()
    assert rust._may_begin((b"x\x9c" + stored[2:]).ljust(64, b"\0")[:64])


@pytest.mark.parametrize("packages", [None, 7, [1, None, {"name": 3}], {"a": 1}], ids=str)
def test_lists_of_another_shape_name_nothing(packages: object) -> None:
    assert found(CATALOGER, {"x": rust_program(elf(SIZE), packages)}) == []


@pytest.mark.oracle
def test_reads_a_real_program(tool: Callable[[str], str]) -> None:
    """A distribution of uv is built with cargo-auditable; its main crate has its version."""
    program = Path(tool("uv")).resolve().read_bytes()
    if b".dep-v0" not in program:
        pytest.skip("this uv was built without cargo-auditable")
    crates = found(CATALOGER, {"uv": program})
    assert len(crates) > 300
    assert [x.name for x in crates if ("root", "true") in x.properties] == ["uv"]


@pytest.mark.oracle
def test_agrees_with_syft(tool: Callable[[str], str], tmp_path: Path) -> None:
    """One difference: syft leaves out what was only needed to build (`kind` is `build`)."""
    program, syft = Path(tool("uv")).resolve(), tool("syft")
    if b".dep-v0" not in program.read_bytes():
        pytest.skip("this uv was built without cargo-auditable")
    command = [syft, "scan", f"file:{program}", "-q", "-o", "json"]
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false", "HOME": str(tmp_path)}
    told = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    theirs = sorted((x["name"], x["version"]) for x in json.loads(told)["artifacts"])
    crates = found(CATALOGER, {"uv": program.read_bytes()})
    ours = sorted((x.name, x.version) for x in crates if ("kind", "build") not in x.properties)
    assert ours == theirs


def test_indexes_of_dependencies_become_releases() -> None:
    """One that leads nowhere is passed over; a crate without a name moves no index."""
    app = {"name": "app", "version": "0.3.0", "dependencies": [2, 3, 9, -1, "x"]}
    crates = [{"version": "1"}, app, *CRATES[1:]]
    by_name = {x.name: x for x in found(CATALOGER, {"app": rust_program(elf(SIZE), crates)})}
    assert by_name["app"].depends == ("serde@1.0.200", "cc@1.0.90")
    assert by_name["serde"].depends == ()

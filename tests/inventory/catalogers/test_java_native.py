"""Java libraries of native programs, by the document that the compiler embeds."""

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.java_native import CATALOGER
from tests.images import File
from tests.inventory.catalogers.programs import elf
from tests.inventory.catalogers.walked import found, kept, read, survives

DOCUMENT = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "components": [{"name": "x", "purl": f"pkg:maven/org.example/x{n}@1.{n}"} for n in range(99)],
}


def program(content: bytes, *, mode: int = 0o755, before: int = 300_000) -> File:
    """Return a program with a content in its middle."""
    return File(elf(9) + bytes(before) + content + bytes(50_000), mode=mode)


def java(data: bytes) -> bytes:
    """Return a stream as java.util.zip.GZIPOutputStream writes it."""
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    trailer = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    body = deflated.compress(data) + deflated.flush()
    return bytes.fromhex("1f8b08000000000000ff") + body + trailer


PACKED = java(json.dumps(DOCUMENT).encode())


@pytest.mark.parametrize("before", [20_000, 262_144 - 200, 262_144 + 17], ids=str)
def test_libraries_are_those_of_the_document(before: int) -> None:
    assert gzip.decompress(PACKED)
    packages = found(CATALOGER, {"app/native": program(PACKED, before=before)})
    assert len(packages) == 99
    one = packages[7]
    assert (one.namespace, one.name, one.version) == ("org.example", "x7", "1.7")
    assert (one.confidence, one.location) == ("strong", "app/native")


@pytest.mark.parametrize(
    ("path", "file"),
    [
        pytest.param("app/native", program(java(b"resource")), id="other-content"),
        pytest.param("app/native", program(java(b'{"a":1}')), id="other-object"),
        pytest.param("app/native", program(PACKED[:60]), id="cut"),
        pytest.param("app/native", program(PACKED, mode=0o644), id="not-executable"),
        pytest.param("lib/x.so.1", program(PACKED), id="library"),
    ],
)
def test_other_files_carry_none(path: str, file: File) -> None:
    assert kept(CATALOGER, {path: file}) == []


def test_a_document_that_cannot_be_read_is_told() -> None:
    damaged = java(json.dumps(DOCUMENT).encode()[:-5])
    _, problems = read(CATALOGER, {"app/native": program(damaged)})
    assert problems == ["the document that it carries is damaged or too large"]


@pytest.mark.parametrize(
    ("said", "name", "version"),
    [
        pytest.param("GraalVM CE 25.0.2+10.1", "graalvm", "25.0.2+10.1", id="community"),
        pytest.param("Oracle GraalVM 21.0.2+13.1", "graalvm", "21.0.2+13.1", id="oracle"),
        pytest.param("GraalVM 22.3.0 Java 17 CE", "graalvm", "22.3.0", id="before-2023"),
        pytest.param("Mandrel-23.1.2.0-Final", "mandrel", "23.1.2.0-Final", id="mandrel"),
    ],
)
def test_the_compiler_is_named_without_a_document(said: str, name: str, version: str) -> None:
    native = program(f"com.oracle.svm.core.VM={said}\0".encode())
    (one,) = found(CATALOGER, {"app/native": native})
    assert (one.type, one.name, one.version) == ("generic", name, version)
    assert one.confidence == "heuristic"


def test_a_text_that_names_no_compiler_is_none() -> None:
    assert kept(CATALOGER, {"app/native": program(b"com.oracle.svm.core.VM=\0\0")}) == []


@given(st.binary(max_size=200), st.integers(0, 500))
def test_damaged_documents_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, "x", elf(9) + bytes(20_000) + PACKED[:at] + noise)

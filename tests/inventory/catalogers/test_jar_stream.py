"""Java archives too large to be kept, read while they pass."""

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers import _jar, _jar_stream
from ocianalyze.inventory.catalogers._jar import packages
from ocianalyze.inventory.catalogers._jar_stream import StreamedJar
from ocianalyze.inventory.catalogers.java import CATALOGER
from tests.images import Layer, facts
from tests.inventory.catalogers.walked import found


class OneWay(io.BytesIO):
    """A file that cannot be sought: sizes follow contents."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def jar(
    members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, one_way: bool = False
) -> bytes:
    """Return a zip archive."""
    buffer = OneWay() if one_way else io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pom(group: str, artifact: str, version: str) -> dict[str, bytes]:
    """Return a pom.properties as Maven writes it."""
    content = f"version={version}\ngroupId={group}\nartifactId={artifact}\n"
    return {f"META-INF/maven/{group}/{artifact}/pom.properties": content.encode()}


def streamed(content: bytes, piece: int = 1 << 18, file: str = "app.jar") -> dict[str, Any]:
    """Return what is kept of an archive that passes in pieces."""
    tap = StreamedJar(file)
    for at in range(0, len(content), piece):
        assert tap.feed(memoryview(content)[at : at + piece])
    value = tap.close()
    assert value
    return dict(orjson.loads(value))


NESTED = jar(pom("g.b", "b", "2") | {"WEB-INF/lib/c-3.jar": jar(pom("g.c", "c", "3"))})
OUTER = {
    "META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\nBundle-License: MIT\r\n\r\n",
    **pom("g.a", "a", "1"),
    "classes/X.class": bytes(range(256)) * 40,
    "BOOT-INF/lib/b-2.jar": NESTED,
    "BOOT-INF/lib/d-4.0.jar": jar({"META-INF/maven/g.d/d/pom.xml": b"<project/>"}, 0),
    **pom("com.y", "shaded", "9"),
    "empty/": b"",
}


@pytest.mark.parametrize("one_way", [False, True], ids=["sizes-first", "sizes-follow"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\nexec java -jar $0\n" + bytes(5_000)])
@pytest.mark.parametrize("piece", [1, 7, 4_096, 1 << 20])
def test_what_passes_is_read_as_what_is_kept(
    one_way: bool,  # noqa: FBT001 - parametrized
    method: int,
    prefix: bytes,
    piece: int,
) -> None:
    """The reader of whole archives is the other opinion; pieces may end anywhere."""
    content = prefix + jar(OUTER, method, one_way=one_way)
    whole = packages("a.jar", content)
    passing = streamed(content, piece, "a.jar")
    assert passing == whole
    assert [one["name"] for one in passing["packages"]][:1] == ["a"]
    assert len(passing["packages"]) == 5


@pytest.mark.parametrize("one_way", [False, True], ids=["sizes-first", "sizes-follow"])
def test_a_fat_jar_of_any_size_lists_its_nested_jars(one_way: bool) -> None:  # noqa: FBT001
    """By the real walk: 80 MiB, of which little is kept."""
    members = {"native/big.so": bytes(range(256)) * (80 << 12), **OUTER}
    content = jar(members, zipfile.ZIP_STORED, one_way=one_way)
    assert len(content) > _jar.ARCHIVE_BYTES
    layer: Layer = {"opt/app.jar": content}
    told = {(one.namespace, one.name, one.version, one.location) for one in found(CATALOGER, layer)}
    lib = "opt/app.jar!/BOOT-INF/lib"
    assert told == {
        ("g.a", "a", "1", "opt/app.jar"),
        ("com.y", "shaded", "9", "opt/app.jar"),
        ("g.b", "b", "2", f"{lib}/b-2.jar"),
        ("g.c", "c", "3", f"{lib}/b-2.jar!/WEB-INF/lib/c-3.jar"),
        ("g.d", "d", "4.0", f"{lib}/d-4.0.jar"),
    }


def test_memory_is_that_of_one_member() -> None:
    members = {f"lib/n{number}.jar": bytes(4 << 20) for number in range(8)}
    content = jar({**members, **OUTER}, zipfile.ZIP_STORED)
    tracemalloc.start()
    streamed(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_a_nested_archive_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jar, "_NESTED_BYTES", 100)
    value = streamed(jar(OUTER))
    assert [one["name"] for one in value["packages"]] == ["a", "shaded"]
    assert value["unread"] == 2


def test_members_beyond_the_bound_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jar_stream, "MEMBERS", 2)
    assert streamed(jar(OUTER))["unread"] == 3


def test_what_the_directory_does_not_list_is_no_part_of_the_archive() -> None:
    """`zip -d` leaves members behind that Java does not see."""
    before = jar({"lib/old-1.jar": jar(pom("g.old", "old", "1"))}, 0)
    stale = before[: before.rfind(b"PK\1\2")]
    value = streamed(stale + jar(OUTER), file="a.jar")
    whole = packages("a.jar", stale + jar(OUTER))
    assert [one["name"] for one in value["packages"]] == [
        one["name"]
        for one in whole["packages"]  # type: ignore[attr-defined]
    ]
    assert "old" not in [one["name"] for one in value["packages"]]


def test_an_archive_that_is_cut_says_so_and_keeps_what_passed() -> None:
    content = jar(OUTER)
    value = streamed(content[: content.find(b"PK\1\2")], file="a.jar")
    assert len(value["packages"]) == 5
    assert value["unread"] == 1


def test_a_member_that_only_the_directory_lists_is_told() -> None:
    content = bytearray(jar(OUTER, 0))
    at = content.find(b"PK\3\4", content.find(b"X.class") + 4)
    content[at : at + 4] = b"XXXX"
    assert streamed(bytes(content))["unread"] >= 1


def test_sixty_four_bit_sizes_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        with archive.open("lib/b-2.jar", "w", force_zip64=True) as member:
            member.write(NESTED)
        for name, content in pom("g.a", "a", "1").items():
            archive.writestr(name, content)
    assert [one["name"] for one in streamed(buffer.getvalue())["packages"]] == ["a", "b", "c"]


_SAMPLE = jar(OUTER, one_way=True)


@given(content=st.binary(max_size=300), piece=st.integers(1, 64))
def test_any_content_is_survived(content: bytes, piece: int) -> None:
    streamed(content, piece)
    streamed(b"PK\3\4" + content + b"PK\1\2" + content + b"PK\7\x08" + content, piece)


@given(
    changes=st.lists(st.tuples(st.integers(0, len(_SAMPLE) - 1), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, len(_SAMPLE)),
)
def test_flipped_and_cut_archives_are_survived(changes: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(_SAMPLE)
    for at, value in changes:
        content[at] = value
    streamed(bytes(content[:cut]), 512)


def test_the_walk_keeps_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocianalyze.inventory.catalogers.java.ARCHIVE_BYTES", 100)
    known = facts({"a.jar": jar(OUTER)}, CATALOGER.observers)
    (seen,) = known.observations["java"]
    assert seen.complete
    assert len(orjson.loads(seen.value)["packages"]) == 5

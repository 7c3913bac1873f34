"""Node packages in the archives of Electron programs."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.node_asar import CATALOGER
from tests.inventory.catalogers.walked import found, kept, observe, read, survives

PLACE = "opt/app/resources/app.asar"
FILES = {
    "package.json": b'{"name":"app","version":"9"}',
    "main.js": b"x" * 70_000,
    "node_modules/@a/b/package.json": b'{"name":"@a/b","version":"1.0.0","license":"MIT"}',
    "node_modules/@a/b/node_modules/c/package.json": b'{"name":"c","version":"2.0.0"}',
}


def asar(files: dict[str, bytes], extra: dict[str, Any] | None = None) -> bytes:
    """Return an archive as @electron/asar lays it out."""
    tree: dict[str, Any] = {"files": {}}
    at = 0
    for path, content in files.items():
        *above, name = path.split("/")
        node = tree["files"]
        for each in above:
            node = node.setdefault(each, {"files": {}})["files"]
        node[name] = {"size": len(content), "offset": str(at)}
        at += len(content)
    tree["files"] |= extra or {}
    text = json.dumps(tree).encode()
    padded = text + bytes(-len(text) % 4)
    head = struct.pack("<IIII", 4, len(padded) + 8, len(padded) + 4, len(text))
    return head + padded + b"".join(files.values())


def directory(**manifests: object) -> dict[str, Any]:
    """Return a directory of packages, each with where its package.json is."""
    return {"files": {x: {"files": {"package.json": y}} for x, y in manifests.items()}}


def test_packages_are_found_in_the_archive() -> None:
    listed = [
        (x.namespace, x.name, x.version, x.location, x.confidence)
        for x in found(CATALOGER, {PLACE: asar(FILES)})
    ]
    home = f"{PLACE}!/node_modules/@a/b"
    assert listed == [
        ("@a", "b", "1.0.0", home, "exact"),
        ("", "c", "2.0.0", f"{home}/node_modules/c", "exact"),
    ]


def test_pieces_of_any_size_give_the_same() -> None:
    whole = kept(CATALOGER, {PLACE: asar(FILES)})
    assert observe(CATALOGER.observers[0], PLACE, asar(FILES)) == whole[0].value


def deep(levels: int) -> dict[str, Any]:
    """Return directories in one another."""
    return {"files": {"a": deep(levels - 1)} if levels else {}}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(asar(FILES)[:-10], "1 of the packages", id="cut-content"),
        pytest.param(asar(FILES)[:100], "the tree of the archive is cut", id="cut-tree"),
        pytest.param(
            asar({"node_modules/c/package.json": b"{"}), "1 of the packages", id="no-json"
        ),
        pytest.param(
            asar(FILES, {"node_modules": directory(x={"size": 1 << 40, "offset": "0"})}),
            "1 of the packages",
            id="too-large",
        ),
        pytest.param(
            struct.pack("<IIII", 4, 1 << 30, 1 << 29, 1 << 28) + b"{}",
            "the tree of the archive is damaged or too large",
            id="too-large-tree",
        ),
        pytest.param(
            asar({}, {"a": deep(70)}), "the tree of the archive is damaged or too large", id="deep"
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(content: bytes, problem: str) -> None:
    _, problems = read(CATALOGER, {PLACE: content})
    assert len(problems) == 1
    assert problem in problems[0]


def test_contents_that_lie_over_each_other_are_read_once() -> None:
    """A tree that names one place a thousand times takes no more memory than one that does once."""
    place, over = {"size": 200_000, "offset": "0"}, {"size": 200_000, "offset": "1"}
    tree = directory(x=place, y=place, z=over)
    _, problems = read(CATALOGER, {PLACE: asar({"a": b" " * 300_000}, {"node_modules": tree})})
    assert problems == ["3 of the packages inside could not be read"]


def test_other_files_of_that_name_are_none() -> None:
    assert kept(CATALOGER, {PLACE: b"x" * 600}) == []


@given(st.binary(max_size=200), st.integers(0, 900))
def test_damaged_archives_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, PLACE, asar(FILES)[:at] + noise)

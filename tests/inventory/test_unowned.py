"""Executables that no package owns."""

import hashlib
import tracemalloc

import pytest

from ocianalyze.inventory.unowned import unowned
from ocianalyze.model.package import Found, Ownership, Package, Presence, Unowned
from ocianalyze.model.unowned import UnownedFiles
from tests.images import File, Layer, hardlink, symlink, tree

ELF = b"\x7fELF\2\1\1" + bytes(57)
SCRIPT = b"#!/bin/sh\necho\n"
PACKAGES = [
    Package(Found("npm", name, "1"), f"pkg:npm/{name}@1", "node", Presence.VISIBLE, (), 0)
    for name in ("a", "b")
]
PE = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(64)


def told(layers: tuple[Layer, ...], ownership: Ownership) -> list[Unowned]:
    """Return the executables that nobody vouches for."""
    made = tree(*layers)
    return list(unowned(made, ownership, PACKAGES))


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        pytest.param(File(ELF, mode=0o755), "elf", id="program"),
        pytest.param(File(ELF), "elf", id="library"),
        pytest.param(File(SCRIPT, mode=0o755), "script", id="script"),
        pytest.param(File(SCRIPT), None, id="script-that-cannot-be-run"),
        pytest.param(File(b"#!/usr/bin/python3\n", mode=0o700), "script", id="python"),
        pytest.param(File(b"\xcf\xfa\xed\xfe" + bytes(60)), "macho", id="mach-o"),
        pytest.param(File(PE), "pe", id="windows"),
        pytest.param(File(b"text", mode=0o755), None, id="text"),
        pytest.param(File(b"", mode=0o755), None, id="empty"),
        pytest.param(symlink("elsewhere"), None, id="link"),
    ],
)
def test_programs_libraries_and_scripts_that_run_are_told(file: File, kind: str | None) -> None:
    found = told(({"x": file},), Ownership())
    assert [one.kind for one in found] == ([kind] if kind else [])
    if kind:
        assert found[0].sha256 == hashlib.sha256(file.content).hexdigest()
        assert (found[0].path, found[0].size, found[0].layer) == ("x", len(file.content), 0)


def test_what_a_package_owns_by_name_or_by_directory_is_not_told() -> None:
    layer: Layer = {"a/x": ELF, "b/c/y": ELF, "d/z": ELF}
    owned = Ownership(files={"a/x": (0,)}, trees={"b": (1,)})
    assert [one.path for one in told((layer,), owned)] == ["d/z"]


def test_a_directory_kept_out_of_a_runtime_is_nobodys() -> None:
    layer: Layer = {"py/lib/x.so": ELF, "py/site/y.so": ELF}
    owned = Ownership(homes={"py": (0,), "py/site": ()})
    assert [one.path for one in told((layer,), owned)] == ["py/site/y.so"]


def test_every_name_of_an_inode_and_only_what_is_visible_is_told() -> None:
    lower: Layer = {"x": ELF, "y": hardlink("x"), "z": ELF}
    found = told((lower, {".wh.x": b"", ".wh.z": b""}), Ownership())
    assert [one.path for one in found] == ["y"]


def test_many_of_them_take_little_memory() -> None:
    """An image may have a million: no object of each is kept."""
    made = tree({f"opt/f{number:05d}": File(ELF, mode=0o755) for number in range(5_000)})
    assert next(made.files()).path == "opt/f00000"
    tracemalloc.start()
    found = UnownedFiles(unowned(made, Ownership(), PACKAGES))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 5_000
    assert peak / len(found) < 300

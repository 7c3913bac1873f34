"""The shipped demo image: its bytes come from its recipe, and others read it as we do."""

import json
import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from testdata.demo.docker_archive import archive
from testdata.demo.rootfs import elf
from testdata.demo.steps import steps


def test_committed_bytes_are_what_the_recipe_makes(demo: Path) -> None:
    """`make testdata` rewrites the file; equality of bytes makes every later figure repeatable."""
    assert demo.read_bytes() == archive()


def test_image_is_small_enough_to_ship(demo: Path) -> None:
    assert 200_000 < demo.stat().st_size < 2_000_000


def test_archive_has_both_entry_points_and_five_layers(demo: Path) -> None:
    with tarfile.open(demo) as outer:
        names = outer.getnames()
        member = outer.extractfile("manifest.json")
        assert member is not None
        (manifest,) = json.load(member)
    assert {"manifest.json", "index.json", "oci-layout", "repositories"} <= set(names)
    assert len(manifest["Layers"]) == 5
    assert {manifest["Config"], *manifest["Layers"]} <= set(names)


def test_each_layer_belongs_to_one_build_step() -> None:
    assert sum(step.members is not None for step in steps()) == 5


def test_programs_are_elf_files_of_a_few_hundred_bytes() -> None:
    content = elf("usr/bin/cat")
    assert content[:4] == b"\x7fELF"
    assert len(content) < 300
    assert content != elf("usr/bin/ls")


@pytest.mark.oracle
def test_another_reader_unpacks_what_the_recipe_means(
    demo: Path, tmp_path: Path, tool: Callable[[str], str]
) -> None:
    """Both skopeo and umoci see the set-id bit, the whiteout and the opaque directory."""
    copy = ["copy", "--quiet", f"docker-archive:{demo}", f"oci:{tmp_path}/layout:demo"]
    subprocess.run([tool("skopeo"), "--insecure-policy", *copy], check=True, capture_output=True)
    unpack = ["unpack", "--rootless", "--image", f"{tmp_path}/layout:demo", f"{tmp_path}/bundle"]
    subprocess.run([tool("umoci"), *unpack], check=True, capture_output=True)
    rootfs = tmp_path / "bundle" / "rootfs"
    assert (rootfs / "app/bin/report").stat().st_mode & 0o7777 == 0o4755
    assert not (rootfs / "app/deploy/id_ed25519").exists()
    assert (rootfs / "app/deploy/hosts").is_file()
    assert list((rootfs / "var/lib/apt/lists").iterdir()) == []
    assert (rootfs / "usr/bin/gunzip").samefile(rootfs / "usr/bin/gzip")


def test_every_file_of_testdata_has_its_origin_listed(root: Path) -> None:
    folder = root / "testdata"
    listed = set(re.findall(r"^\| `([^`]+)` \|", (folder / "README.md").read_text(), re.MULTILINE))
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there - {"README.md"} == listed

"""A Debian image with real whiteouts against the root filesystem that umoci unpacks."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import Kind, State
from tests.images import Bytes
from tests.integration.debian import debian
from tests.integration.unpacked import compared, ours, read_folder

pytestmark = pytest.mark.oracle
Tool = Callable[[str], str]
_PACKAGES = "base-files,libc6,tzdata,netbase,passwd,perl-base"


@dataclass
class _Workshop:
    """A layout that umoci writes layers to, and its unpacked bundle."""

    umoci: str
    folder: Path

    @property
    def rootfs(self) -> Path:
        return self.folder / "bundle" / "rootfs"

    def begin(self) -> None:
        layout = f"{self.folder}/layout"
        self._run("init", "--layout", layout)
        self._run("new", "--image", f"{layout}:t")
        self._run("unpack", "--image", f"{layout}:t", f"{self.folder}/bundle")

    def commit(self) -> None:
        bundle = f"{self.folder}/bundle"
        self._run("repack", "--refresh-bundle", "--image", f"{self.folder}/layout:t", bundle)

    def unpack(self) -> Path:
        self._run("unpack", "--image", f"{self.folder}/layout:t", f"{self.folder}/fresh")
        return self.folder / "fresh" / "rootfs"

    def _run(self, *arguments: str) -> None:
        subprocess.run([self.umoci, *arguments], check=True, capture_output=True)


def _merged(layout: Path) -> MergedTree:
    index = json.loads((layout / "index.json").read_bytes())
    manifest = json.loads(_blob(layout, index["manifests"][0]["digest"]))
    blobs = [Bytes(_blob(layout, layer["digest"])) for layer in manifest["layers"]]
    facts = [read_layer(blob, Reading((), filetype.classify)) for blob in blobs]
    return MergedTree(facts, filetype.TYPES, DEFAULT)


def _blob(layout: Path, digest: str) -> bytes:
    return (layout / "blobs" / digest.replace(":", "/")).read_bytes()


def _change(rootfs: Path) -> None:
    """Delete, replace and link as a maintainer's script would."""
    shutil.rmtree(rootfs / "usr/share/zoneinfo/Europe")
    (rootfs / "etc/services").unlink()
    (rootfs / "etc/rpc").write_text("replaced\n")
    (rootfs / "usr/share/doc/tzdata").rename(rootfs / "usr/share/doc/moved")
    (rootfs / "usr/bin/perl2").hardlink_to(rootfs / "usr/bin/perl")
    shutil.rmtree(rootfs / "usr/share/perl5")
    (rootfs / "usr/share/perl5").symlink_to("../lib")


def test_a_debian_image_with_deletions_is_the_tree_that_umoci_unpacks(
    tool: Tool, tmp_path: Path
) -> None:
    workshop = _Workshop(tool("umoci"), tmp_path)
    options = ("--variant=extract", f"--include={_PACKAGES}")
    archive = debian(tool("mmdebstrap"), tmp_path / "debian.tar", *options)
    workshop.begin()
    subprocess.run(["tar", "-xpf", archive, "-C", workshop.rootfs], check=True)
    workshop.commit()
    _change(workshop.rootfs)
    workshop.commit()
    merged = _merged(tmp_path / "layout")
    real, own = compared(read_folder(workshop.unpack()), ours(merged, links_write=False))
    assert len(own) > 1_000
    assert own == real
    gone = merged.versions("usr/share/zoneinfo/Europe/Berlin")
    assert [(x.state, x.ended_by) for x in gone] == [(State.DELETED, 1)]
    assert merged.get("etc/services") is None
    assert any(entry.kind is Kind.WHITEOUT for entry in merged.layer(1))

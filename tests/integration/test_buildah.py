"""Our merged tree against the one that buildah mounts: the code that Docker and Podman share.

Where it leaves the specification or umoci, `LEFT_OUT` says how.
"""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.archives import Image, Layout, oci_layout
from tests.images import File, tar, tree
from tests.integration.nasty_images import AGREED
from tests.integration.unpacked import compared, ours, read_folder
from tests.property.random_layers import Members

pytestmark = pytest.mark.oracle
Unpack = Callable[[list[Members]], Path]

LEFT_OUT = {
    "again-and-whiteout": "a whiteout also removes what its own layer wrote before it",
    "chain-of-links": "refused: a link's missing target is not made",
    "duplicates": "refused: paths may not repeat in a layer",
    "hard-link-to-a-link": "a hard link to a symbolic link becomes another symbolic link",
    "link-to-nothing": "refused: a link's missing target is not made",
    "opaque-through-a-link": "an opaque whiteout below a link does nothing",
}

_WRITERS: dict[str, list[Members]] = {
    "in-the-same-layer": [
        [
            ("a", File(b"x", mode=0o644, uid=1)),
            ("b", File(kind="h", link="a", mode=0o4755, uid=3, xattrs={"user.b": b"1"})),
            ("c", File(kind="h", link="a", mode=0o2711, gid=4)),
        ]
    ],
    "in-a-later-layer": [
        [("a", File(b"x", mode=0o644, xattrs={"user.a": b"1"}))],
        [("b", File(kind="h", link="a", mode=0o4755, uid=3, xattrs={"user.b": b"1"}))],
    ],
    "through-a-link-that-is-deleted": [
        [("a", File(b"x", mode=0o644)), ("b", File(kind="h", link="a", mode=0o4755))],
        [(".wh.b", File())],
    ],
    "whose-target-is-deleted": [
        [("a", File(b"x", mode=0o644)), ("b", File(kind="h", link="a", mode=0o4755))],
        [(".wh.a", File())],
    ],
}
"""Hard links whose headers differ from their target's."""
_KEPT = ".wh..wh.plnk"
_PARKED: dict[str, Members] = {
    "set-id-of-the-file": [
        (f"{_KEPT}/1.2", File(b"x", mode=0o4755)),
        ("bin/x", File(kind="h", link=f"{_KEPT}/1.2", mode=0o755)),
    ],
    "last-name-alone": [
        (f"{_KEPT}/a/1.2", File(b"harmless", mode=0o755)),
        (f"{_KEPT}/b/1.2", File(b"longer than the other", mode=0o4755)),
        ("bin/x", File(kind="h", link=f"{_KEPT}/a/1.2", mode=0o755)),
    ],
}
"""Files that AUFS kept (decision 0006)."""


@pytest.fixture
def unpack(tool: Callable[[str], str], tmp_path: Path) -> Iterator[Unpack]:
    program = tool("buildah")
    options = ["--root", f"{tmp_path}/root", "--runroot", f"{tmp_path}/run"]
    base = [program, *options, "--storage-driver", "vfs"]

    def run(*arguments: str) -> str:
        done = subprocess.run([*base, *arguments], capture_output=True, text=True, check=False)
        if "permission" in done.stderr or "namespace" in done.stderr:
            pytest.skip(f"buildah cannot unpack here: {done.stderr.strip()[-200:]}")
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    def mounted(image: list[Members]) -> Path:
        layers = [tar(layer) for layer in image]
        oci_layout(tmp_path / "layout", [Image(layers, names=["t"])], Layout(layers="none"))
        return Path(run("mount", run("from", f"oci:{tmp_path}/layout:t")))

    yield mounted
    run("rm", "--all")
    run("rmi", "--all", "--force")


_SHARED = {name: image for name, image in AGREED.items() if name not in LEFT_OUT}


@pytest.mark.parametrize("image", _SHARED.values(), ids=_SHARED)
def test_buildah_mounts_the_same_tree(image: list[Members], unpack: Unpack) -> None:
    real, own = compared(read_folder(unpack(image)), ours(tree(*image), links_write=True))
    assert own == real


@pytest.mark.parametrize("image", _WRITERS.values(), ids=_WRITERS)
def test_the_last_header_that_reaches_an_inode_counts(image: list[Members], unpack: Unpack) -> None:
    merged = tree(*image)
    real, own = compared(read_folder(unpack(image)), ours(merged, links_write=True))
    assert own == real
    assert "merge.link-metadata" in {anomaly.code for _, anomaly in merged.merged.anomalies}


@pytest.mark.parametrize("layer", _PARKED.values(), ids=_PARKED)
def test_a_link_to_a_file_that_aufs_kept_is_that_file(layer: Members, unpack: Unpack) -> None:
    """Without an overlay driver; what AUFS kept is then not there itself."""
    real, own = read_folder(unpack([layer])), ours(tree(layer), links_write=True)
    found, mine = real["bin/x"], own["bin/x"]
    assert (mine.mode, mine.owner, mine.content) == (found.mode, found.owner, found.content)
    assert {real[path].kind for path in real if path.startswith(_KEPT)} == {"d"}

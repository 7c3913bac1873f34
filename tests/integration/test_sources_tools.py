"""What skopeo, umoci and bsdtar write is read as they meant it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.limits import DEFAULT
from ocianalyze.model.digest import Digest
from ocianalyze.sources import open_source
from ocianalyze.sources._archive import TarArchive
from ocianalyze.sources._base import StoredImage
from ocianalyze.sources._spool import open_outer
from tests import archives
from tests.archives import Image, Layout

pytestmark = pytest.mark.oracle

LOWER = archives.tar({"etc/": None, "etc/os-release": b"ID=test\n"})
UPPER = archives.tar({"app/": None, "app/main": (0o755, b"main")})
IMAGE = Image([LOWER, UPPER], {"config": {"User": "app"}}, ["latest"])
Tool = Callable[[str], str]


def _image(reference: str) -> StoredImage:
    source, _ = open_source(reference)
    with source:
        (image,) = source.contents().images
    return image


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """Write an OCI layout to copy from."""
    return archives.oci_layout(tmp_path / "layout", [IMAGE])


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("docker-archive:{}:team/app:1.4", "docker-archive"),
        ("oci:{}:team/app:1.4", "oci-layout"),
        ("oci-archive:{}:team/app:1.4", "oci-archive"),
        ("dir:{}", "directory"),
    ],
    ids=["docker-archive", "oci", "oci-archive", "dir"],
)
def test_every_form_that_skopeo_writes(
    target: str, kind: str, layout: Path, tmp_path: Path, tool: Tool
) -> None:
    """Skopeo stores the layers of docker archives uncompressed."""
    path = tmp_path / "copy"
    command = [tool("skopeo"), "--insecure-policy", "copy", f"oci:{layout}:latest"]
    subprocess.run([*command, target.format(path)], check=True, capture_output=True)
    source, _ = open_source(str(path))
    with source:
        assert source.kind == kind
        found = source.contents()
        stored = [layer.blob.open().read() for layer in found.images[0].layers if layer.blob]
    expected = IMAGE.layers
    if kind != "docker-archive":
        expected = [archives.compress(layer, "gzip") for layer in IMAGE.layers]
    assert stored == expected
    assert not found.anomalies
    assert not found.artifacts


def test_the_digest_is_the_one_that_skopeo_names(layout: Path, tool: Tool) -> None:
    command = [tool("skopeo"), "inspect", f"oci:{layout}:latest"]
    done = subprocess.run(command, check=True, capture_output=True)
    facts = json.loads(done.stdout)
    image = _image(str(layout))
    assert image.manifest is not None
    assert image.manifest.digest == Digest(facts["Digest"])
    assert [layer.digest for layer in image.layers] == facts["Layers"]


def test_what_umoci_packs(tmp_path: Path, tool: Tool) -> None:
    umoci, layout = tool("umoci"), tmp_path / "layout"
    (tmp_path / "file").write_bytes(b"content")
    for command in (
        ["init", "--layout", str(layout)],
        ["new", "--image", f"{layout}:base"],
        ["insert", "--image", f"{layout}:base", "--tag", "next", str(tmp_path / "file"), "/file"],
        ["config", "--image", f"{layout}:next", "--config.user", "app"],
    ):
        subprocess.run([umoci, *command], check=True, capture_output=True)
    source, _ = open_source(str(layout))
    with source:
        images = {image.names: image for image in source.contents().images}
    assert {names: len(image.layers) for names, image in images.items()} == {
        ("base",): 0,
        ("next",): 1,
    }


@pytest.mark.parametrize("form", ["ustar", "pax", "gnutar", "v7"])
def test_a_layout_packed_by_bsdtar(form: str, layout: Path, tmp_path: Path, tool: Tool) -> None:
    path = tmp_path / "packed.tar"
    command = [tool("bsdtar"), "--format", form, "-cf", str(path), "-C", str(layout), "."]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"bsdtar writes no {form}: {done.stderr:.80}")
    image = _image(str(path))
    assert image.names == ("latest",)
    assert all(layer.blob for layer in image.layers)


def test_what_skopeo_lists_as_several_images_is_several(tmp_path: Path, tool: Tool) -> None:
    other = Image([LOWER], {"config": {"User": "b"}}, ["second"])
    layout = archives.oci_layout(tmp_path / "layout", [IMAGE, other], Layout(nested=0))
    skopeo = tool("skopeo")
    for image in (IMAGE, other):
        (name,) = image.names
        done = subprocess.run(
            [skopeo, "inspect", "--raw", f"oci:{layout}:{name}"], check=True, capture_output=True
        )
        source, _ = open_source(f"oci:{layout}:{name}")
        with source:
            found = next(x for x in source.contents().images if name in x.names)
        assert found.manifest is not None
        assert found.manifest.data == done.stdout


@pytest.mark.parametrize("form", ["gnu", "posix"])
def test_what_gnu_tar_stores_sparsely_is_skipped_whole(
    form: str, tmp_path: Path, tool: Tool
) -> None:
    """Its map takes blocks of its own; whoever miscounts them loses the members behind it."""
    with (tmp_path / "holes").open("wb") as file:
        for number in range(40):
            file.seek(number << 20)
            file.write(b"x" * 4096)
    (tmp_path / "last").write_bytes(b"last")
    path = tmp_path / "x.tar"
    command = [tool("tar"), f"--format={form}", "--sparse", "-cf", str(path), "holes", "last"]
    subprocess.run(command, check=True, cwd=tmp_path)
    archive = TarArchive(open_outer(path, DEFAULT), DEFAULT)
    assert path.stat().st_size < 1 << 20
    assert archive.find("holes") is None
    assert archive.read("last", 9) == b"last"
    assert not archive.anomalies
    archive.close()

"""One logical image is the same image in whatever form it was saved."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.sources import open_source
from ocianalyze.sources._base import StoredImage
from tests import archives
from tests.archives import Compression, Image, Layout
from tests.sources.samples import IMAGE, LOWER, OTHER, UPPER, contents, layers, read

Writer = Callable[[Path, list[Image]], Path]
FORMS: dict[str, tuple[str, Writer]] = {
    "docker": ("docker-archive", archives.docker_archive),
    "podman": ("docker-archive", lambda p, i: archives.docker_archive(p, i, style="podman")),
    "kaniko": (
        "docker-archive",
        lambda p, i: archives.docker_archive(p, i, style="kaniko", layers="gzip"),
    ),
    "bazel": ("docker-archive", lambda p, i: archives.docker_archive(p, i, style="bazel")),
    "docker-dotted": ("docker-archive", lambda p, i: archives.docker_archive(p, i, prefix="./")),
    "docker-rooted": ("docker-archive", lambda p, i: archives.docker_archive(p, i, prefix="/")),
    "modern": ("docker-archive", archives.docker_modern),
    "modern-gzip": ("docker-archive", lambda p, i: archives.docker_modern(p, i, Layout())),
    "legacy": ("docker-archive", archives.docker_legacy),
    "oci-folder": ("oci-layout", archives.oci_layout),
    "oci-tar": ("oci-archive", archives.oci_archive),
    "oci-tar-dotted": ("oci-archive", lambda p, i: archives.oci_archive(p, i, prefix="./")),
    "oci-tar-folders": ("oci-archive", lambda p, i: archives.oci_archive(p, i, directories=True)),
    "oci-nested": ("oci-archive", lambda p, i: archives.oci_archive(p, i, Layout(nested=3))),
    "oci-docker-types": (
        "oci-archive",
        lambda p, i: archives.oci_archive(p, i, Layout(docker_types=True, nested=1)),
    ),
    "oci-attested": (
        "oci-archive",
        lambda p, i: archives.oci_archive(p, i, Layout(nested=1, attestation=True)),
    ),
    "oci-embedded": ("oci-archive", lambda p, i: archives.oci_archive(p, i, Layout(embed=True))),
    "oci-zstd": ("oci-archive", lambda p, i: archives.oci_archive(p, i, Layout(layers="zstd"))),
    "dir": ("directory", lambda p, i: archives.directory(p, i[0])),
}
ONE_IMAGE = {"dir"}
NAMELESS = {"dir"}
COMPRESSED = {"kaniko", "modern-gzip"}

forms = pytest.mark.parametrize("form", FORMS)


def _raw(stored: bytes) -> bytes:
    for compression in ("gzip", "zstd"):
        for layer in (LOWER, UPPER):
            if archives.compress(layer, compression) == stored:
                return layer
    return stored


@forms
def test_every_form_holds_the_same_layers_config_and_names(form: str, tmp_path: Path) -> None:
    """Nothing about a saved image depends on who saved it."""
    kind, write = FORMS[form]
    path = write(tmp_path / "image", [IMAGE])
    source, name = open_source(str(path))
    with source:
        assert (source.kind, name) == (kind, None)
        found = source.contents()
        (image,) = found.images
        stored = [read(layer.blob) for layer in image.layers]
    assert [_raw(data) for data in stored] == IMAGE.layers
    assert image.names == (() if form in NAMELESS else ("team/app:1.4",))
    assert image.config is not None
    assert b'"User":"app"' in image.config.data
    assert not image.anomalies
    assert not found.artifacts
    assert not found.anomalies


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ONE_IMAGE])
def test_several_images_in_one_place_are_all_found_in_order(form: str, tmp_path: Path) -> None:
    _, write = FORMS[form]
    found = contents(write(tmp_path / "image", [IMAGE, OTHER]))
    assert [image.names for image in found.images] == [("team/app:1.4",), ("other:2",)]
    assert [len(image.layers) for image in found.images] == [2, 1]


@pytest.mark.parametrize("outer", ["gzip", "zstd", "xz", "bzip2"])
@pytest.mark.parametrize("form", ["docker", "modern", "oci"])
def test_the_outer_tar_may_be_compressed(form: str, outer: Compression, tmp_path: Path) -> None:
    path = tmp_path / "image"
    if form == "oci":
        archives.oci_archive(path, [IMAGE], Layout(layers="none"), outer=outer)
    elif form == "docker":
        archives.docker_archive(path, [IMAGE], outer=outer)
    else:
        archives.docker_modern(path, [IMAGE], outer=outer)
    assert layers(path) == IMAGE.layers


@pytest.mark.parametrize("outer", ["none", "gzip", "zstd", "xz", "bzip2"])
def test_a_root_filesystem_is_one_layer_without_config(outer: Compression, tmp_path: Path) -> None:
    path = archives.rootfs_archive(tmp_path / "rootfs", IMAGE, outer=outer)
    found = contents(path)
    assert found.images == (StoredImage(names=(), layers=found.images[0].layers),)
    assert layers(path) == [LOWER]


@pytest.mark.parametrize("compression", ["gzip", "zstd", "xz", "bzip2"])
def test_layers_of_a_docker_archive_may_be_compressed(
    compression: Compression, tmp_path: Path
) -> None:
    path = archives.docker_archive(tmp_path / "image", [IMAGE], layers=compression)
    assert layers(path) == [archives.compress(layer, compression) for layer in IMAGE.layers]


def test_digests_are_promised_only_where_the_format_names_them(tmp_path: Path) -> None:
    """`<id>/layer.tar` is no digest; `blobs/sha256/<hex>` and a descriptor are."""
    classic = contents(archives.docker_archive(tmp_path / "classic", [IMAGE])).images[0]
    modern = contents(archives.docker_modern(tmp_path / "modern", [IMAGE])).images[0]
    assert [layer.digest for layer in classic.layers] == [None, None]
    assert [layer.digest for layer in modern.layers] == [archives.digest(x) for x in IMAGE.layers]
    assert [layer.size for layer in modern.layers] == [len(x) for x in IMAGE.layers]
    for image in (classic, modern):
        assert image.config is not None
        assert image.config.digest == archives.digest(IMAGE.config_bytes)

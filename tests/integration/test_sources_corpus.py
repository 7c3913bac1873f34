"""Every image made by others opens with the counts that an independent reader found."""

import json
from pathlib import Path

import pytest

from ocianalyze.errors import MalformedImage, NotAnImage
from ocianalyze.sources import open_source

pytestmark = pytest.mark.corpus

ROOTFS = (1, 1)
"""Images and layers of a tar that holds a file tree and no image documents."""

DIFFERENT: dict[str, tuple[tuple[int, int], str]] = {
    "images/stereoscope/oci/testdata/valid_oci_dir/": (
        (1, 1),
        "one manifest with two names is one image",
    ),
    "images/go-containerregistry/layout/test_gc_index/": (
        (1, 1),
        "three ways lead to one manifest, which is one image with three names",
    ),
    "images/go-containerregistry/layout/test_index/": (
        (1, 1),
        "the same; the fourth entry has the media type of a descriptor and is an artifact",
    ),
    "images/stereoscope/oci/testdata/valid_manifest/": (
        (0, 0),
        "its only manifest is no JSON: an artifact that is an error",
    ),
    "images/fanal/test_invalid_oci_image.oci/": ((0, 0), "its only manifest is missing"),
    "images/go-containerregistry/tarball/no_manifest.tar": (
        (1, 1),
        "a legacy archive, which the independent reader did not follow",
    ),
    "images/container-libs/artifacts/artifacts/no-blobs/": ((0, 0), "an artifact"),
    "images/container-libs/artifacts/artifacts/config-only/": ((0, 0), "an artifact"),
    "images/container-libs/artifacts/artifacts/index/": ((0, 0), "two artifacts without config"),
    "images/container-libs/artifacts/artifacts/blobs-only/": ((0, 0), "an artifact"),
    "images/container-inspector/utils/tar_relative.tar": (ROOTFS, "a file tree"),
    "images/container-inspector/utils/tar_relative-with-whiteouts.tar": (ROOTFS, "a file tree"),
    "images/scancode.io/basic-rootfs.tar.gz": (ROOTFS, "a root filesystem"),
    "images/scancode.io/layer_with_links_missing_targets.tar": (ROOTFS, "a file tree"),
    "images/go-containerregistry/tarball/content.tar": (ROOTFS, "a file tree"),
}
"""Where the counts differ from those of the independent reader, and why ours are right."""

BROKEN: dict[str, tuple[type[Exception], str]] = {
    "images/go-containerregistry/tarball/null_manifest.tar": (MalformedImage, "null"),
    "images/fanal/test_bad_index_json.oci/": (MalformedImage, "not JSON"),
    "images/fanal/test_no_valid_manifests.oci/": (MalformedImage, "no list of manifests"),
    "images/fanal/test_index_json_dir.oci/": (MalformedImage, "no file"),
    "images/fanal/test_index_json_dir.oci/test_bad_index_json.oci/": (MalformedImage, "not JSON"),
}
"""Images that their makers broke, and what is said about them."""

WITHHELD = {"images/dive/test-gzip-image.tar", "images/dive/test-estargz-image.tar"}
"""Validated, but left out of the corpus: plain tars."""


def _counts(path: Path) -> tuple[int, int]:
    source, _ = open_source(str(path))
    with source:
        images = source.contents().images
    return len(images), sum(len(image.layers) for image in images)


def test_every_image_has_the_counts_of_an_independent_reader(corpus: Path) -> None:
    validation = json.loads((corpus / "VALIDATION-images.json").read_bytes())
    wrong = {}
    for name in validation.keys() - BROKEN.keys() - WITHHELD:
        facts = validation[name]
        expected = (facts.get("images") or facts.get("oci_manifests"), facts["layers"])
        expected = DIFFERENT[name][0] if name in DIFFERENT else expected
        if (found := _counts(corpus / name)) != expected:
            wrong[name] = (found, expected)
    assert not wrong


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_image_is_a_clear_error(name: str, corpus: Path) -> None:
    error, words = BROKEN[name]
    with pytest.raises(error, match=words):
        _counts(corpus / name)


def test_nothing_else_in_the_corpus_ends_otherwise_than_on_purpose(corpus: Path) -> None:
    """Odd tars, databases and keys are no images, or file trees."""
    seen = 0
    for path in sorted((corpus / "tars").rglob("*")):
        if not path.is_file():
            continue
        seen += 1
        try:
            assert _counts(path) == ROOTFS, path
        except NotAnImage as error:
            assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
    assert seen > 50

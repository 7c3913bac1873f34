"""Indexes in indexes: loops, towers, and ones that are not what is promised."""

import json
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.filesystem.integrity import verify
from ocianalyze.limits import Limits
from ocianalyze.sources import open_source
from ocianalyze.sources._base import Contents
from tests import archives
from tests.archives import Files, Image
from tests.sources.samples import LOWER, contents

AMD = Image([LOWER], {"config": {"User": "a"}, "architecture": "amd64"}, [])


def _saved(path: Path, files: Files, *entries: dict[str, Any]) -> Path:
    return archives.write_folder(path, archives.finish_layout(files, entries))


def _looped(files: Files) -> dict[str, Any]:
    """Return an index that contains itself; its digest lies, for nothing else can loop."""
    index = archives.add_index(files, [])
    name = f"blobs/sha256/{index['digest'][7:]}"
    files[name] = archives.dump({"manifests": [index, index]})
    return index


def _towering(files: Files) -> dict[str, Any]:
    """Return indexes that fan out tenfold on each of seven levels."""
    entry = archives.add_image(files, AMD)
    for _ in range(7):
        entry = archives.add_index(files, [entry] * 10)
    return entry


def _nested_often(files: Files) -> dict[str, Any]:
    """Return an image below more indexes than are opened."""
    entry = archives.add_image(files, AMD)
    for _ in range(10):
        entry = archives.add_index(files, [entry])
    return entry


def test_an_index_that_lists_itself_is_told_once(tmp_path: Path) -> None:
    files: Files = {}
    path = _saved(tmp_path / "x", files, _looped(files))
    (artifact,) = contents(path).artifacts
    assert (artifact.error, artifact.reason) == (True, "index that lists itself")


@pytest.mark.parametrize("change", [b" ", b""], ids=["longer", "other"])
def test_an_index_that_is_not_what_is_promised_fails_its_images(
    change: bytes, tmp_path: Path
) -> None:
    """Whoever changes which manifest an index lists has changed the image."""
    files: Files = {}
    index = archives.add_index(files, [archives.add_image(files, AMD)])
    name = f"blobs/sha256/{index['digest'][7:]}"
    files[name] = files[name].replace(b'"schemaVersion":2', b'"schemaVersion":3') + change
    (image,) = contents(_saved(tmp_path / "x", files, index)).images
    assert {odd.code for odd in image.anomalies} == {"integrity.manifest-digest"}
    integrity = verify(image, None, [None] * len(image.layers))
    assert integrity.failed


@pytest.mark.parametrize("kind", ["attestation", "artifact"])
def test_what_is_about_an_image_must_be_what_is_promised(kind: str, tmp_path: Path) -> None:
    files: Files = {}
    image = archives.add_image(files, AMD)
    about = archives.add_attestation(files, image["digest"])
    name = f"blobs/sha256/{about['digest'][7:]}"
    files[name] += b" "
    if kind == "artifact":
        about.pop("annotations")
    found = contents(_saved(tmp_path / "x", files, image, about))
    assert [artifact.error for artifact in found.artifacts] == [True]
    assert "bytes differ" in found.artifacts[0].reason
    assert not found.images[0].statements


@pytest.mark.parametrize("make", [_nested_often, _towering])
def test_indexes_that_never_end_are_read_up_to_a_limit(make: Any, tmp_path: Path) -> None:
    files: Files = {}
    path = _saved(tmp_path / "x", files, make(files))
    source, _ = open_source(str(path), Limits(images=500, index_depth=8))
    found: Contents = source.contents()
    assert len(found.images) <= 1
    reached = {x.limit: x.reason for x in found.artifacts if x.error}
    assert reached.keys() <= {"images", "index_depth"}
    assert reached
    for limit, reason in reached.items():
        assert reason.endswith(f"--limit {limit.replace('_', '-')}=N allows more")


_EMPTY = "sha256:" + "e" * 64
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_AMBIGUOUS = [
    pytest.param({"manifests": []}, True, id="manifests"),
    pytest.param({"Manifests": None}, True, id="manifests-in-other-case"),
    pytest.param({"fsLayers": [{"blobSum": _EMPTY}]}, True, id="schema-1"),
    pytest.param({"mediaType": _INDEX}, True, id="says-index"),
    pytest.param({"mediaType": _MANIFEST.replace("oci.image", "other")}, False, id="says-other"),
    pytest.param({"annotations": {}}, False, id="plain"),
]


@pytest.mark.parametrize(("more", "is_told"), _AMBIGUOUS)
def test_a_manifest_that_others_take_for_an_index_says_so(
    more: dict[str, Any], tmp_path: Path, *, is_told: bool
) -> None:
    """Where one tool judges the image and another runs the index (GHSA-77vh-xpmg-72qh)."""
    files: Files = {}
    entry = archives.add_image(files, Image([LOWER]))
    manifest = files.pop(f"blobs/sha256/{entry['digest'][7:]}")
    document = {**json.loads(manifest), **more}
    again = archives.blob(files, archives.dump(document), entry["mediaType"])
    (image,) = contents(_saved(tmp_path / "layout", files, again)).images
    told = [odd.code for odd in image.anomalies]
    assert ("image.ambiguous-manifest" in told) is is_told


@pytest.mark.parametrize("more", [{"config": {}}, {"layers": []}, {"mediaType": _MANIFEST}])
def test_an_index_that_others_take_for_a_manifest_says_so(
    more: dict[str, Any], tmp_path: Path
) -> None:
    files: Files = {}
    index = {
        "schemaVersion": 2,
        "manifests": [archives.add_image(files, Image([LOWER]))],
        **more,
    }
    entry = archives.blob(files, archives.dump(index), _INDEX)
    (image,) = contents(_saved(tmp_path / "layout", files, entry)).images
    assert [odd.code for odd in image.anomalies] == ["image.ambiguous-manifest"]

"""Indexes in indexes: loops, towers, and ones that are not what is promised."""

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

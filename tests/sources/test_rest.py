"""What a source holds beside its images is listed, and nothing that images are made of."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.limits import DEFAULT
from ocianalyze.sources import open_source
from ocianalyze.sources._archive import BEHIND, HEADERS
from tests import archives
from tests.sources.samples import IMAGE, OTHER, read

LOOSE = f"blobs/sha256/{'1' * 64}"


def rest(path: Path) -> dict[str, bytes]:
    """Return what is listed, by name."""
    source, _ = open_source(str(path), replace(DEFAULT, archive_members=10_000))
    with source:
        return {file.name: read(file.blob) for file in source.contents().rest()}


def archive(path: Path, files: dict[str, bytes]) -> Path:
    return archives.write_tar(path / "a.tar", files)


def folder(path: Path, files: dict[str, bytes]) -> Path:
    return archives.write_folder(path / "a", files)


@pytest.mark.parametrize("write", [archive, folder])
def test_a_blob_that_nothing_names_is_listed(
    tmp_path: Path, write: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    files = {**archives.files_oci([IMAGE, OTHER]), LOOSE: b"loose", "note.txt": b"note"}
    found = rest(write(tmp_path, files))
    documents = {"index.json", "oci-layout"}
    assert set(found) - {HEADERS, BEHIND} == documents | {LOOSE, "note.txt"}
    assert found[LOOSE] == b"loose"


def test_documents_of_docker_archives_are_listed(tmp_path: Path) -> None:
    path = archives.write_tar(
        tmp_path / "a.tar", {**archives.files_docker([IMAGE]), "x/VERSION": b"1.0"}
    )
    found = rest(path)
    assert json.loads(found["manifest.json"])
    assert found["x/VERSION"] == b"1.0"
    assert not any(name.endswith(("layer.tar", ".tar.gz")) for name in found)


def test_files_of_skopeos_folder_are_listed(tmp_path: Path) -> None:
    path = archives.write_folder(tmp_path / "a", {**archives.files_directory(IMAGE), "x": b"y"})
    assert rest(path)["x"] == b"y"
    assert set(rest(path)) <= {"x", "version"}


def test_of_members_with_one_name_those_that_do_not_count_are_listed(tmp_path: Path) -> None:
    files = archives.files_oci([IMAGE])
    layer = next(name for name in files if name.startswith("blobs/"))
    path = tmp_path / "a.tar"
    first = archives.tar({layer: b"an older layer"})
    path.write_bytes(first[:1024] + archives.write_tar(tmp_path / "b.tar", files).read_bytes())
    assert rest(path)[layer] == b"an older layer"


def test_what_lies_between_and_behind_members_is_listed(tmp_path: Path) -> None:
    path = archive(tmp_path, archives.files_oci([IMAGE]))
    data = bytearray(path.read_bytes())
    data[512 + 40 : 512 + 46] = b"hidden"
    path.write_bytes(bytes(data) + b"behind")
    found = rest(path)
    assert b"index.json" in found[HEADERS]
    assert found[BEHIND].endswith(b"behind")


def test_links_of_a_folder_lead_nowhere(tmp_path: Path) -> None:
    """Whoever made the folder may name a file of whoever reads it."""
    path = folder(tmp_path, archives.files_oci([IMAGE]))
    (tmp_path / "other").write_bytes(b"private")
    (path / LOOSE).symlink_to(tmp_path / "other")
    (path / "blobs" / "more").symlink_to(tmp_path)
    assert b"private" not in rest(path).values()


def test_a_root_filesystem_has_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(archives.tar({"etc/x": b"x"}))
    assert rest(path) == {}

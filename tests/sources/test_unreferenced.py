"""What lies in a source and is named by no document of it; nothing that writers always leave."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.limits import DEFAULT
from ocianalyze.sources import open_source
from tests import archives
from tests.archives import Layout, Link, Member, Style, blob
from tests.sources.samples import IMAGE, OTHER, contents

LOOSE = f"blobs/sha256/{'1' * 64}"
OLD = "2" * 64
Write = Callable[[Path, dict[str, Member]], Path]


def archive(path: Path, files: dict[str, Member]) -> Path:
    return archives.write_tar(path / "a.tar", files)


def folder(path: Path, files: dict[str, Member]) -> Path:
    plain = {name: data for name, data in files.items() if isinstance(data, bytes)}
    return archives.write_folder(path / "a", plain)


def told(path: Path) -> dict[str, str]:
    return {one.name: one.kind for one in contents(path).unreferenced}


@pytest.mark.parametrize("write", [archive, folder])
def test_a_file_that_nothing_names_is_told_with_its_kind(tmp_path: Path, write: Write) -> None:
    files: dict[str, Member] = {**archives.files_oci([IMAGE, OTHER])}
    path = write(tmp_path, files | {LOOSE: archives.tar({"x": b"y"}), "note.txt": b"note"})
    assert told(path) == {LOOSE: "a tar archive", "note.txt": "text"}
    (odd,) = contents(path).anomalies
    assert odd.code == "archive.unreferenced"
    assert odd.detail.startswith("2 files, 10,244 bytes: ")


@pytest.mark.parametrize("options", [Layout(attestation=True), Layout(embed=True, nested=2)])
def test_what_images_are_made_of_and_what_is_about_them_is_not_told(
    options: Layout, tmp_path: Path
) -> None:
    """A signature's config and contents are never opened, and its manifest is listed by digest."""
    files = archives.files_oci([IMAGE, OTHER], options)
    index = json.loads(files["index.json"])
    signed = blob(files, b"{}", "application/vnd.oci.image.config.v1+json")
    payload = blob(files, b"{ }", "application/vnd.dev.cosign.simplesigning.v1+json")
    manifest = {"schemaVersion": 2, "config": signed, "layers": [payload]}
    kind = "application/vnd.oci.image.manifest.v1+json"
    other = blob(files, b"{  }", "application/vnd.dev.cosign.simplesigning.v1+json")
    about = {"subject": index["manifests"][0], "layers": [other]}
    blob(files, archives.dump(manifest | about), kind)
    index["manifests"].append(blob(files, archives.dump(manifest), kind))
    files["index.json"] = archives.dump(index)
    assert not told(archives.write_tar(tmp_path / "a.tar", files))
    assert not told(archives.write_folder(tmp_path / "a", files))


@pytest.mark.parametrize("style", ["docker", "podman", "kaniko", "bazel"])
def test_of_what_builders_write_nothing_is_told(style: Style, tmp_path: Path) -> None:
    assert not told(archives.docker_archive(tmp_path / "a", [IMAGE, OTHER], style=style))


def test_no_name_counts_as_named_because_a_stray_document_names_it(tmp_path: Path) -> None:
    layer = archives.tar({"x": b"y"})
    stray = archives.Image([layer], {}, [])
    files = archives.files_oci([IMAGE]) | {
        name: data for name, data in archives.files_oci([stray]).items() if name.startswith("blobs")
    }
    assert len(told(archives.write_tar(tmp_path / "a.tar", files))) == 3


def test_what_docker_leaves_beside_images_is_not_told(tmp_path: Path) -> None:
    """Of archives before 1.10, and of today's, which keep documents of format v1 as blobs."""
    v1 = archives.dump({"id": OLD, "created": "2024-01-01T00:00:00Z", "container_config": {}})
    files: dict[str, Member] = {**archives.files_docker([IMAGE])}
    first = next(name for name in files if name.endswith(".tar"))
    files |= {
        f"{OLD}/VERSION": b"1.0",
        f"{OLD}/json": v1,
        f"{OLD}/layer.tar": Link(f"../{first}"),
        LOOSE: v1,
        "repositories": b"{}",
    }
    assert not told(archives.write_tar(tmp_path / "a.tar", files))


def test_a_usual_name_hides_nothing_else(tmp_path: Path) -> None:
    program = b"\x7fELF" + bytes(600)
    large = b"{" + b" " * (2 << 20)
    files: dict[str, Member] = {**archives.files_docker([IMAGE])}
    files |= {f"{OLD}/VERSION": program, "version": b"PK\3\4" + bytes(9), f"{OLD}/json": large}
    assert len(told(archives.write_tar(tmp_path / "a.tar", files))) == 3


def test_no_more_documents_are_parsed_than_are_worth_it(tmp_path: Path) -> None:
    v1 = archives.dump({"id": OLD, "x": "y" * 900_000})
    loose: dict[str, Member] = {f"blobs/sha256/{at:064x}": v1 for at in range(30)}
    found = told(
        archives.write_tar(tmp_path / "a.tar", {**archives.files_docker([IMAGE]), **loose})
    )
    assert 0 < len(found) < 30


def test_links_that_nothing_names_are_told_with_where_they_lead(tmp_path: Path) -> None:
    files: dict[str, Member] = {**archives.files_docker([IMAGE]), "x": Link("/etc/passwd")}
    assert told(archives.write_tar(tmp_path / "a.tar", files)) == {"x": "link to /etc/passwd"}


@pytest.mark.parametrize("name", ["../evil.sh", "x/../../evil.sh"])
def test_a_name_that_leaves_the_archive_is_grave(name: str, tmp_path: Path) -> None:
    files: dict[str, Member] = {**archives.files_docker([IMAGE]), name: b"x"}
    codes = [odd.code for odd in contents(archives.write_tar(tmp_path / "a", files)).anomalies]
    assert codes == ["archive.path-escapes", "archive.unreferenced"]


def test_of_many_the_first_are_named_and_all_are_counted(tmp_path: Path) -> None:
    files: dict[str, Member] = {**archives.files_docker([IMAGE])}
    files |= {f"stray/{number}": b"x" for number in range(1_500)}
    found = contents(archives.write_tar(tmp_path / "a", files))
    assert len(found.unreferenced) == 1_000
    (odd,) = found.anomalies
    assert odd.detail.startswith("1,500 files, 1,500 bytes: stray/0, stray/1, stray/2 and 1,497")


def test_what_a_limit_left_out_is_still_told(tmp_path: Path) -> None:
    path = archives.oci_archive(tmp_path / "a", [IMAGE, OTHER])
    source, _ = open_source(str(path), replace(DEFAULT, images=1))
    with source:
        found = source.contents()
    assert found.unreferenced
    assert any(artifact.limit for artifact in found.artifacts)

"""References: what a place is, which image is meant, and what to say when nothing is there."""

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.errors import ImageNotFound, NotAnImage, SourceError, UsageError
from ocianalyze.model.digest import Digest
from ocianalyze.model.oci import Platform
from ocianalyze.sources import open_source, select
from ocianalyze.sources._base import StoredDocument, StoredImage
from ocianalyze.sources._opening import kinds
from tests import archives
from tests.archives import Image, Layout
from tests.sources.samples import IMAGE, LOWER, OTHER, contents


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Save an image in four forms and go to their directory."""
    archives.docker_archive(tmp_path / "docker.tar", [IMAGE, OTHER])
    archives.oci_archive(tmp_path / "oci.tar", [IMAGE])
    archives.oci_layout(tmp_path / "layout", [IMAGE])
    archives.directory(tmp_path / "dir", IMAGE)
    archives.rootfs_archive(tmp_path / "rootfs.tar", IMAGE)
    archives.docker_archive(tmp_path / "odd:name!x.tar", [IMAGE])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("reference", "kind", "name"),
    [
        ("docker.tar", "docker-archive", None),
        ("docker-archive:docker.tar", "docker-archive", None),
        ("docker-archive:docker.tar:other:2", "docker-archive", "other:2"),
        ("docker-archive:docker.tar:@1", "docker-archive", "#1"),
        ("docker.tar!other:2", "docker-archive", "other:2"),
        ("docker.tar!", "docker-archive", None),
        ("oci-archive:oci.tar:team/app:1.4", "oci-archive", "team/app:1.4"),
        ("oci:layout:team/app:1.4", "oci-layout", "team/app:1.4"),
        ("oci-dir:layout", "oci-layout", None),
        ("layout!x", "oci-layout", "x"),
        ("dir:dir", "directory", None),
        ("./dir", "directory", None),
        ("rootfs.tar", "rootfs-archive", None),
        ("rootfs:docker.tar", "rootfs-archive", None),
        ("odd:name!x.tar", "docker-archive", None),
        ("odd:name!x.tar!y", "docker-archive", "y"),
        ("docker-archive:odd:name!x.tar:y:z", "docker-archive", "y:z"),
    ],
)
@pytest.mark.usefixtures("saved")
def test_spellings_of_skopeo_and_syft_are_understood(
    reference: str, kind: str, name: str | None
) -> None:
    source, found = open_source(reference)
    with source:
        assert (source.kind, found) == (kind, name)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("alpine", "skopeo copy"),
        ("docker.io/library/alpine:3.19", "skopeo copy"),
        ("docker://alpine", "network.*skopeo copy"),
        ("registry:alpine", "network.*skopeo copy"),
        ("https://example.org/x.tar", "network.*download"),
        ("docker:alpine", "Docker daemon.*docker save -o FILE NAME"),
        ("docker-daemon:alpine:3", "Docker daemon.*docker save -o FILE NAME"),
        ("podman:alpine", "Podman.*podman save -o FILE NAME"),
        ("containers-storage:alpine", "Podman.*podman save -o FILE NAME"),
        ("containerd:alpine", "containerd.*ctr images export FILE NAME"),
        ("registry-storage:alpine", "storage of a registry.*skopeo copy"),
        ("singularity:x", "SIF.*skopeo copy"),
        ("sif:x.sif", "SIF.*skopeo copy"),
        ("docker-archive:nothing.tar", "no such file"),
        ("/nowhere/at/all.tar", "no such file"),
        ("a\0b", "no such file"),
        ("x" * 5000, "no such file"),
    ],
)
def test_what_is_not_there_is_one_clear_line(reference: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as raised:
        open_source(reference)
    assert "\n" not in str(raised.value)


def test_a_file_called_as_standard_input_is_a_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (saved / "docker.tar").rename(saved / "-")
    monkeypatch.chdir(saved)
    for reference in ("./-", "docker-archive:./-:other:2", "./-!other:2"):
        source, _ = open_source(reference)
        with source:
            assert source.kind == "docker-archive"


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("-", None),
        ("-!other:2", "other:2"),
        ("docker-archive:-", None),
        ("docker-archive:-:other:2", "other:2"),
        ("docker-archive:-:@1", "#1"),
    ],
)
def test_an_image_of_standard_input_is_named_as_any(
    reference: str, name: str | None, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.dup
    with (saved / "docker.tar").open("rb") as file:
        monkeypatch.setattr("os.dup", lambda _: real(file.fileno()))
        source, found = open_source(reference)
        with source:
            assert (source.kind, found) == ("docker-archive", name)


def test_an_empty_reference_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        open_source("")


@pytest.mark.parametrize(
    ("reference", "named", "found"),
    [
        ("oci-archive:dir", "oci-archive", "directory"),
        ("docker-archive:dir", "docker-archive", "directory"),
        ("docker-archive:oci.tar", "docker-archive", "oci-archive"),
        ("docker-archive:rootfs.tar", "docker-archive", "rootfs-archive"),
        ("oci:docker.tar", "oci-layout", "docker-archive"),
        ("oci:oci.tar", "oci-layout", "oci-archive"),
        ("dir:layout", "directory", "oci-layout"),
    ],
)
@pytest.mark.usefixtures("saved")
def test_a_wrong_scheme_is_told_with_what_is_there(reference: str, named: str, found: str) -> None:
    with pytest.raises(NotAnImage) as raised:
        contents(reference)
    path = reference.partition(":")[2]
    said = f"{path}: is no {named} but an image of the kind {found}; leave the prefix out"
    assert str(raised.value) == said


@pytest.mark.parametrize(
    "reference",
    ["file:docker.tar", "file://{here}/docker.tar", "file://localhost{here}/%64ocker.tar!other:2"],
)
def test_a_file_url_is_a_path(reference: str, saved: Path) -> None:
    source, name = open_source(reference.format(here=saved))
    with source:
        assert source.kind == "docker-archive"
        assert name == ("other:2" if "!" in reference else None)


def test_a_directory_above_a_layout_names_the_layout(saved: Path) -> None:
    (saved / "above").mkdir()
    (saved / "layout").rename(saved / "above" / "layout")
    with pytest.raises(NotAnImage, match=r"name .*above/layout"):
        open_source(str(saved / "above"))


@pytest.mark.parametrize("prefix", ["", "oci:", "dir:"])
def test_a_folder_that_may_not_be_entered_is_said(
    prefix: str, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "stat", _refuse(saved / "layout", os.stat))
    with pytest.raises(SourceError, match="Permission denied"):
        open_source(f"{prefix}{saved / 'layout'}")


def test_blobs_that_may_not_be_looked_for_are_not_missing(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "stat", _refuse(saved / "layout/blobs", os.stat))
    (artifact,) = contents(saved / "layout").artifacts
    assert artifact.error
    assert "Permission denied" in artifact.reason


def _refuse(folder: Path, real: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    """Return `os.stat` as for one who may not enter a folder; root always may."""

    def stat(path: str | Path, **options: bool) -> os.stat_result:
        if str(path).startswith(f"{folder}/"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    return stat


def test_an_empty_directory_is_no_image(tmp_path: Path) -> None:
    with pytest.raises(
        NotAnImage, match=r"neither an OCI layout nor.*name a directory with index\.json"
    ):
        open_source(str(tmp_path))


def test_a_tar_of_the_folder_instead_of_its_contents_is_not_a_root_filesystem(
    tmp_path: Path,
) -> None:
    path = archives.oci_archive(tmp_path / "x", [IMAGE], prefix="myimage/")
    with pytest.raises(NotAnImage, match="myimage"):
        open_source(str(path))


def test_many_folders_with_documents_cost_one_look(tmp_path: Path) -> None:
    """Each was compared with every name of the archive."""
    files: dict[str, archives.Member] = {f"f{n}/manifest.json": b"" for n in range(3_000)}
    source, _ = open_source(str(archives.write_tar(tmp_path / "x", files)))
    with source:
        assert source.kind == "rootfs-archive"


def test_documents_deep_in_a_root_filesystem_mean_nothing(tmp_path: Path) -> None:
    members: dict[str, archives.Member] = {"etc/passwd": b"", "srv/manifest.json": b"[]"}
    found = contents(archives.write_tar(tmp_path / "x", members))
    assert len(found.images) == 1


def test_every_kind_has_its_own_name_schemes_and_order() -> None:
    names = [kind.name for kind in kinds()]
    schemes = [scheme for kind in kinds() for scheme in kind.schemes]
    orders = [kind.order for kind in kinds()]
    assert len({*names}) == len(names)
    assert len({*schemes}) == len(schemes)
    assert orders == sorted({*orders})
    assert names[-1] == "rootfs-archive"


def _image(*names: str, digest: str = "0" * 64, platform: Platform | None = None) -> StoredImage:
    config = archives.dump({"os": "linux", "architecture": "s390x"})
    return StoredImage(
        names=names,
        layers=(),
        config=StoredDocument(config, Digest(f"sha256:{digest}")),
        platform=platform,
    )


ALPINE = _image("docker.io/library/alpine:3.19")
LATEST = _image("alpine:latest", platform=Platform(os="linux", architecture="amd64"))
TEAM = _image("team/app:1", "v1", platform=Platform(os="linux", architecture="arm64", variant="v8"))
ARM = _image("team/app:1", platform=Platform(os="linux", architecture="arm64"))
HASH = "abcdef012345" + "6" * 52


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alpine", [LATEST]),
        ("docker.io/alpine", [LATEST]),
        ("library/alpine:3.19", [ALPINE]),
        ("alpine:3.19", [ALPINE]),
        ("v1", [TEAM]),
        ("docker.io/team/app:1", [TEAM, ARM]),
        ("#1", [LATEST]),
    ],
)
def test_a_name_is_matched_as_docker_expands_it(name: str, expected: list[StoredImage]) -> None:
    assert list(select((ALPINE, LATEST, TEAM, ARM), name)) == expected


def test_without_a_name_all_are_meant() -> None:
    assert select((ALPINE, TEAM)) == (ALPINE, TEAM)


def test_an_image_is_found_by_its_digest() -> None:
    own = _image(digest=HASH)
    for text in (f"sha256:{HASH}", HASH, HASH[:12], f"team/app@sha256:{HASH}"):
        assert select((ALPINE, own), text) == (own,)


@pytest.mark.parametrize("name", ["#99", "alpine:9", "abcdef012345", "", "#x", "(", "a" * 10000])
def test_no_match_lists_what_there_is(name: str) -> None:
    many = tuple(_image(f"team/app:{number}") for number in range(1000))
    with pytest.raises(ImageNotFound, match="team/app:0") as raised:
        select((*many[:30], TEAM), name)
    assert len(str(raised.value)) < 2000


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux/arm64", [TEAM, ARM]),
        ("linux/arm64/v8", [TEAM, ARM]),
        ("linux/s390x", [ALPINE]),
        ("linux/amd64", [LATEST]),
    ],
)
def test_a_platform_is_that_of_the_index_else_of_the_config(
    platform: str, expected: list[StoredImage]
) -> None:
    assert list(select((ALPINE, LATEST, TEAM, ARM), None, platform)) == expected


def test_a_platform_that_is_not_there_lists_the_others() -> None:
    with pytest.raises(ImageNotFound, match="there are: linux/s390x, linux/amd64"):
        select((ALPINE, LATEST), None, "windows/amd64")


@pytest.mark.parametrize("platform", ["linux", "", "a/b/c/d", "linux/"])
def test_a_platform_in_another_spelling_is_a_usage_error(platform: str) -> None:
    with pytest.raises(UsageError):
        select((ALPINE,), None, platform)


def test_an_image_whose_config_cannot_be_read_has_no_platform() -> None:
    odd = StoredImage(names=("x",), layers=(), config=StoredDocument(b"null"))
    for image in (odd, StoredImage(names=("x",), layers=())):
        with pytest.raises(ImageNotFound, match="unknown/unknown"):
            select((image,), None, "linux/amd64")


def test_an_unclosed_source_of_a_broken_image_is_closed(tmp_path: Path) -> None:
    """Warnings are errors here: a file left open would fail this test."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("folder/oci-layout"))
    (tmp_path / "x").write_bytes(out.getvalue())
    with pytest.raises(NotAnImage):
        open_source(str(tmp_path / "x"))


def test_one_platform_of_a_saved_index_is_picked(tmp_path: Path) -> None:
    images = [Image([LOWER], {"architecture": name}, [name]) for name in ("amd64", "arm64")]
    path = archives.oci_archive(tmp_path / "x", images, Layout(nested=1))
    (chosen,) = select(contents(path).images, None, "linux/arm64")
    assert chosen.names == ("arm64",)

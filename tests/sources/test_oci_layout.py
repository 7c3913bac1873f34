"""OCI layouts: indexes of all shapes, and what is no image or not there."""

import base64
import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.errors import MalformedImage, NotAnImage
from ocianalyze.limits import Limits
from ocianalyze.model.document import read_config
from tests import archives
from tests.archives import OCI, Files, Image, Layout
from tests.sources.samples import IMAGE, LOWER, OTHER, UPPER, codes, contents, layers, read

AMD = Image([LOWER], {"config": {"User": "a"}, "architecture": "amd64"}, [])
ARM = Image([LOWER], {"config": {"User": "b"}, "architecture": "arm64", "variant": "v8"}, [])


def _saved(path: Path, files: Files, *entries: dict[str, Any]) -> Path:
    return archives.write_folder(path, archives.finish_layout(files, entries))


def _manifest(files: Files, layers: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    config = archives.blob(files, IMAGE.config_bytes, f"{OCI}config.v1+json")
    document = {"schemaVersion": 2, "config": config, "layers": layers} | fields
    return archives.blob(files, archives.dump(document), f"{OCI}manifest.v1+json")


@pytest.mark.parametrize(
    "order", [*permutations(["index.json", "oci-layout", "blobs"])], ids="-".join
)
def test_the_order_of_members_means_nothing(order: tuple[str, ...], tmp_path: Path) -> None:
    files = archives.files_oci([IMAGE], Layout(layers="none"))
    ordered = {
        name: files[name] for first in order for name in files if name.partition("/")[0] == first
    }
    assert layers(archives.write_tar(tmp_path / "image", ordered)) == IMAGE.layers


def test_every_platform_of_an_index_is_an_image_with_the_name_of_the_index(tmp_path: Path) -> None:
    files: Files = {}
    index = archives.add_index(files, [archives.add_image(files, image) for image in (AMD, ARM)])
    named = index | {"annotations": {"org.opencontainers.image.ref.name": "multi"}}
    found = contents(_saved(tmp_path / "layout", files, named)).images
    assert [str(image.platform) for image in found] == ["linux/amd64", "linux/arm64/v8"]
    assert {image.names for image in found} == {("multi",)}
    assert {image.index_digest for image in found} == {index["digest"]}


def test_an_image_with_two_names_is_one_image(tmp_path: Path) -> None:
    path = archives.oci_layout(tmp_path / "layout", [Image([LOWER], {}, ["a", "b"])])
    assert [image.names for image in contents(path).images] == [("a", "b")]


def test_an_image_without_a_name_is_an_image(tmp_path: Path) -> None:
    path = archives.oci_layout(tmp_path / "layout", [IMAGE, OTHER], Layout(named=False))
    assert [image.names for image in contents(path).images] == [(), ()]


def test_attestations_belong_to_the_image_they_are_about(tmp_path: Path) -> None:
    """An attestation manifest has the media type of an image and must not be taken for one."""
    path = archives.oci_layout(tmp_path / "x", [IMAGE, OTHER], Layout(nested=1, attestation=True))
    found = contents(path)
    assert [len(image.attestations) for image in found.images] == [1, 1]
    assert not found.artifacts
    assert b"in-toto" in found.images[0].attestations[0].data
    (statement,) = found.images[0].statements
    assert (statement.media_type, statement.predicate) == ("application/vnd.in-toto+json", "")
    assert statement.blob
    assert statement.blob.size == statement.size


def test_an_attestation_about_nothing_here_is_an_artifact(tmp_path: Path) -> None:
    files: Files = {}
    orphan = archives.add_attestation(files, f"sha256:{'0' * 64}")
    found = contents(_saved(tmp_path / "x", files, archives.add_image(files, AMD), orphan))
    assert len(found.images) == 1
    assert [(x.error, "attestation" in x.reason) for x in found.artifacts] == [(False, True)]


@pytest.mark.parametrize("keep_manifest", [False, True], ids=["no-manifest", "manifest-alone"])
def test_a_platform_left_out_of_a_save_is_no_error(keep_manifest: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """`docker save` and `ctr images export` list all platforms and hold one."""
    files: Files = {}
    here = archives.add_image(files, AMD)
    there: Files = {}
    absent = archives.add_image(there, Image([UPPER], ARM.config))
    if keep_manifest:
        name = f"blobs/sha256/{absent['digest'][7:]}"
        files[name] = there[name]
    path = _saved(tmp_path / "x", files, archives.add_index(files, [absent, here]))
    found = contents(path)
    assert [str(image.platform) for image in found.images] == ["linux/amd64"]
    (artifact,) = found.artifacts
    assert (artifact.name, artifact.reason, artifact.error) == (
        "linux/arm64/v8",
        "not in the archive",
        False,
    )


def test_a_manifest_that_the_layout_itself_lists_must_be_there(tmp_path: Path) -> None:
    files: Files = {}
    absent = archives.add_image({}, ARM)
    found = contents(_saved(tmp_path / "x", files, archives.add_image(files, AMD), absent))
    assert len(found.images) == 1
    assert [(x.reason, x.error) for x in found.artifacts] == [("manifest is missing", True)]


def test_an_index_of_which_nothing_is_there_is_an_error(tmp_path: Path) -> None:
    files: Files = {}
    index = archives.add_index(files, [archives.add_image({}, AMD), archives.add_image({}, ARM)])
    found = contents(_saved(tmp_path / "x", files, index))
    assert [artifact.error for artifact in found.artifacts] == [True, True]


@pytest.mark.parametrize(
    ("media_type", "stored", "absent"),
    [
        (f"{OCI}layer.v1.tar", False, "missing"),
        (f"{OCI}layer.nondistributable.v1.tar+gzip", False, "foreign"),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", False, "foreign"),
        (f"{OCI}layer.nondistributable.v1.tar", True, ""),
        (f"{OCI}layer.v1.tar+gzip+encrypted", True, "encrypted"),
        (f"{OCI}layer.v1.tar+encrypted", False, "encrypted"),
    ],
    ids=["missing", "foreign", "docker-foreign", "foreign-here", "encrypted", "encrypted-absent"],
)
def test_a_layer_that_cannot_be_read_says_why(
    media_type: str,
    stored: bool,  # noqa: FBT001
    absent: str,
    tmp_path: Path,
) -> None:
    files: Files = {}
    lower = archives.blob(files, LOWER, f"{OCI}layer.v1.tar")
    upper = archives.blob(files if stored else {}, UPPER, media_type)
    (image,) = contents(_saved(tmp_path / "x", files, _manifest(files, [lower, upper]))).images
    assert [layer.absent for layer in image.layers] == ["", absent]
    assert (image.layers[1].blob is None) is bool(absent)
    assert image.layers[1].digest == archives.digest(UPPER)


def test_what_a_descriptor_embeds_needs_no_blob(tmp_path: Path) -> None:
    files: Files = {}
    layer = archives.blob({}, LOWER, f"{OCI}layer.v1.tar")
    layer["data"] = base64.b64encode(LOWER).decode()
    manifest = _manifest(files, [layer])
    data = files.pop(f"blobs/sha256/{manifest['digest'][7:]}")
    manifest["data"] = base64.b64encode(data).decode()
    path = _saved(tmp_path / "x", files, manifest)
    assert layers(path) == [LOWER]


def test_embedded_data_that_is_no_base64_counts_as_absent(tmp_path: Path) -> None:
    files: Files = {}
    layer = archives.blob(files, LOWER, f"{OCI}layer.v1.tar") | {"data": "###"}
    assert layers(_saved(tmp_path / "x", files, _manifest(files, [layer]))) == [LOWER]


def _helm(files: Files) -> dict[str, Any]:
    config = archives.blob(files, b"{}", "application/vnd.cncf.helm.config.v1+json")
    layer = archives.blob(files, b"chart", "application/vnd.cncf.helm.chart.content.v1.tar+gzip")
    return _manifest(files, [layer], config=config)


def _signature(files: Files) -> dict[str, Any]:
    kind = "application/vnd.dev.cosign.simplesigning.v1+json"
    return _manifest(files, [archives.blob(files, b"{}", kind)])


def _unknown(files: Files) -> dict[str, Any]:
    return archives.blob(files, b"{}", "application/x-unknown")


def _bare(files: Files) -> dict[str, Any]:
    document = {"schemaVersion": 2, "artifactType": "application/x-thing", "layers": []}
    return archives.blob(files, archives.dump(document), f"{OCI}manifest.v1+json")


@pytest.mark.parametrize("make", [_helm, _signature, _unknown, _bare])
def test_what_is_no_image_is_an_artifact_with_its_type(make: Any, tmp_path: Path) -> None:
    files: Files = {}
    found = contents(_saved(tmp_path / "x", files, archives.add_image(files, AMD), make(files)))
    assert len(found.images) == 1
    (artifact,) = found.artifacts
    assert not artifact.error
    assert "application/" in artifact.reason


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[]",
        b'{"config":7}',
        b'{"config":{"digest":"sha256:../../etc/passwd","size":1}}',
        b"[" * 100_000,
    ],
    ids=["empty", "null", "list", "config", "digest-path", "deep"],
)
def test_a_broken_manifest_does_not_hide_the_other_images(document: bytes, tmp_path: Path) -> None:
    files: Files = {}
    broken = archives.blob(files, document, f"{OCI}manifest.v1+json")
    found = contents(_saved(tmp_path / "x", files, broken, archives.add_image(files, AMD)))
    assert len(found.images) == 1
    assert [artifact.error for artifact in found.artifacts] == [True]


@pytest.mark.parametrize(
    "entry",
    [None, {}, {"digest": "sha256:zz", "size": 1}, {"digest": "../../x", "size": 1}],
    ids=["null", "empty", "digest", "path"],
)
def test_a_broken_descriptor_does_not_hide_the_other_images(entry: Any, tmp_path: Path) -> None:
    files: Files = {}
    found = contents(_saved(tmp_path / "x", files, entry, archives.add_image(files, AMD)))
    assert len(found.images) == 1
    assert [artifact.error for artifact in found.artifacts] == [True]


@pytest.mark.parametrize(
    ("index", "error"),
    [
        (b"foobar", MalformedImage),
        (b"null", MalformedImage),
        (b"{}", MalformedImage),
        (b'{"manifests":7}', MalformedImage),
        (b'{"manifests":[]}', NotAnImage),
        (b'{"manifests":null}', NotAnImage),
        (None, MalformedImage),
    ],
    ids=["no-json", "null", "no-manifests", "number", "empty", "null-list", "absent"],
)
def test_a_layout_without_a_readable_index_is_an_error(
    index: bytes | None, error: type[Exception], tmp_path: Path
) -> None:
    files = archives.files_oci([IMAGE])
    del files["index.json"]
    path = archives.write_folder(tmp_path, files | ({"index.json": index} if index else {}))
    with pytest.raises(error):
        contents(path)


def test_an_index_that_is_a_directory_is_an_error(tmp_path: Path) -> None:
    path = archives.write_folder(tmp_path, {"oci-layout": b"{}", "index.json/x": b""})
    with pytest.raises(MalformedImage, match=r"index\.json"):
        contents(path)


def test_a_schema_1_manifest_is_read_with_its_own_config(tmp_path: Path) -> None:
    """Lists are top first; a throwaway step has no layer."""
    files: Files = {}
    stored = [archives.blob(files, x, "")["digest"] for x in (UPPER, b"empty", LOWER)]
    steps = [
        {"id": "c", "config": {"User": "app"}, "architecture": "amd64", "os": "linux"},
        {"id": "b", "throwaway": True, "container_config": {"Cmd": ["ENV A=b"]}},
        {"id": "a", "container_config": {"Cmd": ["/bin/sh", "-c", "ADD x"]}},
    ]
    document = {
        "schemaVersion": 1,
        "name": "team/app",
        "tag": "1",
        "fsLayers": [{"blobSum": digest} for digest in stored],
        "history": [{"v1Compatibility": json.dumps(step)} for step in steps],
    }
    kind = "application/vnd.docker.distribution.manifest.v1+prettyjws"
    entry = archives.blob(files, archives.dump(document), kind)
    path = _saved(tmp_path / "x", files, entry)
    assert layers(path) == [LOWER, UPPER]
    assert codes(path) == ["image.schema1"]
    (image,) = contents(path).images
    assert image.config is not None
    config, _ = read_config(image.config.data, Limits())
    assert config is not None
    assert (config.config.user, image.names) == ("app", ("team/app:1",))
    assert [step.empty_layer for step in config.history] == [False, True, False]


@pytest.mark.parametrize(
    "fields",
    [{}, {"fsLayers": [{}], "history": []}, {"fsLayers": [{}], "history": [{}]}],
    ids=["nothing", "counts", "no-text"],
)
def test_a_broken_schema_1_manifest_is_an_artifact(fields: Any, tmp_path: Path) -> None:
    files: Files = {}
    kind = "application/vnd.docker.distribution.manifest.v1+json"
    entry = archives.blob(files, archives.dump({"schemaVersion": 1} | fields), kind)
    found = contents(_saved(tmp_path / "x", files, entry))
    assert [artifact.error for artifact in found.artifacts] == [True]


def test_a_blob_that_is_no_regular_file_is_missing(tmp_path: Path) -> None:
    """A FIFO would wait for ever, a device never end."""
    path = archives.oci_layout(tmp_path / "x", [Image([LOWER], {}, [])], Layout(layers="none"))
    blob = path / "blobs" / "sha256" / archives.digest(LOWER)[7:]
    blob.unlink()
    blob.symlink_to("/dev/zero")
    (image,) = contents(path).images
    assert [layer.absent for layer in image.layers] == ["missing"]


def test_a_blob_behind_a_link_is_read_as_build_systems_write_it(tmp_path: Path) -> None:
    path = archives.oci_layout(tmp_path / "x", [Image([LOWER], {}, [])], Layout(layers="none"))
    blob = path / "blobs" / "sha256" / archives.digest(LOWER)[7:]
    blob.rename(tmp_path / "store")
    blob.symlink_to(tmp_path / "store")
    assert read(contents(path).images[0].layers[0].blob) == LOWER


def test_what_is_about_an_index_is_kept_once_for_all_its_images(tmp_path: Path) -> None:
    """Thousands of images with a thousand statements each would fill memory."""
    files: Files = {}
    index = archives.add_index(files, [archives.add_image(files, x) for x in (AMD, ARM)])
    layer = archives.blob(files, b"{}", "text/spdx+json")
    artifact = _manifest(files, [layer], artifactType="text/spdx+json", subject=index)
    found = contents(_saved(tmp_path / "x", files, index, artifact)).images
    first, second = (image.statements for image in found)
    assert [one.index for one in first] == [index["digest"]]
    assert first[0] is second[0]

"""skopeo's dir: one manifest or a list of them, blobs by the hex of their digest."""

import json
from pathlib import Path

import pytest

from ocianalyze.errors import MalformedImage, NotAnImage
from tests import archives
from tests.archives import Image, Layout
from tests.sources.samples import IMAGE, LOWER, contents, layers


def test_layers_may_have_the_ending_of_version_1_0(tmp_path: Path) -> None:
    files = archives.files_directory(Image([LOWER], {}, []), Layout(layers="none"))
    name = archives.digest(LOWER)[7:]
    files[f"{name}.tar"] = files.pop(name)
    assert layers(archives.write_folder(tmp_path, files)) == [LOWER]


def test_a_list_of_manifests_holds_every_platform(tmp_path: Path) -> None:
    """`skopeo copy --all` names the manifests `<hex>.manifest.json`."""
    files: archives.Files = {}
    entries = []
    for architecture in ("amd64", "arm64"):
        image = Image([LOWER], {"architecture": architecture}, [])
        entries.append(archives.add_image(files, image))
    flat = {name.rpartition("/")[2]: data for name, data in files.items()}
    for entry in entries:
        flat[f"{entry['digest'][7:]}.manifest.json"] = flat.pop(entry["digest"][7:])
    flat["manifest.json"] = archives.dump({"schemaVersion": 2, "manifests": entries})
    found = contents(archives.write_folder(tmp_path, flat)).images
    assert [str(image.platform) for image in found] == ["linux/amd64", "linux/arm64"]


def test_an_unpacked_docker_archive_is_told_with_what_helps(tmp_path: Path) -> None:
    files = {"manifest.json": archives.dump([{"Config": "c.json", "Layers": []}])}
    path = archives.write_folder(tmp_path / "unpacked", files)
    for reference in (str(path), f"dir:{path}"):
        with pytest.raises(NotAnImage, match=r"unpacked docker save .*; .*pack it again: tar -C"):
            contents(reference)


@pytest.mark.parametrize("manifest", [b"null", b"x"], ids=["null", "no-json"])
def test_a_broken_manifest_is_an_error(manifest: bytes, tmp_path: Path) -> None:
    path = archives.write_folder(tmp_path, {"manifest.json": manifest})
    with pytest.raises(MalformedImage, match=r"manifest\.json"):
        contents(path)


def test_the_prefix_for_a_directory_refuses_a_file(tmp_path: Path) -> None:
    path = archives.docker_archive(tmp_path / "image", [IMAGE])
    with pytest.raises(NotAnImage, match="directory"):
        contents(f"dir:{path}")


def test_the_empty_layer_of_a_schema_1_manifest_is_named_by_it(tmp_path: Path) -> None:
    """`skopeo copy --format v2s1` writes it; its steps are throwaway."""
    files: archives.Files = {}
    stored = [archives.blob(files, data, "")["digest"] for data in (b"empty", LOWER)]
    steps = [{"id": "b", "throwaway": True}, {"id": "a"}]
    document = {
        "schemaVersion": 1,
        "fsLayers": [{"blobSum": digest} for digest in stored],
        "history": [{"v1Compatibility": json.dumps(step)} for step in steps],
    }
    flat = {name.rpartition("/")[2]: data for name, data in files.items()}
    path = archives.write_folder(tmp_path, flat | {"manifest.json": archives.dump(document)})
    assert layers(path) == [LOWER]
    assert not contents(path).unreferenced

"""Documents of an image that name something twice: the image that runtimes run is what is read."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import archives
from tests.archives import Image, Layout
from tests.sources.samples import IMAGE, LOWER, UPPER, codes, contents, layers

_GOOD = Image([LOWER], {"config": {"User": "1000"}}, ["team/app:1.4"])
_PLAIN = Layout(layers="none")
_TOLD = {"image.config-case", "image.repeated-name"}


def _with(document: bytes, **members: object) -> bytes:
    """Add members to an object's end; `s_` stands for the letter that is like an s."""
    more = {name.replace("s_", "\u017f"): value for name, value in members.items()}
    return document[:-1] + b"," + archives.dump(more)[1:]


def _layout() -> tuple[archives.Files, bytes]:
    """Return a layout of an image, and its manifest with the parts of another beside its own."""
    files: archives.Files = {}
    good, evil = (archives.add_image(files, image, _PLAIN) for image in (_GOOD, IMAGE))
    both = [json.loads(_blob(files, one)) for one in (good, evil)]
    more = {name.replace("s", "\u017f"): both[1]["config"][name] for name in ("digest", "size")}
    manifest = both[0] | {"config": both[0]["config"] | more}
    return files, _with(archives.dump(manifest), layers_=both[1]["layers"])


def _blob(files: archives.Files, descriptor: dict[str, str]) -> bytes:
    data = files[f"blobs/sha256/{descriptor['digest'][7:]}"]
    assert isinstance(data, bytes)
    return data


def _written(path: Path) -> Path:
    files, manifest = _layout()
    kind = "application/vnd.oci.image.manifest.v1+json"
    return archives.write_folder(
        path, archives.finish_layout(files, [archives.blob(files, manifest, kind)])
    )


def test_layers_and_config_of_a_manifest_are_those_that_run(tmp_path: Path) -> None:
    path = _written(tmp_path)
    assert layers(path) == [LOWER, UPPER]
    (image,) = contents(path).images
    assert image.config is not None
    assert image.config.data == IMAGE.config_bytes
    assert {*codes(path)} == _TOLD | {"archive.unreferenced"}


@pytest.mark.oracle
def test_skopeo_names_the_same_layers(tool: Callable[[str], str], tmp_path: Path) -> None:
    path = _written(tmp_path)
    words = [tool("skopeo"), "inspect", f"oci:{path}"]
    told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    (image,) = contents(path).images
    assert told["Layers"] == [layer.digest for layer in image.layers]


@pytest.mark.parametrize("name", ["manifests_", "Manifests"])
@pytest.mark.parametrize("nested", [False, True])
def test_an_index_lists_what_runtimes_find(name: str, nested: bool, tmp_path: Path) -> None:  # noqa: FBT001
    files: archives.Files = {}
    good, evil = (archives.add_image(files, image, _PLAIN) for image in (_GOOD, IMAGE))
    archives.finish_layout(files, [good])
    index = files["index.json"]
    assert isinstance(index, bytes)
    index = _with(index, **{name: [evil]})
    if nested:
        kind = "application/vnd.oci.image.index.v1+json"
        archives.finish_layout(files, [archives.blob(files, index, kind)])
    else:
        files["index.json"] = index
    path = archives.write_folder(tmp_path, files)
    assert layers(path) == [LOWER, UPPER]
    assert {*codes(path)} >= _TOLD


def test_an_index_without_media_type_is_one_whatever_the_case(tmp_path: Path) -> None:
    files: archives.Files = {}
    index = archives.dump({"Manifest\u017f": [archives.add_image(files, IMAGE, _PLAIN)]})
    archives.finish_layout(files, [archives.blob(files, index, "")])
    assert layers(archives.write_folder(tmp_path, files)) == [LOWER, UPPER]


@pytest.mark.parametrize("name", ["Layers_", "layers", "Layers"])
def test_manifest_json_lists_the_layers_that_are_loaded(name: str, tmp_path: Path) -> None:
    files = archives.files_docker([IMAGE])
    (entry,) = json.loads(files["manifest.json"])  # type: ignore[arg-type]
    short = archives.dump(entry | {"Layers": entry["Layers"][:1]})
    files["manifest.json"] = b"[" + _with(short, **{name: entry["Layers"]}) + b"]"
    path = archives.write_tar(tmp_path / "image", files)
    assert layers(path) == [LOWER, UPPER]
    assert "image.repeated-name" in codes(path)


def test_a_folder_of_skopeo_is_an_index_whatever_the_case(tmp_path: Path) -> None:
    files: archives.Files = {}
    entry = archives.add_image(files, IMAGE, _PLAIN)
    flat = {name.rpartition("/")[2]: data for name, data in files.items()}
    flat["manifest.json"] = archives.dump({"MANIFESTS": [entry]})
    assert layers(archives.write_folder(tmp_path, flat)) == [LOWER, UPPER]


def test_documents_of_layers_and_repositories_of_old_docker(tmp_path: Path) -> None:
    files = archives.files_legacy([Image([LOWER], {"config": {"User": "1000"}}, ["a:1"])])
    name = next(name for name in files if name.endswith("/json"))
    document, table = files[name], files["repositories"]
    assert isinstance(document, bytes)
    assert isinstance(table, bytes)
    files[name] = _with(document, config={"Us_er".replace("s_", "\u017f"): "0"})
    top = name.partition("/")[0]
    files["repositories"] = _with(table, a={"1": "none", "2": top}).replace(
        b'"none"', f'"none","1":"{top}"'.encode()
    )
    path = archives.write_tar(tmp_path / "image", files)
    (image,) = contents(path).images
    assert image.names == ("a:1", "a:2")
    assert image.config is not None
    assert json.loads(image.config.data)["config"] == {"User": "0"}
    assert {*codes(path)} == _TOLD


def test_a_schema_1_manifest_is_one_whatever_the_case(tmp_path: Path) -> None:
    files: archives.Files = {}
    layer = archives.blob(files, LOWER, "")["digest"]
    step = archives.dump({"Config": {"user": "0"}}).decode()
    manifest = {
        "SchemaVersion": 1,
        "FSLayers": [{"BlobSum": layer}],
        "History": [{"V1Compatibility": step}],
    }
    archives.finish_layout(files, [archives.blob(files, archives.dump(manifest), "")])
    path = archives.write_folder(tmp_path, files)
    (image,) = contents(path).images
    assert image.config is not None
    assert json.loads(image.config.data)["config"] == {"User": "0"}
    assert {*codes(path)} == {"image.schema1", "image.config-case"}

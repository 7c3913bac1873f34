"""Docker archives: links, generations, and manifests that disagree."""

import hashlib
import json
from pathlib import Path

import pytest

from ocianalyze.errors import MalformedImage, NotAnImage
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.document import read_config
from ocianalyze.sources import open_source
from tests import archives
from tests.archives import Image, Layout, Link, Member
from tests.sources.samples import IMAGE, LOWER, OTHER, UPPER, codes, contents, layers


@pytest.mark.parametrize("hard", [False, True], ids=["symbolic", "hard"])
def test_a_layer_stored_once_is_found_through_links(hard: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Docker saved a layer that two images share as `../<other>/layer.tar`."""
    files = archives.files_docker([IMAGE])
    manifest = json.loads(files["manifest.json"])  # type: ignore[arg-type]
    first = manifest[0]["Layers"][0]
    files["copy/layer.tar"] = Link(first if hard else f"../{first}", hard=hard)
    manifest[0]["Layers"][0] = "copy/layer.tar"
    path = archives.write_tar(
        tmp_path / "image", files | {"manifest.json": archives.dump(manifest)}
    )
    assert layers(path) == IMAGE.layers


@pytest.mark.parametrize(
    "links",
    [
        {"a": Link("b"), "b": Link("a")},
        {"a": Link("a")},
        {"a": Link("../../../../etc/passwd")},
        {"a": Link("/etc/passwd")},
        {"a": None},
        {},
    ],
    ids=["loop", "itself", "escape", "absolute", "directory", "absent"],
)
def test_a_layer_that_leads_nowhere_is_missing(links: dict[str, Link], tmp_path: Path) -> None:
    """Links never leave the archive, and never run in circles."""
    files = archives.files_docker([IMAGE]) | links
    manifest = json.loads(files["manifest.json"])  # type: ignore[arg-type]
    manifest[0]["Layers"][1] = "a"
    files["manifest.json"] = archives.dump(manifest)
    (image,) = contents(archives.write_tar(tmp_path / "image", files)).images
    assert [layer.absent for layer in image.layers] == ["", "missing"]
    assert image.layers[1].blob is None


def test_of_two_members_with_one_name_the_last_counts(tmp_path: Path) -> None:
    """As `docker load` extracts them; the archive is odd for it."""
    path = tmp_path / "image"
    first = archives.tar(archives.files_docker([OTHER]))
    end = first.rstrip(b"\0")
    padded = end + bytes(-len(end) % 512)
    path.write_bytes(padded + archives.tar(archives.files_docker([IMAGE])))
    found = contents(path)
    assert found.images[0].names == ("team/app:1.4",)
    (odd,) = (odd for odd in found.anomalies if odd.path == b"manifest.json")
    assert odd.code == "tar.members-differ"
    assert "the last one counts, as for docker load" in odd.detail
    assert odd.detail.endswith("which may name other images")


@pytest.mark.parametrize(
    ("first", "code"),
    [
        pytest.param(b"layer", "tar.duplicate", id="equal"),
        pytest.param(b"Layer", "tar.members-differ", id="other-bytes"),
        pytest.param(b"lay", "tar.members-differ", id="shorter"),
        pytest.param(Link("x"), "tar.members-differ", id="link"),
    ],
)
def test_a_member_that_is_there_twice_is_worse_when_readers_see_different_ones(
    first: Member, code: str, tmp_path: Path
) -> None:
    """The difference is in the last of many bytes."""
    size = 3 << 20
    long = first.rjust(size, b"x") if isinstance(first, bytes) and len(first) > 3 else first
    members = archives.tar({"data": long}).rstrip(b"\0")
    padded = members + bytes(-len(members) % 512)
    files = archives.files_docker([IMAGE]) | {"data": b"layer".rjust(size, b"x")}
    path = tmp_path / "image"
    path.write_bytes(padded + archives.tar(files))
    assert [odd.code for odd in contents(path).anomalies] == [code, "archive.unreferenced"]


def test_a_legacy_chain_becomes_a_config_with_the_steps_of_its_parents(tmp_path: Path) -> None:
    """`container_config` says what a step ran, and nothing about how the image runs."""
    path = archives.docker_legacy(tmp_path / "image", [IMAGE])
    document = contents(path).images[0].config
    assert document is not None
    config, anomalies = read_config(document.data, DEFAULT)
    assert config is not None
    assert not anomalies
    assert config.config.user == "app"
    assert [step.created_by for step in config.history] == [
        "/bin/sh -c step 0",
        "/bin/sh -c step 1",
    ]
    assert str(config.platform) == "linux/amd64"


@pytest.mark.parametrize("repositories", [None, b"{}"], ids=["absent", "empty"])
def test_a_legacy_archive_without_names_is_read_from_its_tops(
    repositories: bytes | None, tmp_path: Path
) -> None:
    files = archives.files_legacy([IMAGE])
    del files["repositories"]
    if repositories is not None:
        files["repositories"] = repositories
    path = archives.write_tar(tmp_path / "image", files)
    assert layers(path) == IMAGE.layers
    assert contents(path).images[0].names == ()


def test_a_legacy_chain_whose_parent_is_gone_has_a_missing_layer(tmp_path: Path) -> None:
    files = archives.files_legacy([IMAGE])
    lowest = next(iter(files)).partition("/")[0]
    kept = {name: data for name, data in files.items() if not name.startswith(lowest)}
    path = archives.write_tar(tmp_path / "image", kept)
    (image,) = contents(path).images
    assert [layer.absent for layer in image.layers] == ["missing", ""]
    assert "image.layer-absent" in codes(path)


@pytest.mark.parametrize("parent", ["self", 7], ids=["loop", "number"])
def test_a_legacy_chain_that_never_ends_is_no_image(parent: object, tmp_path: Path) -> None:
    files = archives.files_legacy([OTHER])
    name = next(name for name in files if name.endswith("/json"))
    own = name.partition("/")[0]
    files[name] = archives.dump({"parent": own if parent == "self" else parent})
    found = contents(archives.write_tar(tmp_path / "image", files))
    assert not found.images
    assert [artifact.error for artifact in found.artifacts] == [True]


def test_images_that_only_the_index_lists_are_images_too(tmp_path: Path) -> None:
    """`ctr images export` of several platforms names one of them in manifest.json."""
    files = archives.files_modern([IMAGE, OTHER])
    entries = json.loads(files["manifest.json"])[:1]
    path = archives.write_tar(tmp_path / "image", files | {"manifest.json": archives.dump(entries)})
    assert [image.names for image in contents(path).images] == [("team/app:1.4",), ("other:2",)]


def test_containerds_whole_name_and_dockers_short_one_are_one_name(tmp_path: Path) -> None:
    files = archives.files_modern([Image([LOWER], {}, ["alpine:3.19"])])
    index = json.loads(files["index.json"])
    index["manifests"][0]["annotations"] = {
        "io.containerd.image.name": "docker.io/library/alpine:3.19",
        "org.opencontainers.image.ref.name": "3.19",
    }
    path = archives.write_tar(tmp_path / "image", files | {"index.json": archives.dump(index)})
    assert contents(path).images[0].names == ("alpine:3.19",)


def test_manifests_that_list_other_layers_are_said_to_disagree(tmp_path: Path) -> None:
    """`docker load` runs what manifest.json says, so those layers are analysed."""
    files = archives.files_modern([IMAGE])
    evil = archives.tar({"etc/shadow": b"root::0:"})
    files[f"blobs/sha256/{archives.digest(evil)[7:]}"] = evil
    entries = json.loads(files["manifest.json"])
    entries[0]["Layers"][1] = f"blobs/sha256/{archives.digest(evil)[7:]}"
    path = archives.write_tar(tmp_path / "image", files | {"manifest.json": archives.dump(entries)})
    assert layers(path) == [LOWER, evil]
    assert codes(path) == ["image.manifests-disagree"]


def test_an_index_of_another_image_disagrees_and_is_read_too(tmp_path: Path) -> None:
    files = archives.files_modern([IMAGE])
    entries = archives.files_modern([OTHER])
    path = archives.write_tar(
        tmp_path / "image", entries | files | {"manifest.json": entries["manifest.json"]}
    )
    assert [image.names for image in contents(path).images] == [("other:2",), ("team/app:1.4",)]
    assert codes(path) == ["image.manifests-disagree"]


def test_a_broken_index_beside_a_good_manifest_is_an_anomaly(tmp_path: Path) -> None:
    files = archives.files_modern([IMAGE]) | {"index.json": b"{"}
    path = archives.write_tar(tmp_path / "image", files)
    assert layers(path) == [LOWER, UPPER]
    assert codes(path) == ["image.manifests-disagree"]


def test_an_index_that_lists_nothing_is_that_of_an_image_without_a_name(tmp_path: Path) -> None:
    """`docker save <id>` since 25 writes `"manifests": null`."""
    files = archives.files_modern([IMAGE], Layout(layers="none"))
    files["index.json"] = archives.dump({"schemaVersion": 2, "manifests": None})
    path = archives.write_tar(tmp_path / "image", files)
    assert layers(path) == IMAGE.layers
    assert codes(path) == []


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        (b"null", MalformedImage),
        (b"{}", MalformedImage),
        (b"[", MalformedImage),
        (b"", MalformedImage),
        (b"[]", NotAnImage),
        (b"\xff\xfe", MalformedImage),
    ],
    ids=["null", "object", "cut", "empty", "empty-list", "no-text"],
)
def test_a_broken_manifest_is_never_read_as_a_root_filesystem(
    manifest: bytes, error: type[Exception], tmp_path: Path
) -> None:
    """An image that hides as a harmless file tree would pass every control."""
    members = {"etc/": None, "etc/passwd": b"root:x:0:0", "manifest.json": manifest}
    path = archives.write_tar(tmp_path / "image", members)
    with pytest.raises(error, match=r"manifest\.json"):
        contents(path)
    assert len(contents(f"rootfs:{path}").images) == 1


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        {"Config": 7},
        {"Config": "x", "Layers": "y"},
        {"Config": "x", "Layers": [{}]},
        {"Config": "x", "Layers": ["y"] * 1001},
    ],
    ids=["null", "number", "config", "layers", "layer", "too-many-layers"],
)
def test_a_broken_entry_does_not_hide_the_other_images(entry: object, tmp_path: Path) -> None:
    files = archives.files_docker([IMAGE])
    entries = [entry, *json.loads(files["manifest.json"])]  # type: ignore[arg-type]
    path = archives.write_tar(tmp_path / "image", files | {"manifest.json": archives.dump(entries)})
    found = contents(path)
    assert [image.names for image in found.images] == [("team/app:1.4",)]
    assert [artifact.error for artifact in found.artifacts] == [True]


def test_fields_are_found_whatever_their_case_and_the_last_one_counts(tmp_path: Path) -> None:
    """Go reads `layers` as `Layers`: whoever reads less judges another image than what runs."""
    files = archives.files_docker([IMAGE])
    evil = archives.tar({"etc/shadow": b"root::0:"})
    entries = json.loads(files["manifest.json"])  # type: ignore[arg-type]
    entries[0]["layers"] = ["evil.tar"]
    changed = files | {"evil.tar": evil, "manifest.json": archives.dump(entries)}
    assert layers(archives.write_tar(tmp_path / "image", changed)) == [evil]


def test_a_config_that_is_absent_leaves_the_layers(tmp_path: Path) -> None:
    files = archives.files_docker([IMAGE])
    kept = {name: data for name, data in files.items() if not name.endswith(".json")}
    path = archives.write_tar(tmp_path / "image", kept | {"manifest.json": files["manifest.json"]})
    assert layers(path) == IMAGE.layers
    assert codes(path) == ["image.config-absent"]


def test_a_config_is_the_member_of_its_name_whatever_the_layout_keeps(tmp_path: Path) -> None:
    """`sha256:<hex>` is a name of kaniko's, not the blob of that digest."""
    files = archives.files_modern([IMAGE])
    name = archives.digest(IMAGE.config_bytes)
    other = archives.dump({"config": {"User": "other"}})
    entries = json.loads(files["manifest.json"])
    entries[0]["Config"] = name
    changed = files | {name: other, "manifest.json": archives.dump(entries)}
    image = contents(archives.write_tar(tmp_path / "image", changed)).images[0]
    assert image.config is not None
    assert image.config.data == other


@pytest.mark.parametrize("form", ["docker", "oci", "legacy"])
def test_documents_are_bounded_together_and_counted_once(form: str, tmp_path: Path) -> None:
    """Ten thousand images that share one large config must not fill memory."""
    config = {"author": "x" * 10_000}
    same = [Image([LOWER], config, [f"a:{number}"]) for number in range(5)]
    distinct = [Image([LOWER], config | {"created": str(n)}, [f"a:{n}"]) for n in range(5)]
    assert _with_config(form, same, tmp_path) == (1 if form in {"oci", "legacy"} else 5)
    if form != "legacy":
        # Of one layer there can be no two legacy images.
        assert _with_config(form, distinct, tmp_path) == 2


def _with_config(form: str, images: list[Image], folder: Path) -> int:
    files: dict[str, archives.Member] = {}
    match form:
        case "docker":
            files |= archives.files_docker(images)
        case "oci":
            files |= archives.files_oci(images)
        case _:
            files |= archives.files_legacy(images)
    path = archives.write_tar(folder / "x", files)
    # Of old documents a config is made, which counts too and has the author twice.
    bound = 35_000 if form == "legacy" else 25_000
    source, _ = open_source(str(path), Limits(source_document_bytes=bound))
    with source:
        return sum(image.config is not None for image in source.contents().images)


def test_old_images_that_share_a_chain_are_bounded_together(tmp_path: Path) -> None:
    """Each has a config with all steps of the chain: a small archive would fill memory."""
    files: archives.Files = {}
    parent = ""
    for number in range(400):
        own = f"{number:064x}"
        document = {"parent": min(parent, f"{99:064x}"), "container_config": {"Cmd": ["x" * 1_000]}}
        files[f"{own}/json"] = archives.dump(document)
        parent = own
    path = archives.write_tar(tmp_path / "x", files)
    source, _ = open_source(str(path), Limits(source_document_bytes=1_000_000))
    with source:
        found = source.contents()
    assert (len(found.images), len(found.artifacts)) == (5, 295)
    assert {len(image.layers) for image in found.images} == {101}
    assert {artifact.limit for artifact in found.artifacts} == {"source_document_bytes"}


def test_many_images_of_one_config_take_time_in_proportion(tmp_path: Path) -> None:
    """Each is joined with the manifest of its own layers; ten thousand would take minutes."""
    files: archives.Files = {}
    config = archives.blob(files, IMAGE.config_bytes, f"{archives.OCI}config.v1+json")
    lower = archives.blob(files, LOWER, f"{archives.OCI}layer.v1.tar")
    listed, entries = [], []
    for number in range(1_000):
        upper = archives.blob(files, b"%d" % number, f"{archives.OCI}layer.v1.tar")
        layers = [lower] * 20 + [upper]
        manifest = {"schemaVersion": 2, "config": config, "layers": layers}
        listed.append(
            archives.blob(files, archives.dump(manifest), f"{archives.OCI}manifest.v1+json")
        )
        paths = [f"blobs/sha256/{layer['digest'][7:]}" for layer in layers]
        where = f"blobs/sha256/{config['digest'][7:]}"
        entries.append({"Config": where, "RepoTags": [f"a:{number}"], "Layers": paths})
    archives.finish_layout(files, listed)
    path = archives.write_tar(
        tmp_path / "x", files | {"manifest.json": archives.dump(entries[::-1])}
    )
    found = contents(path).images
    assert [image.names for image in found] == [(f"a:{number}",) for number in range(999, -1, -1)]
    digests = [image.manifest.digest for image in found if image.manifest]
    assert digests == [one["digest"] for one in listed[::-1]]


def test_an_image_that_is_listed_twice_is_joined_twice(tmp_path: Path) -> None:
    files = archives.files_modern([IMAGE])
    entries = [json.loads(files["manifest.json"])[0] | {"RepoTags": [f"a:{n}"]} for n in range(3)]
    path = archives.write_tar(tmp_path / "x", files | {"manifest.json": archives.dump(entries)})
    found = contents(path).images
    assert len({image.manifest.digest for image in found if image.manifest}) == 1
    assert [bool(image.manifest) for image in found] == [True] * 3
    assert [image.names for image in found] == [("a:0", *IMAGE.names), ("a:1",), ("a:2",)]


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        pytest.param("blobs/sha512/{sha512}", "sha512", id="other-algorithm"),
        pytest.param("sha384:{sha384}", "sha384", id="prefix"),
        pytest.param("{sha256}.json", "sha256", id="plain"),
        pytest.param("blobs/sha512/{sha256}", "", id="wrong-length"),
        pytest.param("blobs/other/{sha256}", "", id="unknown-algorithm"),
    ],
)
def test_a_config_is_named_by_any_registered_digest(
    name: str, algorithm: str, tmp_path: Path
) -> None:
    files = archives.files_docker([IMAGE])
    manifest = json.loads(files["manifest.json"])  # type: ignore[arg-type]
    data = IMAGE.config_bytes
    made = {x: hashlib.new(x, data).hexdigest() for x in ("sha256", "sha384", "sha512")}
    manifest[0]["Config"] = name.format(**made)
    del files[f"{made['sha256']}.json"]
    files |= {manifest[0]["Config"]: data, "manifest.json": archives.dump(manifest)}
    (image,) = contents(archives.write_tar(tmp_path / "image", files)).images
    assert image.config is not None
    expected = f"{algorithm}:{made[algorithm]}" if algorithm else None
    assert image.config.digest == expected

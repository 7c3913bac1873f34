"""Every error is one line with the input, what is wrong with it, and what helps (design 6)."""

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import archives
from tests.archives import Files, Image
from tests.cli.conftest import Command
from tests.images import tar

LAYER = archives.tar({"etc/": None, "etc/os-release": b"ID=test\n"})
IMAGE = Image([LAYER], {}, ["team/app:1"])
Make = Callable[[Path], object]


def _bytes(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def _saved() -> Files:
    return {
        name: data
        for name, data in archives.files_docker([IMAGE]).items()
        if isinstance(data, bytes)
    }


def _oci(change: Callable[[Files], object]) -> Make:
    def make(path: Path) -> object:
        files = archives.files_oci([IMAGE])
        change(files)
        return archives.write_tar(path, files)

    return make


def _docker(change: Callable[[Files], object]) -> Make:
    def make(path: Path) -> object:
        files = _saved()
        change(files)
        return archives.write_tar(path, files)

    return make


def _index(**fields: object) -> Make:
    return _oci(lambda files: files.update({"index.json": archives.dump(fields)}))


def _nested(files: Files) -> None:
    entry = archives.add_image(files, IMAGE)
    for _ in range(12):
        entry = archives.add_index(files, [entry])
    files["index.json"] = archives.dump({"manifests": [entry]})


def _helm(files: Files) -> None:
    blob = archives.dump(
        {
            "config": {
                "mediaType": "application/vnd.cncf.helm.config.v1+json",
                "digest": archives.digest(b"{}"),
                "size": 2,
            },
            "layers": [],
        }
    )
    digest = archives.digest(blob)
    files[f"blobs/sha256/{digest[7:]}"] = blob
    described = {
        "digest": digest,
        "size": len(blob),
        "mediaType": archives.OCI + "manifest.v1+json",
    }
    files["index.json"] = archives.dump({"manifests": [described]})


def _swap_config(files: Files) -> None:
    """Put other bytes under the digest of the config."""
    name = _of(files, "config")
    files[name] = files[name].replace(b"amd64", b"arm64")


def _of(files: Files, kind: str) -> str:
    manifest = json.loads(files["index.json"])["manifests"][0]["digest"]
    name = f"blobs/sha256/{manifest[7:]}"
    if kind == "manifest":
        return name
    found: Any = json.loads(files[name])[kind]
    one = found[0] if isinstance(found, list) else found
    return f"blobs/sha256/{one['digest'][7:]}"


def _legacy_loop(path: Path) -> object:
    layer = "1" * 64
    return archives.write_tar(
        path,
        {
            f"{layer}/json": archives.dump({"id": layer, "parent": layer}),
            f"{layer}/layer.tar": LAYER,
            "repositories": archives.dump({"app": {"1": layer}}),
        },
    )


SAVED = archives.tar({"manifest.json": b"[]"})
BAD: dict[str, tuple[Make, str]] = {
    "empty-file": (_bytes(b""), "an empty file"),
    "text": (_bytes(b"hello world\n"), "text, not a tar"),
    "json": (_bytes(b'{"schemaVersion": 2}'), "a JSON document"),
    "web-page": (_bytes(b"<!DOCTYPE html><p>404"), "a web page"),
    "zip": (_bytes(b"PK\x03\x04" + bytes(600)), "a ZIP archive"),
    "lz4": (_bytes(b"\x04\x22\x4d\x18" + bytes(600)), "lz4 -d"),
    "cpio": (_bytes(b"070701" + bytes(600)), "a cpio archive"),
    "program": (_bytes(b"\x7fELF" + bytes(600)), "a program"),
    "lfs": (_bytes(b"version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"),
    "binary": (_bytes(bytes(range(1, 256)) * 4), "no known kind"),
    "zeros": (_bytes(bytes(1024)), "the archive is empty"),
    "few-zeros": (_bytes(bytes(9)), "a few zeros"),
    "damaged-header": (_bytes(b"\1" + SAVED[1:]), "checksum"),
    "text-in-gzip": (_bytes(gzip.compress(b"hello")), "inside gzip"),
    "text-in-xz-in-bzip2": (_bytes(bz2.compress(lzma.compress(b"hi"))), "inside xz in bzip2"),
    "nothing-in-gzip": (_bytes(gzip.compress(b"")), "an empty file (inside gzip)"),
    "cut-gzip": (_bytes(gzip.compress(b"x")[:12]), "no tar"),
    "directory": (lambda path: path.mkdir(), "neither an OCI layout nor"),
    "unpacked": (
        lambda path: archives.write_folder(path, _saved()),
        "unpacked docker save",
    ),
    "absent": (lambda _: None, "no such file"),
    "index-no-json": (
        _oci(lambda files: files.update({"index.json": b"{"})),
        "index.json: not JSON",
    ),
    "index-a-list": (_oci(lambda files: files.update({"index.json": b"[]"})), "index.json"),
    "index-without-manifests": (_index(schemaVersion=2), "no list of manifests"),
    "index-of-nothing": (_index(manifests=[]), "names no images"),
    "index-bad-descriptor": (_index(manifests=[{"digest": "x"}]), "malformed descriptor 0"),
    "index-deep": (_oci(_nested), "--limit index-depth=N"),
    "index-of-an-artifact": (_oci(_helm), "artifact of type application/vnd.cncf.helm"),
    "manifest-missing": (_oci(lambda files: files.pop(_of(files, "manifest"))), "is missing"),
    "manifest-no-json": (
        _oci(lambda files: files.update({_of(files, "manifest"): b"!"})),
        "not JSON",
    ),
    "config-differs": (_oci(_swap_config), "config bytes differ from their digest: sha256:"),
    "layer-differs": (
        _oci(lambda files: files.update({_of(files, "layers"): b"x" * 1024})),
        "layer 0: stored",
    ),
    "layer-missing": (
        _oci(lambda files: files.pop(_of(files, "layers"))),
        "layer 0: missing; save the image again, with all its layers",
    ),
    "docker-manifest-null": (
        _docker(lambda files: files.update({"manifest.json": b"null"})),
        "manifest.json: is null",
    ),
    "docker-manifest-empty": (
        _docker(lambda files: files.update({"manifest.json": b"[]"})),
        "names no images",
    ),
    "docker-entry-no-object": (
        _docker(lambda files: files.update({"manifest.json": b"[1]"})),
        "image 0 of manifest.json: is no JSON object",
    ),
    "docker-manifest-cut-off": (
        _docker(lambda files: (files.pop("manifest.json"), files.pop("repositories"))),
        "no manifest.json",
    ),
    "legacy-loop": (_legacy_loop, "are a loop"),
}
"""Inputs that are no good, and words of what must be said."""


def said(command: Command, *arguments: str) -> tuple[int, str]:
    """Return the status and what is said of the input: the last line of standard error."""
    shown = command(*arguments, "--no-store")
    lines = shown.err.splitlines()
    assert lines, arguments
    assert "internal error" not in shown.err
    return shown.status, lines[-1]


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD)
def test_a_bad_input_is_named_with_what_is_wrong_and_what_helps(
    make: Make, words: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "app.tar"
    make(path)
    status, line = said(command, "inspect", str(path))
    assert status in {3, 4}
    assert line.startswith(f"ocianalyze: {path}: ")
    assert words in line
    wrong, _, cure = line.rpartition("; ")
    assert wrong
    assert len(cure) > len("save it")


def test_the_cure_of_a_flood_of_words_is_not_to_save_again(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "app.tar"
    flood = tar({"a.txt": b"the api_key: secret = token password: " * 20_000})
    archives.docker_archive(path, [Image([flood])])
    for words in (("secrets",), ("packages",)):
        status, line = said(command, *words, str(path))
        assert status == 4
        assert line.endswith(
            "; unpack it: `ocianalyze secrets FOLDER` looks at each file for itself"
        )


ARGUMENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "image": (("--image", "nope"), "no image 'nope'; there are: team/app:1"),
    "platform": (
        ("--platform", "linux/s390x"),
        "no image for 'linux/s390x'; there are: linux/amd64",
    ),
    "member-limit": (("--limit", "archive-members=1"), "--limit archive-members=N allows more"),
    "document-limit": (("--limit", "document-bytes=9"), "--limit document-bytes=N allows more"),
    "depth-limit": (("--limit", "document-depth=1"), "--limit document-depth=N allows more"),
    "values-limit": (("--limit", "document-values=1"), "--limit document-values=N allows more"),
    "all-documents": (
        ("--limit", "source-document-bytes=9"),
        "--limit source-document-bytes=N allows more",
    ),
    "layer-limit": (("--limit", "image-layers=0"), "--limit image-layers=N allows more"),
    "entry-limit": (("--limit", "layer-entries=1"), "--limit layer-entries=N allows more"),
    "size-limit": (("--limit", "layer-bytes=9"), "--limit layer-bytes=N allows more"),
}
"""Options that a good image does not meet, and how the line ends."""


@pytest.mark.parametrize(("arguments", "end"), ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("form", ["docker", "oci"])
def test_what_an_option_stops_is_named_with_the_option(
    form: str, arguments: tuple[str, ...], end: str, command: Command, tmp_path: Path
) -> None:
    write = archives.docker_archive if form == "docker" else archives.oci_archive
    path = write(tmp_path / "app.tar", [IMAGE])
    status, line = said(command, "inspect", str(path), *arguments)
    assert status == (3 if "limit" not in arguments[0] else 4)
    assert line.startswith(f"ocianalyze: {path}: ")
    assert line.endswith(end)


@pytest.mark.parametrize("name", ["files", "packages", "secrets", "scan", "sbom"])
def test_every_command_says_the_same(name: str, command: Command, tmp_path: Path) -> None:
    path = tmp_path / "app.tar"
    _oci(_nested)(path)
    status, line = said(command, name, str(path))
    assert status == 4
    assert line.startswith("ocianalyze: ")
    assert "app.tar: no image in the input: sha256:" in line
    assert line.endswith("indexes nested deeper than 8; --limit index-depth=N allows more")


def test_the_base_is_named_when_it_is_wrong(command: Command, tmp_path: Path) -> None:
    path = archives.docker_archive(tmp_path / "app.tar", [IMAGE])
    base = archives.docker_archive(tmp_path / "base.tar", [IMAGE])
    status, line = said(command, "scan", str(path), "--base", f"{base}!nope")
    assert status == 3
    assert line.startswith(f"ocianalyze: {base}!nope: no image 'nope'; there are: ")


@pytest.mark.parametrize("name", ["team/app:1", "1"])
def test_an_index_entry_is_selected_by_either_of_its_names(
    name: str, command: Command, tmp_path: Path
) -> None:
    """`ctr images export` writes the whole reference and the bare tag."""
    files = archives.files_oci([IMAGE])
    index = json.loads(files["index.json"])
    index["manifests"][0]["annotations"] = {
        "io.containerd.image.name": "team/app:1",
        "org.opencontainers.image.ref.name": "1",
    }
    files["index.json"] = archives.dump(index)
    path = archives.write_tar(tmp_path / "app.tar", files)
    assert command("inspect", f"{path}!{name}", "--no-store").status == 0
    assert said(command, "inspect", f"{path}!2")[1].endswith("there are: team/app:1 (1)")


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress], ids=lambda x: x.__module__
)
@pytest.mark.parametrize("around", [bytes, gzip.compress], ids=["once", "twice"])
def test_other_compressions_and_compressed_compressions_are_read(
    pack: Callable[[bytes], bytes],
    around: Callable[[bytes], bytes],
    command: Command,
    tmp_path: Path,
) -> None:
    data = archives.docker_archive(tmp_path / "plain.tar", [IMAGE]).read_bytes()
    path = tmp_path / "app.tar.x"
    path.write_bytes(around(pack(data)))
    assert command("inspect", str(path), "--no-store").status == 0


def test_an_lzma_file_is_read(command: Command, tmp_path: Path) -> None:
    data = archives.docker_archive(tmp_path / "plain.tar", [IMAGE]).read_bytes()
    path = tmp_path / "app.tar.lzma"
    path.write_bytes(lzma.compress(data, lzma.FORMAT_ALONE))
    assert command("inspect", str(path), "--no-store").status == 0
    path.write_bytes(lzma.compress(data, lzma.FORMAT_ALONE)[:-9])
    cut = command("inspect", str(path), "--no-store")
    assert cut.status == 4
    assert "the outer file ends early" in cut.out


def test_a_layer_below_a_linked_folder_is_found(command: Command, tmp_path: Path) -> None:
    entry = {"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["l/layer.tar"]}
    members: dict[str, archives.Member] = {
        "manifest.json": archives.dump([entry]),
        "c.json": IMAGE.config_bytes,
        "real/deep/layer.tar": LAYER,
        "l": archives.Link("m"),
        "m": archives.Link("real/deep"),
    }
    path = tmp_path / "app.tar"
    path.write_bytes(archives.tar(members))
    assert command("inspect", str(path), "--no-store").status == 0


def test_an_archive_that_lost_its_documents_is_no_plain_file(
    command: Command, tmp_path: Path
) -> None:
    """`secrets` searches any file; of a cut image it would miss what is compressed."""
    path = tmp_path / "app.tar"
    archives.write_tar(path, {"blobs/sha256/" + "0" * 64: LAYER})
    status, line = said(command, "secrets", str(path))
    assert status == 3
    assert line.endswith("it may be cut short: save or copy it again")


@pytest.mark.parametrize("name", ["inspect", "scan"])
def test_an_outer_file_that_ends_early_is_a_part(
    name: str, command: Command, tmp_path: Path
) -> None:
    """All that is left may agree with its digests: what was cut off may be another image."""
    data = archives.docker_archive(tmp_path / "plain.tar", [IMAGE]).read_bytes()
    path = tmp_path / "app.tar.gz"
    path.write_bytes(gzip.compress(data)[:-9])
    status, line = said(
        command, name, str(path), *(["--fail-on", "never"] if name == "scan" else [])
    )
    assert status == 4
    assert "only part of it could be read: compressed stream ends early" in line


@pytest.mark.parametrize("name", ["inspect", "scan", "files", "packages"])
def test_of_several_images_the_line_names_the_one_that_fell_short(
    name: str, command: Command, tmp_path: Path
) -> None:
    larger = archives.tar({"a": b"x", "b": b"y", "c": b"z"})
    small = archives.tar({"a": b"x"})
    images = [archives.Image([small], names=["small:1"]), archives.Image([larger], names=["big:1"])]
    options = ("--limit", "layer-entries=2", *(("--fail-on", "never") if name == "scan" else ()))
    both = archives.docker_archive(tmp_path / "both.tar", images)
    status, line = said(command, name, str(both), *options)
    assert status == 4
    assert "only part of it could be read: big:1 linux/amd64: layer 0: " in line
    assert "small:1" not in line
    alone = archives.docker_archive(tmp_path / "alone.tar", images[1:])
    status, line = said(command, name, str(alone), *options)
    assert (status, "only part of it could be read: layer 0: " in line) == (4, True)

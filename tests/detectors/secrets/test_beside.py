"""What lies beside the images of a source is looked through once, each file as what it is."""

import gzip
import json
import lzma
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from ocianalyze import engine
from ocianalyze.detectors.secrets.beside import Beside
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.engine import Options
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.sources._base import StoredFile
from ocianalyze.sources._blob import BytesBlob, FileRange
from tests import archives
from tests.archives import Image
from tests.detectors.secrets.acme import RULE
from tests.detectors.secrets.inside.conftest import zipped
from tests.images import tar

TOKEN = "acme_0123456789ab"
OTHERS = [f"acme_0123456789{number:02x}" for number in range(16)]
LOOSE = f"blobs/sha256/{'1' * 64}"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "acme.toml").write_text(RULE)
    return folder


def look(rules: Path, files: Iterable[StoredFile], limits: Limits = DEFAULT) -> Beside:
    return Seeking((rules,), None, limits).beside(files)


def places(found: Beside) -> list[tuple[str, str, str, str]]:
    return sorted((x.where, x.path, x.inner, x.pointer) for _, x in found.found)


LAYER = tar({"srv/x.env": f"A={TOKEN}\n".encode(), f"srv/{OTHERS[1]}": b"x"})
BLOBS = {
    "tar": (LAYER, "srv/x.env"),
    "gzip": (gzip.compress(LAYER), "srv/x.env"),
    "zstd": (zstandard.compress(LAYER), "srv/x.env"),
    "xz": (lzma.compress(LAYER), "srv/x.env"),
    "gzip of a text": (gzip.compress(TOKEN.encode()), "content"),
    "zip": (zipped({"a": TOKEN.encode()}), "a"),
    "text": (TOKEN.encode(), ""),
    "bytes": (b"\0\1" + TOKEN.encode() + b"\0", ""),
    "broken document": (b'{"a": ' + TOKEN.encode(), ""),
}


@pytest.mark.parametrize(("data", "inner"), BLOBS.values(), ids=BLOBS)
def test_a_blob_is_looked_at_as_what_it_is(rules: Path, data: bytes, inner: str) -> None:
    found = look(rules, [StoredFile(LOOSE, BytesBlob(data))])
    assert ("slack", LOOSE, inner, "") in places(found)


@pytest.mark.parametrize("name", ["gzip", "gzip of a text"])
def test_what_was_looked_at_is_not_told_as_damaged(rules: Path, name: str) -> None:
    assert not look(rules, [StoredFile(LOOSE, BytesBlob(BLOBS[name][0]))]).unread


def test_names_in_a_layer_that_nothing_refers_to_count(rules: Path) -> None:
    found = look(rules, [StoredFile(LOOSE, BytesBlob(gzip.compress(LAYER)))])
    assert ("slack", LOOSE, f"srv/{OTHERS[1]}", "") in places(found)


def test_a_document_is_told_by_its_pointers(rules: Path) -> None:
    index = {"annotations": {"a": TOKEN}, "manifests": [{"annotations": {"b": OTHERS[2]}}]}
    files = [
        StoredFile("index.json", BytesBlob(json.dumps(index).encode())),
        StoredFile("manifest.json", BytesBlob(json.dumps([{"x": OTHERS[3]}]).encode())),
    ]
    assert places(look(rules, files)) == [
        ("annotation", "index.json", "", "/annotations/a"),
        ("annotation", "index.json", "", "/manifests/0/annotations/b"),
        ("slack", "manifest.json", "", "/0/x"),
    ]


UNREAD = {
    "rar": (b"Rar!\x1a\x07\0more", "is packed as rar, which is not read"),
    "7z": (b"7z\xbc\xaf\x27\x1cmore", "is packed as 7z, which is not read"),
    "squashfs": (b"hsqs" + bytes(100), "is packed as squashfs, which is not read"),
    "cut": (gzip.compress(bytes(3000) + LAYER)[:-20], "is damaged (gzip: ends inside"),
}


@pytest.mark.parametrize(("data", "reason"), UNREAD.values(), ids=UNREAD)
def test_what_is_not_read_is_named(rules: Path, data: bytes, reason: str) -> None:
    found = look(rules, [StoredFile(LOOSE, BytesBlob(data))])
    assert any(one.reason.startswith(reason) and name == LOOSE for name, one in found.unread)


def test_a_file_that_is_gone_is_named(rules: Path, tmp_path: Path) -> None:
    blob = FileRange(str(tmp_path / "gone"), 0, 5, 5)
    ((name, one),) = look(rules, [StoredFile("a", blob)]).unread
    assert (name, one.reason.startswith("cannot be read")) == ("a", True)


def test_when_the_time_is_up_the_rest_is_counted(rules: Path) -> None:
    files = [StoredFile(f"{number}", BytesBlob(TOKEN.encode())) for number in range(3)]
    ((name, one),) = look(rules, files, replace(DEFAULT, layer_seconds=-1.0)).unread
    assert (name, one.reason, one.times) == ("0", "limit layer_seconds (-1) reached", 3)


def test_a_name_that_is_a_secret_is_not_told(rules: Path) -> None:
    found = look(rules, [StoredFile(f"x/{OTHERS[4]}", BytesBlob(TOKEN.encode()))])
    assert OTHERS[4] not in repr(found)


@pytest.mark.parametrize("narrow", [None, "#1"])
def test_an_analysis_tells_it_with_the_first_image(
    rules: Path, tmp_path: Path, narrow: str | None
) -> None:
    images = [Image([tar({"a": b"a"})], {}, ["a:1"]), Image([tar({"b": b"b"})], {}, ["b:1"])]
    files = {**archives.files_oci(images), LOOSE: LAYER}
    path = archives.write_tar(tmp_path / "a.tar", files)
    options = Options(image=narrow, rules=(rules,), skip=frozenset({"packages"}), jobs=1)
    found = engine.open_images(str(path), options).images
    told = [{x.rule for x in one.view.secrets} for one in found]
    assert told == ([{"acme"}] if narrow else [{"acme"}, set()])

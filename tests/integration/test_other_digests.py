"""Layers that sha512 or sha384 names are verified like those of sha256 (image-spec, "Digests").

What coreutils' `sha512sum` and `sha384sum` say of the bytes decides.
"""

import json
import os
import random
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import engine
from ocianalyze.engine import Options
from ocianalyze.layers import workers
from ocianalyze.layers.read import read_layer
from ocianalyze.model.media_type import Compression
from ocianalyze.model.report import Report
from tests import archives
from tests.archives import Files, Image, Layout

LAYERS = [
    archives.tar({"etc/": None, "etc/os-release": b"ID=test\n"}),
    archives.tar({"app/data": random.Random(3).randbytes(3 << 20)}),
]
"""The second one is inflated in a thread of its own."""
ALGORITHMS = pytest.mark.parametrize("algorithm", ["sha384", "sha512"])


def named(algorithm: str, data: bytes) -> str:
    """Return a digest as coreutils computes it; another algorithm's in looks alone."""
    known = algorithm if algorithm.startswith("sha") else "sha512"
    done = subprocess.run([f"{known}sum"], input=data, capture_output=True, check=True)
    return f"{algorithm}:{done.stdout.split()[0].decode()}"


def _renamed(files: Files, descriptor: dict[str, Any], name: str) -> None:
    """Store a blob under another digest."""
    old = descriptor["digest"]
    files["blobs/" + name.replace(":", "/")] = files.pop("blobs/" + old.replace(":", "/"))
    descriptor["digest"] = name


def layout(
    stored: str,
    raw: str = "sha256",
    compression: Compression = "gzip",
    user: str = "",
) -> Files:
    """Return an image whose layers have digests and diff_ids by these algorithms."""
    files: Files = {}
    image = Image(
        LAYERS, {"config": {"User": user}, "rootfs": {"type": "layers", "diff_ids": []}}, ["app:1"]
    )
    manifest_name = archives.add_image(files, image, Layout(layers=compression))["digest"]
    manifest = json.loads(files.pop("blobs/" + manifest_name.replace(":", "/")))
    config = json.loads(files.pop("blobs/" + manifest["config"]["digest"].replace(":", "/")))
    config["rootfs"]["diff_ids"] = [named(raw, layer) for layer in LAYERS]
    manifest["config"] = archives.blob(
        files, archives.dump(config), manifest["config"]["mediaType"]
    )
    for layer in manifest["layers"]:
        data = files["blobs/" + layer["digest"].replace(":", "/")]
        assert isinstance(data, bytes)
        _renamed(files, layer, named(stored, data))
    entry = archives.blob(files, archives.dump(manifest), manifest["mediaType"])
    return archives.finish_layout(files, [entry])


def scan(path: Path, store: Path | None = None) -> Report:
    """Scan in this process."""
    return engine.scan(str(path), Options(jobs=1, store=store, keep_going=True))


def _verified(report: Report) -> list[tuple[str, int, int]]:
    found = [image.integrity for image in report.images]
    return [(one.status, one.digests_verified, one.diff_ids_verified) for one in found]


def _readings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows with every layer that is read."""
    seen: list[object] = []

    def noted(blob: Any, *rest: Any) -> Any:
        seen.append(blob)
        return read_layer(blob, *rest)

    monkeypatch.setattr(workers, "read_layer", noted)
    return seen


@ALGORITHMS
@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("of", ["stored", "raw", "both"])
def test_what_holds_is_verified(
    of: str, compression: Compression, algorithm: str, tmp_path: Path
) -> None:
    """The report names a layer as the image does."""
    stored, raw = (algorithm if of in {kind, "both"} else "sha256" for kind in ("stored", "raw"))
    path = archives.write_tar(tmp_path / "app.tar", layout(stored, raw, compression))
    report = scan(path)
    assert _verified(report) == [("ok", 4, 2)]
    (image,) = report.images
    assert [layer.diff_id for layer in image.layers] == [named(raw, layer) for layer in LAYERS]
    assert {str(layer.digest).partition(":")[0] for layer in image.layers} == {stored}


@ALGORITHMS
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_one_other_byte_is_found(algorithm: str, compression: Compression, tmp_path: Path) -> None:
    files = layout(algorithm, algorithm, compression)
    lied = next(name for name in files if name.startswith(f"blobs/{algorithm}/"))
    changed = LAYERS[0].replace(b"ID=test", b"ID=tost")
    files[lied] = archives.compress(changed, compression)
    report = scan(archives.write_folder(tmp_path / "layout", files))
    assert report.images[0].integrity.status == "failed"
    codes = {finding.code for finding in report.findings}
    assert {"integrity.blob-digest", "integrity.diff-id"} <= codes


def test_an_algorithm_that_nobody_computes_stays_unproved(tmp_path: Path) -> None:
    path = archives.write_folder(tmp_path / "layout", layout("blake9"))
    report = scan(path)
    assert _verified(report) == [("partial", 2, 2)]


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once, which takes two seconds otherwise."""
    monkeypatch.setattr("ocianalyze.sources._blob._SETTLED", -1.0)


@pytest.mark.usefixtures("settled")
def test_kept_facts_still_say_that_the_digest_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archives.write_tar(tmp_path / "app.tar", layout("sha512", "sha512"))
    first, seen = scan(path, tmp_path / "store"), _readings(monkeypatch)
    assert scan(path, tmp_path / "store") == first == scan(path)
    assert _verified(first) == [("ok", 4, 2)]
    assert len(seen) == 2, "without a store both are read"


@pytest.mark.usefixtures("settled")
def test_facts_kept_without_a_digest_do_not_vouch_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same file under two names: the first time as sha256 names it, then as sha512 does."""
    plain = archives.write_folder(tmp_path / "plain", layout("sha256"))
    other = archives.write_folder(tmp_path / "other", layout("sha512"))
    by_size = {file.stat().st_size: file for file in plain.glob("blobs/sha256/*")}
    for file in other.glob("blobs/sha512/*"):
        same = by_size[file.stat().st_size]
        file.unlink()
        os.link(same, file)
    store, seen = tmp_path / "store", _readings(monkeypatch)
    assert _verified(scan(plain, store)) == [("ok", 4, 2)]
    assert _verified(scan(other, store)) == [("ok", 4, 2)]
    assert (_verified(scan(plain, store)), len(seen)) == ([("ok", 4, 2)], 4)
    assert _verified(scan(other, store)) == [("ok", 4, 2)]
    assert len(seen) == 4, "now facts have both digests"


def test_a_lie_is_not_hidden_by_facts_that_are_kept(tmp_path: Path) -> None:
    """The right sha256 bytes, kept and proved, under a sha512 that is not theirs."""
    scan(archives.write_folder(tmp_path / "plain", layout("sha256")), tmp_path / "store")
    files = layout("sha512")
    lied = [name for name in files if name.startswith("blobs/sha512/")]
    files[lied[0]] = files[lied[1]]
    report = scan(archives.write_folder(tmp_path / "layout", files), tmp_path / "store")
    assert report.images[0].integrity.status == "failed"


def test_images_that_name_one_layer_by_turns_read_it_no_oftener_than_there_are_algorithms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a large layer costs its reading once for each image."""
    files: Files = {}
    entries = []
    for number, raw in enumerate(["sha256", "sha384", "sha512"] * 4):
        own = layout("sha256", raw, user=f"{number}")
        index = json.loads(own.pop("index.json"))
        note = {"annotations": {"org.opencontainers.image.ref.name": f"app:{number}"}}
        entries += [entry | note for entry in index["manifests"]]
        files |= own
    seen = _readings(monkeypatch)
    path = archives.write_tar(tmp_path / "app.tar", archives.finish_layout(files, entries))
    report = scan(path)
    assert {one[0] for one in _verified(report)} == {"ok"}
    assert (len(report.images), len(seen)) == (12, 6)


def test_processes_hash_what_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_WORTH_A_PROCESS", 0)
    path = archives.write_tar(tmp_path / "app.tar", layout("sha512", "sha384"))
    analysed = partial(engine.scan, str(path))
    assert _verified(analysed(Options(jobs=2))) == [("ok", 4, 2)]

"""Facts kept between runs change nothing but the time, and never vouch for other bytes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest

from ocianalyze import Limits, analyze, engine
from ocianalyze.engine import Options
from ocianalyze.layers import workers
from ocianalyze.model.report import Report
from ocianalyze.sources._blob import FileRange
from tests import archives
from tests.archives import Image, Layout

LAYERS = [
    archives.tar({f"opt/{name}": content, "bin/su": (0o4755, b"#!/bin/su\n")})
    for name, content in (("one", b"first " * 900), ("two", b"second " * 900))
]
IMAGE = Image(LAYERS, {"config": {"User": "app"}}, ["team/app:1"])
Write = Callable[[Path, Image], Path]


def _docker(path: Path, image: Image) -> Path:
    return archives.docker_archive(path / "app.tar", [image])


def _oci(path: Path, image: Image) -> Path:
    return archives.oci_layout(path / "layout", [image], Layout(layers="none"))


FORMS = pytest.mark.parametrize("write", [_docker, _oci], ids=["docker-archive", "oci-layout"])


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once, which takes two seconds otherwise."""
    monkeypatch.setattr("ocianalyze.sources._blob._SETTLED", -1.0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a place for kept facts."""
    return tmp_path / "store"


def scan(path: Path, store: Path | None = None) -> Report:
    """Scan in this process; the store's trouble is a failure."""

    def warn(line: str) -> NoReturn:
        pytest.fail(line)

    return engine.scan(str(path), Options(jobs=1, store=store, warn=warn))


def _refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_layer(*_: object) -> NoReturn:
        pytest.fail("a layer was read although its facts are kept")

    monkeypatch.setattr(workers, "read_layer", read_layer)


@FORMS
def test_kept_facts_change_no_byte_of_the_report(write: Write, store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, IMAGE)
    plain, first, second = (scan(path, place) for place in (None, store, store))
    assert plain.model_dump_json() == first.model_dump_json() == second.model_dump_json()


@FORMS
def test_bytes_of_a_file_just_written_are_hashed_but_not_walked(
    write: Write, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its times cannot show that it changed again."""
    path = write(tmp_path, IMAGE)
    first = scan(path, store)
    _refuse(monkeypatch)
    assert scan(path, store) == first


@FORMS
@pytest.mark.usefixtures("settled")
def test_a_settled_file_is_not_even_opened(
    write: Write, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only documents are."""
    path = write(tmp_path, IMAGE)
    first = scan(path, store)
    _refuse(monkeypatch)
    original = FileRange.open

    def small(blob: FileRange) -> BinaryIO:
        assert blob.size < len(LAYERS[0])
        return original(blob)

    monkeypatch.setattr(FileRange, "open", small)
    assert scan(path, store) == first
    assert first.images[0].integrity.diff_ids_verified == 2


@FORMS
def test_facts_serve_another_image_with_the_layer(
    write: Write, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By digest, wherever the bytes are."""
    scan(write(tmp_path, IMAGE), store)
    (tmp_path / "more").mkdir()
    other = Image([*LAYERS, LAYERS[0]], {"config": {"User": "root"}}, ["other:1"])
    path = write(tmp_path / "more", other)
    expected = scan(path)
    _refuse(monkeypatch)
    assert scan(path, store) == expected


@FORMS
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "other"])
def test_damaged_facts_are_made_again(
    damage: str, write: Write, store: Path, tmp_path: Path
) -> None:
    """Also those that are the whole facts of another layer."""
    path = write(tmp_path, IMAGE)
    first = scan(path, store)
    files = sorted(store.glob("facts/*/*.facts"))
    assert len(files) == 2
    kept = [file.read_bytes() for file in files]
    for at, file in enumerate(files):
        data = kept[at]
        middle = len(data) // 2
        file.write_bytes(
            {
                "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
                "cut": data[:middle],
                "empty": b"",
                "other": kept[1 - at],
            }[damage]
        )
    assert scan(path, store) == first
    assert [file.read_bytes() for file in files] == kept


def _tampered(data: bytes) -> bytes:
    assert data.count(b"second second") > 0
    return data.replace(b"second second", b"secind second", 1)


def _file_of_the_layer(path: Path) -> Path:
    return path if path.is_file() else path / f"blobs/sha256/{archives.digest(LAYERS[1])[7:]}"


def _assert_found(report: Report) -> None:
    assert report.images[0].integrity.status == "failed"
    codes = {finding.code for finding in report.findings}
    assert "integrity.diff-id" in codes
    said = {control.id: control.status.value for control in report.controls}
    assert said["CIS-4.12"] == "fail"
    assert set(said.values()) == {"fail", "not-evaluated"}


@FORMS
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("keeps_time", [True, False], ids=["same-mtime", "new-mtime"])
def test_bytes_that_changed_in_place_are_found_out(
    write: Write, store: Path, tmp_path: Path, *, keeps_time: bool
) -> None:
    """The same size, the same inode, even the same time of change."""
    path = write(tmp_path, IMAGE)
    assert scan(path, store).images[0].integrity.status == "ok"
    file = _file_of_the_layer(path)
    before = file.stat()
    with file.open("r+b") as stream:
        changed = _tampered(stream.read())
        stream.seek(0)
        stream.write(changed)
    if keeps_time:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_ino, file.stat().st_size) == (before.st_ino, before.st_size)
    _assert_found(scan(path, store))
    _assert_found(scan(path, store))


@FORMS
@pytest.mark.usefixtures("settled")
def test_bytes_of_another_file_under_the_same_digest_are_found_out(
    write: Write, store: Path, tmp_path: Path
) -> None:
    """Facts are kept for the digest that it claims; they must not speak for it."""
    scan(write(tmp_path, IMAGE), store)
    (tmp_path / "evil").mkdir()
    path = write(tmp_path / "evil", IMAGE)
    file = _file_of_the_layer(path)
    file.write_bytes(_tampered(file.read_bytes()))
    _assert_found(scan(path, store))
    _assert_found(scan(path, store))
    assert scan(tmp_path / path.name, store).images[0].integrity.status == "ok"


@pytest.mark.usefixtures("settled")
def test_facts_of_other_limits_are_other_facts(store: Path, tmp_path: Path) -> None:
    """What was cut by one user's limit is read to its end for another."""
    path = _docker(tmp_path, IMAGE)
    cut = analyze(path, jobs=1, store=store, limits=Limits(layer_entries=1))
    assert {layer.status for layer in cut.images[0].layers} == {"partial"}
    assert scan(path, store) == scan(path)
    again = analyze(path, jobs=1, store=store, limits=Limits(layer_entries=1))
    assert again == cut


@pytest.mark.parametrize("broken", ["file", "others-write"])
def test_a_store_that_cannot_be_used_is_told_once_and_left(broken: str, tmp_path: Path) -> None:
    """The analysis goes on without it."""
    store = tmp_path / "store"
    if broken == "file":
        store.write_text("not a directory")
    else:
        store.mkdir()
        store.chmod(0o777)
    path = _docker(tmp_path, IMAGE)
    lines: list[str] = []
    report = engine.scan(str(path), Options(jobs=1, store=store, warn=lines.append))
    assert report == scan(path)
    assert len(lines) == 1
    assert str(store) in lines[0]
    assert not list(store.glob("*"))

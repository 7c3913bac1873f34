"""Real images cut and with bits flipped: an honest report or one clear line, never anything else.

Places are drawn with a fixed seed from every kind of bytes that a saved image has: tar headers,
documents, stored layers.
"""

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from ocianalyze import Limits, OcianalyzeError, analyze
from ocianalyze.limits import MIB
from ocianalyze.model.finding import Status
from ocianalyze.model.report import Report
from tests import archives
from tests.archives import Image, Layout
from tests.integration import logical

LIMITS = Limits(
    document_bytes=MIB,
    layer_bytes=16 * MIB,
    inflate_free_bytes=16 * MIB,
    spool_bytes=16 * MIB,
    layer_seconds=20.0,
    hole_bytes=16 * MIB,
)
CUTS = 60
FLIPS = 240
"""Of each form."""


@dataclass(frozen=True)
class Region:
    """A part of a file and what it holds."""

    name: str
    kind: str
    """`header`, `document`, `layer` or `padding`."""
    start: int
    end: int


def _write(form: str, folder: Path) -> Path:
    image = logical.demo()
    if form == "oci-gzip":
        return archives.oci_archive(folder / form, [image], Layout(layers="gzip"))
    if form == "oci-zstd":
        return archives.oci_archive(folder / form, [image], Layout(layers="zstd"))
    if form == "docker-outer-gzip":
        return archives.docker_archive(folder / form, [image], outer="gzip")
    (folder / form).write_bytes(logical.DEMO.read_bytes())
    return folder / form


FORMS = ("demo", "oci-gzip", "oci-zstd", "docker-outer-gzip")


@cache
def _regions(data: bytes) -> tuple[Region, ...]:
    """Say what each byte of an image archive is for; another tar reader tells."""
    if data[:2] == b"\x1f\x8b":
        return (Region("outer", "document", 0, len(data)),)
    with tarfile.open(fileobj=io.BytesIO(data)) as outer:
        members = outer.getmembers()
    found = []
    for member in members:
        found.append(Region(member.name, "header", member.offset, member.offset_data))
        if member.size:
            kind = "document" if member.size < 5_000 else "layer"
            end = member.offset_data + member.size
            found.append(Region(member.name, kind, member.offset_data, end))
    return tuple(found)


def _places(data: bytes, count: int, seed: str) -> Iterator[int]:
    """Yield places, as many of each kind of bytes, and the ends of all regions."""
    numbers = random.Random(seed)
    regions = _regions(data)
    kinds = sorted({region.kind for region in regions})
    for number in range(count):
        region = numbers.choice([x for x in regions if x.kind == kinds[number % len(kinds)]])
        yield numbers.randrange(region.start, region.end)


def _analysed(path: Path, data: bytes) -> Report | str:
    """Analyse; return the report or the error's line."""
    path.write_bytes(data)
    try:
        return analyze(path, jobs=1, limits=LIMITS)
    except OcianalyzeError as error:
        line = str(error)
        assert line
        assert "\n" not in line
        assert len(line) < 1_000
        return line


def _assert_honest(report: Report) -> None:
    """Nothing passes on what was not read."""
    for image in report.images:
        own = [control for control in report.controls if control.image.index == image.index]
        unread = any(layer.status != "read" for layer in image.layers)
        if image.integrity.status == "failed":
            assert {control.status for control in own} == {Status.FAIL, Status.NOT_EVALUATED}
        if unread:
            of_files = [control for control in own if control.id in {"CIS-4.3", "CIS-4.8"}]
            assert all(control.status is not Status.PASS for control in of_files)
    assert report.model_dump_json()


def _assert_same_when_silent(report: Report, whole: Report) -> None:
    """What is called whole, without a word, is what it was before."""
    told = report.findings or report.artifacts
    if not told and {image.integrity.status for image in report.images} == {"ok"}:
        assert logical.essence(report) == logical.essence(whole)


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_image_is_told_as_cut(form: str, tmp_path: Path) -> None:
    """At every boundary, and anywhere between; unless all that is promised is there."""
    path = _write(form, tmp_path)
    data = path.read_bytes()
    whole = analyze(path, jobs=1)
    ends = [*(region.start for region in _regions(data)), *_places(data, CUTS, "cut " + form)]
    for end in ends:
        found = _analysed(path, data[:end])
        if isinstance(found, Report):
            _assert_honest(found)
            _assert_same_when_silent(found, whole)


@pytest.mark.parametrize("form", FORMS)
def test_flipped_bits_are_survived(form: str, tmp_path: Path) -> None:
    """In headers, documents, and stored layers."""
    path = _write(form, tmp_path)
    data = path.read_bytes()
    whole = analyze(path, jobs=1)
    numbers = random.Random(form)
    for place in _places(data, FLIPS, "flip " + form):
        broken = bytearray(data)
        broken[place] ^= 1 << numbers.randrange(8)
        found = _analysed(path, bytes(broken))
        if isinstance(found, Report):
            _assert_honest(found)
            _assert_same_when_silent(found, whole)


def _promised(data: bytes) -> list[Region]:
    """Return layers and configs whose digests somebody promises: named by their own sha256."""
    return [
        region
        for region in _regions(data)
        if region.kind != "header"
        and hashlib.sha256(data[region.start : region.end]).hexdigest() in region.name
    ]


@pytest.mark.parametrize("form", ["demo", "oci-gzip", "oci-zstd"])
def test_no_flipped_byte_of_a_promised_blob_is_called_whole(form: str, tmp_path: Path) -> None:
    """Layers, config, manifest: integrity is never ok, whatever else becomes of the image."""
    path = _write(form, tmp_path)
    data = path.read_bytes()
    promised = _promised(data)
    assert len(promised) == 7
    numbers = random.Random("integrity " + form)
    for region in promised * 12:
        broken = bytearray(data)
        broken[numbers.randrange(region.start, region.end)] ^= numbers.randrange(1, 256)
        found = _analysed(path, bytes(broken))
        if isinstance(found, Report):
            statuses = [image.integrity.status for image in found.images]
            # The manifest of a layout beside manifest.json: what the latter says may be whole.
            beside = form == "demo" and (found.artifacts or found.findings)
            assert "ok" not in statuses or beside, region
            assert statuses or found.artifacts, region


def test_no_flipped_byte_of_a_docker_layer_is_called_whole(tmp_path: Path) -> None:
    """Only diff_ids promise these bytes: both of compressed and of plain layers."""
    for layers in ("none", "gzip"):
        image = logical.demo()
        files = archives.files_docker([image], layers=layers)
        names = [name for name in files if name.endswith("layer.tar")]
        numbers = random.Random(layers)
        for name in names * 8:
            stored = files[name]
            assert isinstance(stored, bytes)
            broken = bytearray(stored)
            # Of gzip, header fields and the padding after the end do not change the layer.
            broken[numbers.randrange(16, len(stored) - 8)] ^= numbers.randrange(1, 256)
            changed = archives.write_tar(tmp_path / "x", {**files, name: bytes(broken)})
            report = analyze(changed, jobs=1, limits=LIMITS)
            assert report.images[0].integrity.status == "failed"


def test_blocks_of_rubbish_are_survived(tmp_path: Path) -> None:
    """Members overwritten by random bytes, zeros, or each other."""
    path = _write("demo", tmp_path)
    data = path.read_bytes()
    numbers = random.Random("rubbish")
    for _ in range(60):
        broken = bytearray(data)
        start = numbers.randrange(0, len(data), 512)
        size = 512 * numbers.choice([1, 2, 20])
        other = numbers.randrange(0, len(data) - size, 512)
        rubbish = [numbers.randbytes(size), bytes(size), data[other : other + size], b"\xff" * size]
        broken[start : start + size] = numbers.choice(rubbish)
        found = _analysed(path, bytes(broken))
        if isinstance(found, Report):
            _assert_honest(found)


def test_random_bytes_behind_every_magic_are_survived(tmp_path: Path) -> None:
    """As a file, and as the layer of an image that promises it."""
    numbers = random.Random("magic")
    magics = (
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"BZh9",
        b"\x50\x2a\x4d\x18",
        b"",
    )
    for magic in magics:
        for size in (0, 3, 600, 20_000):
            rubbish = magic + numbers.randbytes(size)
            found = _analysed(tmp_path / "file", rubbish)
            assert isinstance(found, str) or found.images[0].layers[0].status == "partial"
            image = Image([rubbish], {"rootfs": {"type": "layers", "diff_ids": []}}, ["x:1"])
            files = archives.files_oci([image], Layout(layers="none"))
            found = _analysed(tmp_path / "file", archives.tar(files))
            assert isinstance(found, Report)
            _assert_honest(found)
            layer = found.images[0].layers[0]
            assert layer.status == ("read" if not rubbish else "partial")


def test_the_demo_is_whole_before_it_is_broken(tmp_path: Path) -> None:
    """Else nothing above would prove anything."""
    for form in FORMS:
        report = _analysed(_write(form, tmp_path), _write(form, tmp_path).read_bytes())
        assert isinstance(report, Report)
        assert report.images[0].integrity.status == "ok"
        assert json.loads(report.model_dump_json())["images"]

"""The stages joined: parallel work, shared layers, memory, progress."""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from ocianalyze import engine
from ocianalyze.controls._base import Result
from ocianalyze.detectors import filetype
from ocianalyze.engine import Options
from ocianalyze.errors import SourceError
from ocianalyze.layers import workers
from ocianalyze.layers.read import Reading
from ocianalyze.limits import Limits
from ocianalyze.model.facts import LayerFacts
from ocianalyze.report._base import AnalysedImage
from ocianalyze.sources._blob import FileRange
from ocianalyze.store.reading import Reader
from ocianalyze.store.telling import Progress, Teller
from tests import archives
from tests.archives import Image, Layout


def layer(name: str, size: int = 4_000) -> bytes:
    """Return a layer of its own content."""
    content = (name.encode() * size)[:size]
    return archives.tar({f"opt/{name}/data": content, f"opt/{name}/run": (0o4755, b"#!/bin/sh\n")})


BASE = layer("base")
IMAGES = [
    Image([BASE, layer(f"app{n}")], {"config": {"User": f"u{n}"}}, [f"app{n}:1"]) for n in range(5)
]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[FileRange]:
    """Count how often each layer is opened; documents are smaller than any of them."""
    counted: Counter[FileRange] = Counter()
    original = FileRange.open

    def count(blob: FileRange) -> BinaryIO:
        counted[blob] += blob.size >= len(BASE)
        return original(blob)

    monkeypatch.setattr(FileRange, "open", count)
    return counted


@pytest.mark.parametrize("layers", ["none", "gzip", "zstd"])
def test_the_number_of_workers_changes_no_byte(
    layers: archives.Compression, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order in which layers are done is not the order in which they are reported."""
    monkeypatch.setattr(workers, "_WORTH_A_PROCESS", 0)
    path = archives.oci_archive(tmp_path / "images.tar", IMAGES, Layout(layers=layers))
    told = {
        jobs: engine.scan(str(path), Options(jobs=jobs)).model_dump_json() for jobs in (1, 4, 0)
    }
    assert len(set(told.values())) == 1


def test_workers_read_spooled_input_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary file without a name is opened through its owner."""
    monkeypatch.setattr(workers, "_WORTH_A_PROCESS", 0)
    path = archives.docker_archive(tmp_path / "images.tar.gz", IMAGES, outer="gzip")
    one, two = (engine.scan(str(path), Options(jobs=jobs)) for jobs in (1, 2))
    assert one == two
    assert {image.integrity.status for image in one.images} == {"ok"}


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES)
    one, two = (engine.scan(str(path), Options(jobs=1)).model_dump_json() for _ in range(2))
    assert one == two
    assert str(tmp_path) not in one


def test_a_layer_of_many_images_is_read_once(tmp_path: Path, opened: Counter[FileRange]) -> None:
    """Each of the six layers of five images."""
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES)
    report = engine.scan(str(path), Options(jobs=1))
    assert len(report.images) == 5
    assert sorted((+opened).values()) == [1] * 6


def test_a_layer_that_an_image_repeats_is_read_once(
    tmp_path: Path, opened: Counter[FileRange]
) -> None:
    image = Image([BASE] * 40, {}, ["again:1"])
    path = archives.docker_archive(tmp_path / "image.tar", [image])
    report = engine.scan(str(path), Options(jobs=1))
    assert (len(report.images[0].layers), list((+opened).values())) == (40, [1])
    assert report.images[0].integrity.diff_ids_verified == 40


def test_facts_are_let_go_when_no_later_image_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry of images needs the memory of one."""
    held: list[int] = []
    judge = engine.judge

    def count(
        image: AnalysedImage, choice: engine.Chosen, *, keep_going: bool
    ) -> tuple[Result, ...]:
        gc.collect()
        held.append(sum(isinstance(thing, LayerFacts) for thing in gc.get_objects()))
        return judge(image, choice, keep_going=keep_going)

    monkeypatch.setattr(engine, "judge", count)
    before = sum(isinstance(thing, LayerFacts) for thing in gc.get_objects())
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES)
    engine.scan(str(path), Options(jobs=1))
    assert [count - before for count in held] == [2] * 5


def _told(path: Path, options: Options) -> list[Progress]:
    heard: list[Progress] = []
    engine.scan(str(path), replace(options, progress=heard.append))
    return heard


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_ends_at_its_total(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all images: it never goes back, and the total does not grow."""
    monkeypatch.setattr(workers, "_WORTH_A_PROCESS", 0)
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES)
    heard = _told(path, Options(jobs=jobs))
    size = len(BASE) + sum(len(image.layers[1]) for image in IMAGES)
    assert heard[-1] == Progress(size, size, 6, 6)
    assert {(said.total_bytes, said.total_layers) for said in heard} == {(size, 6)}
    steps = [(said.done_bytes, said.layers) for said in heard]
    assert steps == sorted(steps)


def test_progress_counts_only_what_needs_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept facts are no work."""
    monkeypatch.setattr("ocianalyze.sources._blob._SETTLED", -1.0)
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES[:1])
    options = Options(jobs=1, store=tmp_path / "store")
    assert _told(path, options)[-1].layers == 2
    assert _told(path, options)[-1] == Progress(0, 0, 0, 0, spared=2)
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES[:2])
    # The file is another one now: what is known is hashed, what is not is read.
    assert _told(path, options)[-1].layers == 3


def test_only_the_image_that_is_named_is_read(tmp_path: Path, opened: Counter[FileRange]) -> None:
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES)
    report = engine.scan(f"{path}!app3:1", Options(jobs=1))
    assert [image.names for image in report.images] == [("app3:1",)]
    assert sum(opened.values()) == 2
    again = engine.scan(str(path), Options(jobs=1, image="#3"))
    assert again.images[0].names == ("app3:1",)


def test_the_names_that_an_input_has_are_judged_from_kept_facts_too(tmp_path: Path) -> None:
    """They are no facts of the image: another name for the same bytes is judged anew."""
    options = Options(jobs=1, store=tmp_path / "store")
    (layout := tmp_path / "a").mkdir()
    archives.oci_layout(layout, IMAGES)
    for name, status in (("app3:1", "pass"), ("app3:1", "pass"), ("app3:latest", "fail")):
        index = layout / "index.json"
        index.write_text(index.read_text().replace('"app3:1"', f'"{name}"'))
        report = engine.scan(f"{layout}!{name}", options, engine.chosen("dockle-DKL-DI-0006"))
        assert [control.status for control in report.controls] == [status]


def test_level_one_leaves_the_controls_of_level_two_out(demo: Path) -> None:
    both = {control.id: control.level for control in engine.scan(str(demo), Options()).controls}
    report = engine.scan(str(demo), Options(), engine.chosen("l1"))
    assert report.profile == "l1"
    assert {control.id for control in report.controls} == {
        name for name, level in both.items() if level == 1
    }


def test_limits_of_the_user_bound_every_stage(tmp_path: Path) -> None:
    """What is cut says so, and nothing that needs the rest passes."""
    path = archives.docker_archive(tmp_path / "images.tar", IMAGES[:1])
    for limits in (Limits(layer_entries=1), Limits(layer_bytes=1_024)):
        report = engine.scan(str(path), Options(jobs=1, limits=limits))
        assert {layer.status for layer in report.images[0].layers} == {"partial"}
        assert report.images[0].integrity.status != "failed"
        assert "pass" not in {x.status for x in report.controls if x.id in {"CIS-4.3", "CIS-4.8"}}


class _Broken:
    """A blob on a disk that fails."""

    size = 10
    identity = ""
    path = "/images/app.tar"

    def is_settled(self) -> bool:
        return False

    def open(self) -> BinaryIO:
        raise OSError(5, "Input/output error")


def test_a_failing_disk_is_one_clear_line() -> None:
    reading = Reading((), filetype.classify)
    found: Iterator[object] = workers.read_layers(
        [workers.Task(_Broken())], reading, 1, lambda *_: None
    )
    with pytest.raises(SourceError, match=r"app\.tar: cannot be read: Input/output error"):
        list(found)


def test_many_images_with_many_layers_cost_what_they_are(tmp_path: Path) -> None:
    """Letting go of facts looks at the layers of one image, not at all of the file."""
    seen: Sequence[FileRange] = [FileRange(str(tmp_path), n, 0, 0) for n in range(20_000)]
    reader = Reader(engine._sought(Options()), None, Teller(seen, None))
    reader.drop(seen)
    assert reader._held == {}

"""Many layers at once: the same facts, whatever reads them and however it ends."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import NoReturn

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.errors import OcianalyzeError, SourceError
from ocianalyze.layers import workers
from ocianalyze.layers.observer import Classifier
from ocianalyze.layers.read import Reading
from ocianalyze.layers.workers import Task, read_layers
from ocianalyze.limits import Limits
from ocianalyze.model.digest import Digest
from ocianalyze.model.facts import LayerFacts
from ocianalyze.sources._blob import FileRange, whole_file
from tests import archives

Told = list[tuple[int, int]]


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes pay from the first byte."""
    monkeypatch.setattr(workers, "_WORTH_A_PROCESS", 0)


@pytest.fixture
def blobs(tmp_path: Path) -> list[FileRange]:
    """Return layers of rising size."""
    found = []
    for number in range(4):
        path = tmp_path / f"layer{number}"
        files = {f"opt/{number}/{n}": os.urandom(300) for n in range(40 * (number + 1))}
        path.write_bytes(archives.compress(archives.tar(files), "gzip"))
        found.append(whole_file(str(path)))
    assert all(found)
    return [blob for blob in found if blob is not None]


def _read(
    blobs: Sequence[FileRange],
    jobs: int,
    classify: Classifier = filetype.classify,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> dict[int, LayerFacts | None]:
    tasks = [Task(blob) for blob in blobs]
    return dict(read_layers(tasks, Reading((), classify, Limits()), jobs, tell))


def test_processes_find_what_one_finds(blobs: list[FileRange]) -> None:
    assert _read(blobs, 3) == _read(blobs, 1)
    assert sorted(_read(blobs, 2)) == [0, 1, 2, 3]
    assert multiprocessing.active_children() == []


def test_the_biggest_layer_is_first(blobs: list[FileRange]) -> None:
    """So that the longest work does not begin last."""
    assert list(_read(blobs, 1)) == [3, 2, 1, 0]


def test_facts_that_are_known_are_not_made_again(blobs: list[FileRange]) -> None:
    """The bytes are hashed; None says that they are those."""
    own = [Digest(archives.digest(Path(blob.path).read_bytes())) for blob in blobs]
    tasks = [
        Task(blobs[0], own[0]),
        Task(blobs[1], own[0]),
        Task(blobs[2]),
        Task(blobs[3], own[3]),
    ]
    reading = Reading((), filetype.classify, Limits())
    for jobs in (1, 2):
        found = dict(read_layers(tasks, reading, jobs, lambda *_: None))
        assert (found[0], found[3]) == (None, None)
        assert [facts.digest for facts in (found[1], found[2]) if facts] == own[1:3]


def test_whoever_waits_is_told_when_processes_read(blobs: list[FileRange]) -> None:
    """There is nothing else to do then."""
    begun: list[int] = []
    tasks = [Task(blob) for blob in blobs]
    reading = Reading((), filetype.classify, Limits())
    for jobs in (2, 1):
        found = read_layers(
            tasks, reading, jobs, lambda *_: None, lambda: begun.append(os.getpid())
        )
        assert len(list(found)) == 4
    assert begun == [os.getpid()]


def test_a_layer_that_nobody_waits_for_is_read_no_further(
    blobs: list[FileRange], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be large."""
    monkeypatch.setattr(workers, "_given", {"done": [0, 1], "reading": Reading((), _unseen)})
    with pytest.raises(CancelledError, match="nobody waits"):
        workers._work(0, Task(blobs[0]))


def _unseen(head: bytes) -> int:
    pytest.fail(f"{head!r} was read")


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told_per_layer(jobs: int, blobs: list[FileRange]) -> None:
    told: Told = []
    _read(blobs, jobs, tell=lambda number, done: told.append((number, done)))
    assert {number for number, _ in told} <= {0, 1, 2, 3}
    assert all(0 <= done <= blobs[number].size for number, done in told)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_lost_file_is_one_clear_line(jobs: int, blobs: list[FileRange]) -> None:
    """Also from another process, with its place."""
    Path(blobs[2].path).unlink()
    with pytest.raises(SourceError, match=r"layer2: cannot be read: No such file") as caught:
        _read(blobs, jobs)
    assert caught.value.place == blobs[2].path
    assert multiprocessing.active_children() == []


def test_a_killed_process_is_one_clear_line(blobs: list[FileRange]) -> None:
    """What a machine short of memory does."""
    parent = os.getpid()

    def classify(head: bytes) -> int:
        if os.getpid() != parent:
            os._exit(9)
        return filetype.classify(head)

    with pytest.raises(OcianalyzeError, match="was killed; perhaps memory was short"):
        _read(blobs, 2, classify)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("error", [OSError, ImportError, NotImplementedError])
def test_without_semaphores_layers_are_read_in_turn(
    error: type[Exception], blobs: list[FileRange], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container may lack /dev/shm."""
    expected = _read(blobs, 1)

    def refuse(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refuse)
    assert _read(blobs, 2) == expected


def test_whoever_stops_early_leaves_no_process(blobs: list[FileRange]) -> None:
    tasks = [Task(blob) for blob in blobs]
    found = read_layers(tasks, Reading((), filetype.classify, Limits()), 2, lambda *_: None)
    next(iter(found))
    found.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_few_bytes_are_not_worth_a_process(
    blobs: list[FileRange], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is the work beside the biggest layer."""
    monkeypatch.setattr(workers, "_WORTH_A_PROCESS", sum(blob.size for blob in blobs[:3]) + 1)
    monkeypatch.setattr(workers, "_workers", lambda *_: pytest.fail("a process was started"))
    assert len(_read(blobs, 4)) == 4

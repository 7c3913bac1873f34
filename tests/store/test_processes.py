"""Many processes at one store, and processes that may not write."""

import os
import resource
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest

from ocianalyze.store import Store
from tests.facts import digest_of, large

LAYERS = [large(40 + number, f"layer {number}") for number in range(6)]
FORK = get_context("fork")
NOBODY = 65534


@pytest.fixture
def anywhere() -> Iterator[Path]:
    """A directory that other users can reach."""
    path = Path(mkdtemp(prefix="ocianalyze-test-"))
    path.chmod(0o755)
    yield path
    rmtree(path)


def in_child(work: Callable[[], object]) -> int:
    """Run in a forked process and return its exit status.

    A plain fork: whatever would write files when a process ends, such as a measurement of
    coverage, may not do so where the test takes the right to write away.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001 - the parent sees the status, people the traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _work(store: Store, seed: int) -> None:
    for turn in range(30):
        layer = LAYERS[(seed + turn) % len(LAYERS)]
        found = store.get(layer.digest)
        assert found is None or found == layer
        store.put(layer)
        store.remember(f"range {turn}", layer.digest)
        store.remember(f"mine {seed}:{turn}", layer.digest)
        assert store.known(f"mine {seed}:{turn}") == layer.digest
        if turn == 5 and seed == 0:
            store.prune(keep_bytes=1_000)
    assert store.problems == []


def test_eight_processes_share_a_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "observers 1")
    processes = [FORK.Process(target=_work, args=(store, seed)) for seed in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 8
    info = store.info()
    assert info.files == len(LAYERS)
    assert info.verified == 8 * 30 + 30
    assert [store.get(layer.digest) for layer in LAYERS] == LAYERS
    assert list(store.directory.rglob("*.tmp")) == []
    store.close()


def test_processes_that_find_the_catalogue_damaged_agree(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "observers 1")
    for layer in LAYERS:
        store.put(layer)
    store.close()
    (store.directory / "catalogue.sqlite").write_bytes(b"nonsense" * 1000)
    processes = [FORK.Process(target=_count, args=(store,)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 8
    assert store.info().layers == len(LAYERS)
    store.close()


def _count(store: Store) -> None:
    assert store.info().layers == len(LAYERS)
    assert store.problems == []


def test_an_open_store_survives_a_fork(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "observers 1")
    store.put(LAYERS[0])

    def child() -> None:
        store.remember("child", LAYERS[0].digest)
        assert store.get(LAYERS[0].digest) == LAYERS[0]

    assert in_child(child) == 0
    store.remember("parent", LAYERS[0].digest)
    assert store.known("child") == LAYERS[0].digest
    assert store.info().verified == 2
    store.close()


def test_threads_share_a_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "observers 1")
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for turn in range(10):
                layer = LAYERS[(seed + turn) % len(LAYERS)]
                store.put(layer)
                assert store.get(layer.digest) == layer
                store.remember(f"{seed}:{turn}", layer.digest)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.info().verified == 40
    store.close()


def test_a_killed_writer_leaves_no_broken_facts(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "observers 1")
    big = large(20_000, "big")

    def child() -> None:
        for _ in range(1000):
            store.put(big)

    process = FORK.Process(target=child)
    process.start()
    deadline = time.monotonic() + 30
    while not list((tmp_path / "store").rglob("*.facts")) and time.monotonic() < deadline:
        process.join(0.01)
    process.kill()
    process.join()
    assert store.get(big.digest) == big
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_a_read_only_store_is_read_and_said_once(anywhere: Path) -> None:
    directory = anywhere / "store"
    store = Store(directory, "observers 1")
    store.put(LAYERS[0])
    store.close()
    for path in (directory, *directory.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
        path.chmod(0o500 if path.is_dir() else 0o400)

    def child() -> None:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        for _ in range(2):
            assert store.get(LAYERS[0].digest) == LAYERS[0]
            store.put(LAYERS[1])
            store.remember("1:2", LAYERS[0].digest)
            assert store.known("1:2") is None
            assert store.get(LAYERS[1].digest) is None
        store.prune(everything=True)
        assert store.get(LAYERS[0].digest) == LAYERS[0]
        assert len([line for line in store.problems if "nothing more is kept" in line]) == 1
        assert len([line for line in store.problems if "cannot be removed" in line]) == 1
        assert len(store.problems) == 3

    assert in_child(child) == 0


def test_a_full_disk_stops_the_writing_not_the_analysis(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "observers 1")
    store.put(LAYERS[0])
    store.close()
    big = large(5_000, "big")

    def child() -> None:
        # Python ignores SIGXFSZ: a file beyond the limit is an OSError, as on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        for _ in range(2):
            store.put(big)
            store.put(LAYERS[1])
            assert store.get(big.digest) is None
            assert store.get(LAYERS[0].digest) == LAYERS[0]
        kept = [line for line in store.problems if "nothing more is kept" in line]
        assert len(kept) == 1

    assert in_child(child) == 0
    assert list(store.directory.rglob("*.tmp")) == []
    assert store.get(digest_of("big")) is None
    store.close()

"""Many layers read at once: one process for each, the biggest first.

Within a process a large layer has threads of its own (`ocianalyze.blobs.ahead`), so few layers
still use the cores that many would, and so does a big one that is the last to end.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from mmap import mmap
from typing import TYPE_CHECKING, Any

from ocianalyze.blobs.stream import Opens
from ocianalyze.dataclass import dataclass
from ocianalyze.errors import OcianalyzeError, SourceError
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import MIB
from ocianalyze.model.digest import Digest
from ocianalyze.model.facts import LayerFacts

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_WORTH_A_PROCESS = 16 * MIB
"""Stored bytes, of all layers but the biggest, from which processes pay."""
_LOOK = 0.1
"""Seconds between two looks at the progress of workers."""
_READ = MIB


@dataclass(frozen=True, slots=True)
class Task:
    """One blob to read."""

    blob: Opens
    expected: Digest | None = None
    """When the stored bytes have this digest, by sha256, their facts are known already."""
    others: tuple[str, ...] = ()
    """Algorithms by which the bytes are hashed beside sha256."""


Tell = Callable[[int, int], None]
"""Takes the number of a task and its stored bytes read so far."""


def read_layers(
    tasks: Sequence[Task],
    reading: Reading,
    jobs: int,
    tell: Tell,
    begun: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, LayerFacts | None]]:
    """Yield each task's number with its facts, in the order in which they are done.

    None stands for facts that are known already: the bytes have the expected digest.

    Args:
        tasks: the blobs, in any order.
        reading: what to look for.
        jobs: processes at most; 0 is one more than there are cores, so that none idles at the end.
        tell: called now and then while bytes are read.
        begun: called once, when processes have begun to read: this one has nothing to do then.

    Raises:
        SourceError: a blob's file cannot be read.
        OcianalyzeError: a process was killed from outside.

    """
    order = sorted(range(len(tasks)), key=lambda number: -tasks[number].blob.size)
    jobs = min(jobs or _cores() + 1, len(tasks))
    done, pool = None, None
    if jobs > 1 and sum(tasks[number].blob.size for number in order[1:]) >= _WORTH_A_PROCESS:
        done, pool = _workers(len(tasks), reading, jobs)
    if done is None or pool is None:
        for number in order:
            yield number, _run(tasks[number], reading, partial(tell, number))
        return
    try:
        pending = {pool.submit(_work, number, tasks[number]): number for number in order}
        begun()
        yield from _results(pending, done, tell)
    finally:
        done[-1] = 1
        pool.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(task: Task, reading: Reading, tell: Callable[[int], None]) -> LayerFacts | None:
    try:
        if task.expected is not None and _digest(task.blob, tell) == task.expected:
            return None
        return read_layer(task.blob, reading, tell, task.others)
    except OSError as error:
        place = getattr(task.blob, "path", "")
        raise SourceError(f"cannot be read: {error.strerror or error}", place=place) from error


def _digest(blob: Opens, tell: Callable[[int], None]) -> Digest:
    """Hash the stored bytes alone."""
    sha256, done = hashlib.sha256(), 0
    with blob.open() as file:
        while chunk := file.read(_READ):
            sha256.update(chunk)
            done += len(chunk)
            tell(done)
    return Digest(f"sha256:{sha256.hexdigest()}")


def _workers(
    tasks: int, reading: Reading, jobs: int
) -> "tuple[Any, ProcessPoolExecutor] | tuple[None, None]":
    """Return shared counters and processes; nothing where the system lacks what they need.

    A container may come without /dev/shm, and thereby without semaphores.
    """
    import multiprocessing  # noqa: PLC0415 - most inputs need no process
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - the same

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    try:
        done = _counters(tasks, context)
        return done, ProcessPoolExecutor(jobs, context, _begin, (reading, done))
    except (OSError, ImportError, NotImplementedError):
        return None, None


def _counters(tasks: int, context: Any) -> Any:
    """Return numbers that all processes share; forked ones inherit them without a file.

    One for each task, and a last one that is not 0 when nobody waits for results any more.
    """
    if context.get_start_method() == "fork":
        return memoryview(mmap(-1, 8 * (tasks + 1))).cast("Q")
    return context.RawArray("Q", tasks + 1)


def _results(
    pending: "dict[Future[LayerFacts | None], int]", done: Any, tell: Tell
) -> Iterator[tuple[int, LayerFacts | None]]:
    from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415 - most need none

    while pending:
        finished, _ = wait(pending, _LOOK, FIRST_COMPLETED)
        for number in pending.values():
            tell(number, done[number])
        for future in finished:
            yield _result(pending.pop(future), future)


def _result(number: int, future: "Future[LayerFacts | None]") -> tuple[int, LayerFacts | None]:
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - most need none

    try:
        return number, future.result()
    except BrokenProcessPool as error:
        cure = "perhaps memory was short: try --jobs 1"
        raise OcianalyzeError("a process that read a layer was killed", cure=cure) from error


_given: dict[str, Any] = {}
"""Of a worker process alone: what its initializer was given."""


def _begin(reading: Reading, done: Any) -> None:
    _given.update(reading=reading, done=done)


def _work(number: int, task: Task) -> LayerFacts | None:
    from concurrent.futures import CancelledError  # noqa: PLC0415 - loaded where this runs

    def tell(read: int) -> None:
        _given["done"][number] = read
        if _given["done"][-1]:
            raise CancelledError("nobody waits for this layer any more")

    return _run(task, _given["reading"], tell)

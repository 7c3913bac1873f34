"""A progress bar, where somebody is looking."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from time import monotonic
from typing import TYPE_CHECKING

from ocianalyze.dataclass import dataclass

if TYPE_CHECKING:
    from ocianalyze.store.telling import Progress


@dataclass(slots=True)
class Meter:
    """What an analysis cost so far."""

    began: float = field(default_factory=monotonic)
    read: int = 0
    """Bytes of layers as stored."""

    def note(self, progress: "Progress") -> None:
        """Take the latest figures."""
        self.read = progress.done_bytes

    @property
    def seconds(self) -> float:
        """Wall time since the beginning."""
        return monotonic() - self.began


@contextmanager
def metered(*, bar: bool) -> "Iterator[tuple[Meter, Callable[[Progress], None]]]":
    """Yield a meter and the callback that feeds it; draw a bar only on a terminal."""
    meter = Meter()
    if not (bar and sys.stderr.isatty()):
        yield meter, meter.note
        return
    with _bar(meter) as callback:
        yield meter, callback


@contextmanager
def _bar(meter: Meter) -> "Iterator[Callable[[Progress], None]]":
    from rich.console import Console  # noqa: PLC0415 - 50 ms that only a terminal needs
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("opening", total=None)

        def callback(progress: "Progress") -> None:
            meter.note(progress)
            drawn.update(
                task,
                description=f"{progress.layers} of {progress.total_layers} layers",
                completed=progress.done_bytes,
                total=progress.total_bytes or None,
            )

        yield callback

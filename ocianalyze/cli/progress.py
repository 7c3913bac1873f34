"""A progress bar, where somebody is looking."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING

from ocianalyze.dataclass import dataclass

if TYPE_CHECKING:
    from ocianalyze.store.telling import Progress

_UNSEEN = 0.5
"""Seconds in which nothing is drawn: what is over by then needs no bar."""


@dataclass(slots=True)
class Meter:
    """What an analysis cost so far."""

    began: float = field(default_factory=monotonic)
    read: int = 0
    """Bytes of layers as stored."""
    spared: int = 0
    """Layers whose facts were kept."""
    input: str = ""
    """Which of several is read."""
    say: Callable[[str], None] = lambda _: None
    """Shows a text where a bar will be."""
    _before: tuple[int, int] = (0, 0)
    """What earlier inputs cost."""

    def begin(self, name: str) -> None:
        """Take that another input is read from now on."""
        self.input, self._before = name, (self.read, self.spared)

    def compiling(self, rules: int, is_kept: bool) -> None:
        """Show what takes seconds before the first layer is read."""
        self.say(f"compiling {rules:,} rules for secrets{' (once)' if is_kept else ''}")

    def note(self, progress: "Progress") -> None:
        """Take the latest figures of an input."""
        read, spared = self._before
        self.read, self.spared = read + progress.done_bytes, spared + progress.spared

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
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    said = TextColumn("{task.description}")
    bar = BarColumn(complete_style="cyan", finished_style="cyan")
    left = TimeRemainingColumn(compact=True)
    drawn = Bar(said, console=Console(stderr=True), transient=True, refresh_per_second=4)
    task = drawn.add_task("preparing", total=None)
    meter.say = lambda text: drawn.update(task, description=text)

    def callback(progress: "Progress") -> None:
        meter.note(progress)
        if progress.total_bytes:
            drawn.columns = (said, bar, left)
            done, total = progress.done_bytes, progress.total_bytes
            told = f"{meter.input}{_told(progress)}"
            drawn.update(task, description=told, completed=done, total=total)

    with _late(drawn.start, drawn.stop):
        yield callback


@contextmanager
def _late(start: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    """Start what still goes on after a moment, and stop it at the end if it was started."""
    timer = Timer(_UNSEEN, start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        stop()


def _told(progress: "Progress") -> str:
    from ocianalyze.report.words import plural, size  # noqa: PLC0415 - only a terminal needs them

    total = plural(progress.total_layers, "layer")
    read = f"{size(progress.done_bytes)} of {size(progress.total_bytes)}"
    return f"{progress.layers} of {total}, {read}"

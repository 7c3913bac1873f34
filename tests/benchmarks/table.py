"""The table: work, ours, peak memory, against, ratio, bar; what misses its bar is marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.measure import Outcome, Run, ratio, typical

_MIB = 1 << 20
_MEMORY = 250_000_000
"""Peak memory of any image of up to a million entries."""
_MISSED = " **missed**"


@dataclass(frozen=True)
class Bar:
    """What a figure must reach."""

    limit: float
    unit: str = ""
    least: bool = False
    """The figure must be at least, not at most, the limit."""

    def __str__(self) -> str:
        """Return it in words."""
        word = "at least" if self.least else "at most"
        return f"{word} {self.limit:.3g} {self.unit}".rstrip()

    def missed(self, figure: float) -> bool:
        """Decide whether a figure is on the wrong side."""
        return figure < self.limit if self.least else figure > self.limit


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    seconds: float | None
    peak: int | None
    against: str
    figure: float | None = None
    """What the bar is about."""
    bar: Bar | None = None
    shown: str = ""
    """The cell of the ratio."""


def versus(
    work: str, taken: Mapping[str, Outcome], ours: str, against: str, bar: float | None = None
) -> Row:
    """Return our time as a ratio of another's."""
    mine, theirs = _runs(taken[ours], work), taken[against]
    middle, limit = typical(mine), Bar(bar) if bar else None
    if isinstance(theirs, str):
        return Row(work, middle.wall, middle.peak, f"{against}: {theirs}", bar=limit)
    found = ratio(mine, theirs)
    named = _named(against, typical(theirs))
    return Row(work, middle.wall, middle.peak, named, found, limit, f"{found:.2f}")


def added(
    work: str, taken: Mapping[str, Outcome], more: str, less: str, bar: float | None = None
) -> Row:
    """Return what one of our runs takes longer than another, as a ratio of the floor."""
    longer, shorter, floor = (_runs(taken[name], work) for name in (more, less, "floor"))
    differences = [a.wall - b.wall for a, b in zip(longer, shorter, strict=True)]
    found = median(x / y.wall for x, y in zip(differences, floor, strict=True))
    named = _named("floor", typical(floor))
    limit = Bar(bar) if bar else None
    return Row(work, median(differences), None, named, found, limit, f"{found:.2f}")


def lasting(work: str, runs: Outcome, bar: float | None = None) -> Row:
    """Return our time against seconds."""
    middle = typical(_runs(runs, work))
    limit = Bar(bar, "s") if bar else None
    return Row(work, middle.wall, middle.peak, "", middle.wall, limit)


def _runs(outcome: Outcome, work: str) -> Sequence[Run]:
    if isinstance(outcome, str):
        raise SystemExit(f"{work}: our own run {outcome}")
    return outcome


def _named(name: str, run: Run) -> str:
    return f"{name} ({run.wall:.2f} s, {run.peak // _MIB} MiB)"


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| work | ours | peak memory | against | ratio | bar |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in rows:
        cells = (row.work, _seconds(row.seconds), _memory(row.peak), row.against, row.shown)
        yield f"| {' | '.join((*cells, _bar(row)))} |"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"


def _memory(peak: int | None) -> str:
    if peak is None:
        return ""
    return f"{peak // _MIB} MiB{_MISSED if peak > _MEMORY else ''}"


def _bar(row: Row) -> str:
    if row.bar is None:
        return ""
    missed = row.figure is not None and row.bar.missed(row.figure)
    return f"{row.bar}{_MISSED if missed else ''}"

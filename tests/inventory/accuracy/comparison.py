"""Two lists of packages of one thing, and the differences between them that are known."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

Release = tuple[str, ...]
"""What names one package: name and version first, then what else the oracle tells."""
Side = Literal["missed", "alone"]


class Absent(Exception):
    """An oracle cannot be asked here; the text says why."""


@dataclass(frozen=True)
class Comparison:
    """What an oracle lists of one thing, and what we list."""

    case: str
    """What was read: an image, an ecosystem."""
    oracle: str
    theirs: frozenset[Release]
    ours: frozenset[Release]
    weak: int = 0
    """Packages left out of ours, since only documents such as lock files name them."""
    bundled: int = 0
    """Packages left out of ours, since they are inside another that the oracle lists."""

    @cached_property
    def missed(self) -> frozenset[Release]:
        """What only the oracle lists."""
        return self.theirs - self.ours

    @cached_property
    def alone(self) -> frozenset[Release]:
        """What only we list."""
        return self.ours - self.theirs

    @property
    def both(self) -> int:
        """Packages that both list."""
        return len(self.theirs & self.ours)

    @property
    def precision(self) -> float:
        """Share of ours that the oracle lists."""
        return self.both / len(self.ours) if self.ours else 1.0

    @property
    def recall(self) -> float:
        """Share of the oracle's that we list."""
        return self.both / len(self.theirs) if self.theirs else 1.0

    def differences(self) -> Iterator[tuple[Side, str]]:
        """Yield every difference as a side and the words of its release."""
        for release in sorted(self.missed):
            yield "missed", " ".join(release)
        for release in sorted(self.alone):
            yield "alone", " ".join(release)


class Known(NamedTuple):
    """One difference that has a reason, or several by a pattern with `*`."""

    case: str
    side: Side
    pattern: str
    reason: str

    def explains(self, case: str, side: Side, words: str) -> bool:
        """Tell that a difference is this one."""
        return (case, side) == (self.case, self.side) and fnmatchcase(words, self.pattern)


@dataclass(frozen=True)
class Judged:
    """The differences of some comparisons against the known ones."""

    unexplained: tuple[str, ...]
    """Differences without a reason."""
    gone: tuple[str, ...]
    """Known differences that no comparison shows any more."""
    reasons: Counter[tuple[str, Side, str]]
    """How many differences each reason explains, by case, side and reason."""


def known(path: Path) -> tuple[Known, ...]:
    """Read a list of known differences.

    Each `[[difference]]` has a `case`, a `reason`, and lists of patterns `missed` and `alone`.
    """
    sides: tuple[Side, ...] = ("missed", "alone")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["difference"]
    return tuple(
        Known(table["case"], side, pattern, " ".join(table["reason"].split()))
        for table in tables
        for side in sides
        for pattern in table.get(side, ())
    )


def judge(comparisons: Iterable[Comparison], explained: Iterable[Known]) -> Judged:
    """Find a reason for each difference, and a difference for each reason."""
    listed = tuple(explained)
    used: set[Known] = set()
    unexplained: list[str] = []
    reasons: Counter[tuple[str, Side, str]] = Counter()
    for comparison in comparisons:
        for side, words in comparison.differences():
            fitting = [each for each in listed if each.explains(comparison.case, side, words)]
            used.update(fitting)
            for each in fitting[:1]:
                reasons[comparison.case, side, each.reason] += 1
            if not fitting:
                unexplained.append(f"{comparison.case}: {side} {words}")
    gone = (f"{x.case}: {x.side} {x.pattern}" for x in listed if x not in used)
    return Judged(tuple(unexplained), tuple(gone), reasons)

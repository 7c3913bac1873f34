"""One file of a layer while its inside is looked at, whatever is packed in whatever."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocianalyze.detectors.secrets._candidate import Proved
from ocianalyze.detectors.secrets._engine import Engine
from ocianalyze.detectors.secrets._search import Search
from ocianalyze.detectors.secrets.hits import Hit, hit
from ocianalyze.detectors.secrets.inside._allowance import Spending
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.inside.inner import note
from ocianalyze.limits import KIB

_SMALL = 32 * KIB
"""Contents below this are looked at several at once."""
_JOINED = 256 * KIB
_BETWEEN = b"\n\0\n"
_HITS = 5_000
"""Secrets kept of one file."""


@dataclass(slots=True)
class Look:
    """What all contents of one file share, and what was found in them."""

    engine: Engine
    path: bytes
    spending: Spending
    bare: bool = False
    hits: list[Hit] = field(default_factory=list)
    unread: dict[str, tuple[int, str]] = field(default_factory=dict)
    _small: list[tuple[str, Data]] = field(default_factory=list)
    _size: int = 0

    def note(self, inner: str, reason: str) -> None:
        """Count something that is not looked at."""
        note(self.unread, inner, reason)

    def place(self, inner: str) -> bytes:
        """Return the path of a content, for rules that speak of some files only."""
        return self.path + b"!/" + inner.encode("utf-8", "replace") if inner else self.path

    def search(self, inner: str) -> Search:
        """Return a search for a content that comes in pieces."""
        return Search(self.engine, path=self.place(inner))

    def keep(self, inner: str, found: Sequence[Proved]) -> None:
        """Keep what was found in a content."""
        room = _HITS - len(self.hits)
        if len(found) > room:
            self.note(inner, f"has more than {_HITS} secrets")
        self.hits += (
            hit(one, "content", one.start, secret=one.secret, inner=inner, bare=self.bare)
            for one in found[: max(room, 0)]
        )

    def ended(self, inner: str, search: Search) -> None:
        """Tell when a search saw too much to look at all of it."""
        if search.exhausted:
            self.note(inner, "has more beginnings of secrets than are looked at")

    def whole(self, inner: str, data: Data) -> None:
        """Look at a content that came in one piece."""
        if len(data) >= _SMALL:
            self._find(inner, data)
            return
        self._small.append((inner, data))
        self._size += len(data) + len(_BETWEEN)
        if self._size >= _JOINED:
            self.flush()

    def flush(self) -> None:
        """Look at the small contents that wait: at all of them, then at those with something."""
        waiting, self._small, self._size = self._small, [], 0
        if len(waiting) < 2:
            for inner, data in waiting:
                self._find(inner, data)
            return
        events, too_many = self.engine.scan(_BETWEEN.join(data for _, data in waiting))
        if not events:
            return
        ends = sorted(end for _, end in events)
        at = start = 0
        for inner, data in waiting:
            behind = start + len(data) + len(_BETWEEN)
            count = at
            while at < len(ends) and ends[at] <= behind:
                at += 1
            if at > count or too_many:
                self._find(inner, data)
            start = behind

    def _find(self, inner: str, data: Data) -> None:
        search = self.search(inner)
        found = search.find(bytes(data))
        if found:
            self.keep(inner, found)
        self.ended(inner, search)

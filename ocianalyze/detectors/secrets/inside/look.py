"""One file of a layer while its inside is looked at, whatever is packed in whatever."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ocianalyze.detectors.secrets._candidate import Proved
from ocianalyze.detectors.secrets._engine import Engine
from ocianalyze.detectors.secrets._search import Search
from ocianalyze.detectors.secrets.hits import Hit, hit
from ocianalyze.detectors.secrets.inside._allowance import Spending
from ocianalyze.detectors.secrets.inside._constants import Beginnings, Compiled, compiled, hidden
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.inside.inner import note
from ocianalyze.limits import KIB

_SMALL = 32 * KIB
"""Contents below this are looked at several at once."""
_JOINED = 256 * KIB
_BETWEEN = b"\n\0\n"
_TOO_MANY = "has more beginnings of secrets than are looked at"
_PYTHON = b".pyc"
"""Name of a content that may be compiled Python."""
_HITS = 5_000
"""Secrets kept of one file."""
_Waiting = tuple[str, Data, int]
"""Path inside, content, and where that begins in what the path names."""


@dataclass(slots=True)
class Look:
    """What all contents of one file share, and what was found in them."""

    engine: Engine
    path: bytes
    spending: Spending
    beginnings: Beginnings
    bare: bool = False
    hits: list[Hit] = field(default_factory=list)
    unread: dict[str, tuple[int, str]] = field(default_factory=dict)
    _small: list[_Waiting] = field(default_factory=list)
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

    def keep(self, inner: str, found: Sequence[Proved], base: int = 0) -> None:
        """Keep what was found in a content, or in a part of it that begins at `base`."""
        room = _HITS - len(self.hits)
        if len(found) > room:
            self.note(inner, f"has more than {_HITS} secrets")
        self.hits += (
            hit(one, "content", base + one.start, secret=one.secret, inner=inner, bare=self.bare)
            for one in found[: max(room, 0)]
        )

    def ended(self, inner: str, search: Search) -> None:
        """Tell when a search saw too much to look at all of it."""
        if search.exhausted:
            self.note(inner, _TOO_MANY)

    def whole(self, inner: str, data: Data, base: int = 0) -> None:
        """Look at a content, or at a part of one from `base` on, that came in one piece."""
        if len(data) >= _SMALL:
            self._find(inner, data, base)
            if not base:
                self.constants(inner, bytes(data))
            return
        self._small.append((inner, data, base))
        self._size += len(data) + len(_BETWEEN)
        if self._size >= _JOINED:
            self.flush()

    def constants(self, inner: str, data: bytes) -> None:
        """Look at the texts of a compiled content whose borders their neighbours hide."""
        if kind := compiled(data[:4], inner.encode("utf-8", "replace") if inner else self.path):
            starts, too_many = self.beginnings.starts(data)
            self._constants(inner, data, kind, starts)
            if too_many:
                self.note(inner, _TOO_MANY)

    def _constants(self, inner: str, data: bytes, kind: Compiled, starts: Sequence[int]) -> None:
        for start, end in hidden(data, starts, kind):
            self.whole(inner, data[start:end], start)

    def flush(self) -> None:
        """Look at the small contents that wait, until none does."""
        while self._small:
            self._flush()

    def _flush(self) -> None:
        """Look at all of them at once, then at those with something."""
        waiting, self._small, self._size = self._small, [], 0
        joined = _BETWEEN.join([one[1] for one in waiting])
        events, too_many = self.engine.scan(joined)
        ends = [end for _, end in events]
        for (inner, data, base), _, _ in _with_one(waiting, ends, all_of=too_many):
            self._find(inner, data, base)
        if any(not base and compiled(data[:4], _PYTHON) for _, data, base in waiting):
            self._flush_compiled(waiting, joined)

    def _flush_compiled(self, waiting: list[_Waiting], joined: bytes) -> None:
        starts, too_many = self.beginnings.starts(joined)
        for (inner, data, base), begin, mine in _with_one(waiting, starts, all_of=False):
            kind = compiled(data[:4], inner.encode("utf-8", "replace"))
            if kind and not base:
                own = [starts[number] - begin for number in mine]
                self._constants(inner, bytes(data), kind, own)
        if too_many:
            self.note(waiting[0][0], _TOO_MANY)

    def _find(self, inner: str, data: Data, base: int = 0) -> None:
        search = self.search(inner)
        found = search.find(bytes(data))
        if found:
            self.keep(inner, found, base)
        self.ended(inner, search)


def _with_one(
    waiting: list[_Waiting], places: list[int], *, all_of: bool
) -> Iterator[tuple[_Waiting, int, range]]:
    """Yield contents in which, of all joined, places lie; with where they begin, and which.

    A place at the end of a content belongs to it.
    """
    places.sort()
    at = start = 0
    for one in waiting if places or all_of else ():
        behind = start + len(one[1]) + len(_BETWEEN)
        count = at
        while at < len(places) and places[at] <= behind:
            at += 1
        if at > count or all_of:
            yield one, start, range(count, at)
        start = behind

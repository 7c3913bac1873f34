"""One file of a layer while its inside is looked at, whatever is packed in whatever."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from itertools import accumulate
from typing import Generic, TypeVar

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import Hit, hit
from ocianalyze.detectors.secrets.inside._constants import Beginnings, Compiled, compiled, hidden
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.inside._named import Named, Naming
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.detectors.secrets.inside.inner import ARCHIVE_IN, TOO_MANY, Notes, note
from ocianalyze.detectors.secrets.inside.recognise import HEAD, may_be_packed
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.limits import KIB
from ocianalyze.model.secret import Where

_SMALL = 32 * KIB
"""Contents below this are looked at several at once."""
_JOINED = 256 * KIB
BETWEEN = b"\n\0\n"
_APART = len(BETWEEN)
_PYTHON = b".pyc"
"""Name of a content that may be compiled Python."""
_HITS = 5_000
"""Secrets kept of one file."""
_LEAST = 8
"""Bytes of a name, link target or comment that is looked at."""
_More = TypeVar("_More")


@dataclass(slots=True)
class _Waiting(Generic[_More]):
    """Small texts that are looked at together; the same number of each."""

    inners: list[str] = field(default_factory=list)
    texts: list[Data] = field(default_factory=list)
    more: list[_More] = field(default_factory=list)
    size: int = 0
    """Bytes of all, joined."""

    def add(self, inner: str, text: Data, more: _More) -> None:
        """Let one wait."""
        self.inners.append(inner)
        self.texts.append(text)
        self.more.append(more)
        self.size += len(text) + _APART

    def rows(
        self, places: list[int], *, all_of: bool = False
    ) -> "Iterator[tuple[tuple[str, Data, _More], int, range]]":
        """Yield texts in which, of all joined, places lie; with where they begin, and which.

        A place at the end of a text belongs to it.
        """
        if not places and not all_of:
            return
        places.sort()
        begins = [0, *accumulate(len(text) + _APART for text in self.texts)]
        at = number = 0
        while at < len(places) or all_of:
            number = number if all_of else bisect_left(begins, places[at], number + 1) - 1
            if number >= len(self.texts):
                return
            behind = bisect_right(places, begins[number + 1], at)
            row = self.inners[number], self.texts[number], self.more[number]
            yield row, begins[number], range(at, behind)
            at, number = behind, number + 1


@dataclass(slots=True)
class Look:
    """What all contents of one file share, and what was found in them."""

    engine: Engine
    path: bytes
    spending: Spending
    beginnings: Beginnings
    naming: Naming
    bare: bool = False
    hits: list[Hit] = field(default_factory=list)
    unread: Notes = field(default_factory=dict)
    _small: _Waiting[int] = field(default_factory=_Waiting)
    """Contents, with where each begins in what the path names."""
    _labels: _Waiting[Where] = field(default_factory=_Waiting)
    _named: list[tuple[str, str, str]] = field(default_factory=list)
    """Path inside, rule and digest of members whose name is a credential's."""

    def note(self, inner: str, reason: str) -> None:
        """Count something that is not looked at."""
        note(self.unread, inner, reason)

    def entered(self, *, coded: bool) -> None:
        """Count a zip archive that is entered, unless it is none of the file's own bytes."""
        self.spending.allowance.entered[self.path] += not coded

    def inflated_from(self, at: int) -> None:
        """Tell from which of the file's own bytes on compressed members are looked for."""
        self.spending.allowance.inflated_in.setdefault(self.path, at)

    def place(self, inner: str) -> bytes:
        """Return the path of a content, for rules that speak of some files only."""
        return self.path + b"!/" + inner.encode("utf-8", "replace") if inner else self.path

    def search(self, inner: str) -> Search:
        """Return a search for a content that comes in pieces."""
        return Search(self.engine, path=self.place(inner))

    def keep(
        self, inner: str, found: Sequence[Proved], base: int = 0, where: Where = "content"
    ) -> None:
        """Keep what was found in a content, or in a part of it that begins at `base`."""
        self._add(
            inner,
            (
                hit(one, where, base + one.start, secret=one.secret, inner=inner, bare=self.bare)
                for one in found
            ),
        )

    def _add(self, inner: str, hits: Iterable[Hit]) -> None:
        for one in hits:
            if len(self.hits) >= _HITS:
                self.note(inner, f"has more than {_HITS} secrets")
                return
            self.hits.append(one)

    def label(self, inner: str, where: Where, text: bytes) -> None:
        """Look at what a header says of a member."""
        if len(text) >= _LEAST:
            self.labels([inner], [text], where)

    def labels(self, inners: Sequence[str], texts: Sequence[bytes], where: Where) -> None:
        """Look at what headers say of members."""
        said = self._labels
        said.inners += inners
        said.texts += texts
        said.more += [where] * len(texts)
        said.size += sum(map(len, texts)) + _APART * len(texts)
        if said.size >= _JOINED:
            self._flush_labels()

    def contents(self, inners: Sequence[str], contents: Sequence[bytes]) -> None:
        """Look at contents that came in one piece each."""
        if max(map(len, contents), default=0) >= _SMALL:
            for inner, data in zip(inners, contents, strict=True):
                self.whole(inner, data)
            return
        small = self._small
        small.inners += inners
        small.texts += contents
        small.more += [0] * len(contents)
        small.size += sum(map(len, contents)) + _APART * len(contents)
        if small.size >= _JOINED:
            self.flush()

    def named(self, inner: str, named: Named, *, is_searched: bool) -> None:
        """Ask a member, which has ended, what its name calls for.

        Args:
            inner: path inside.
            named: as it took the content.
            is_searched: its content is searched here, not among the bytes of the layer.

        """
        if search := named.search:
            self.keep(inner, [*named.found, *search.close()])
            self.ended(inner, search, is_entered=True)
        if not (named.rule and named.size):
            return
        if is_searched or not self.search(inner).find(bytes(named.data)):
            self._named.append((inner, named.rule, named.sha256))

    def ended(self, inner: str, search: Search, *, is_entered: bool) -> None:
        """Tell when a search saw too much to look at all of it, or what nobody looks into."""
        if search.archives and not is_entered:
            self.note(inner, ARCHIVE_IN)
        if search.exhausted:
            self.note(inner, TOO_MANY)

    def whole(self, inner: str, data: Data, base: int = 0) -> None:
        """Look at a content, or at a part of one from `base` on, that came in one piece."""
        if len(data) >= _SMALL:
            self._find(inner, data, base)
            if not base:
                self.constants(inner, bytes(data))
            return
        self._small.add(inner, data, base)
        if self._small.size >= _JOINED:
            self.flush()

    def constants(self, inner: str, data: bytes) -> None:
        """Look at the texts of a compiled content whose borders their neighbours hide."""
        if kind := compiled(data[:4], inner.encode("utf-8", "replace") if inner else self.path):
            starts, too_many = self.beginnings.starts(data)
            self._constants(inner, data, kind, starts)
            if too_many:
                self.note(inner, TOO_MANY)

    def _constants(self, inner: str, data: bytes, kind: Compiled, starts: Sequence[int]) -> None:
        for start, end in hidden(data, starts, kind):
            self.whole(inner, data[start:end], start)

    def finish(self) -> None:
        """Look at all that waits, then tell members by names for which no secret speaks."""
        self.flush()
        self._flush_labels()
        if self._named:
            self._tell_named()

    def _tell_named(self) -> None:
        """Tell members by names for which no secret speaks."""
        from ocianalyze.detectors.secrets.gather import by_name  # noqa: PLC0415 - it imports sieves

        speaking = {one.inner for one in self.hits if one.where == "content"}
        for inner, rule, sha256 in self._named:
            if inner not in speaking:
                self._add(inner, [replace(by_name(rule, sha256), inner=inner)])
        self._named.clear()

    def flush(self) -> None:
        """Look at the small contents that wait, until none does."""
        while self._small.texts:
            self._flush()

    def _flush_labels(self) -> None:
        waiting, self._labels = self._labels, _Waiting()
        events, too_many = self.engine.scan(BETWEEN.join(waiting.texts))
        ends = [end for _, end in events]
        for (inner, text, where), _, _ in waiting.rows(ends, all_of=too_many):
            search = self.search(inner)
            self.keep(inner, search.find(bytes(text)), where=where)
            self.ended(inner, search, is_entered=True)

    def _flush(self) -> None:
        """Look at all of them at once, then at those with something."""
        waiting, self._small = self._small, _Waiting()
        joined = BETWEEN.join(waiting.texts)
        events, too_many = self.engine.scan(joined)
        ends = [end for _, end in events]
        for (inner, data, base), _, _ in waiting.rows(ends, all_of=too_many):
            self._find(inner, data, base)
        if any(compiled(data[:4], _PYTHON) for data in waiting.texts):
            self._flush_compiled(waiting, joined)

    def _flush_compiled(self, waiting: _Waiting[int], joined: bytes) -> None:
        starts, too_many = self.beginnings.starts(joined)
        for (inner, data, base), begin, mine in waiting.rows(starts):
            kind = compiled(data[:4], inner.encode("utf-8", "replace"))
            if kind and not base:
                own = [starts[number] - begin for number in mine]
                self._constants(inner, bytes(data), kind, own)
        if too_many:
            self.note(waiting.inners[0], TOO_MANY)

    def _find(self, inner: str, data: Data, base: int = 0) -> None:
        search = self.search(inner)
        found = search.find(bytes(data))
        if found:
            self.keep(inner, found, base)
        self.ended(inner, search, is_entered=bool(base) or may_be_packed(bytes(data[:HEAD])))

"""Rules for files of known names, whose forms are too weak to be looked for everywhere.

Such files are small, as a rule; one that is not is looked at in pieces like any other content.
"""

from functools import partial

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.by_name import ByName
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.hits import Hit, hit
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

NAME = "secrets-small"
VERSION = 2
_HITS = 10_000
"""Of one file."""


@dataclass(slots=True)
class _SmallTap:
    """Asks the rules of one file, piece by piece."""

    search: Search
    hits: list[Hit]
    bare: bool

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        return self._keep(self.search.feed(piece))

    def close(self) -> bytes | None:
        """Return what was found, and that not all was looked at."""
        self._keep(self.search.close())
        notes: inner.Notes = {}
        if self.search.exhausted or len(self.hits) >= _HITS:
            inner.note(notes, "", inner.TOO_MANY)
        return inner.packed(self.hits, notes) if self.hits or notes else None

    def _keep(self, found: list[Proved]) -> bool:
        """Tell whether there is room for more."""
        room = found[: _HITS - len(self.hits)]
        self.hits += [hit(x, "content", x.start, secret=x.secret, bare=self.bare) for x in room]
        return len(self.hits) < _HITS


def observer(rules: ByName, *, bare: bool) -> Observer:
    """Return the observer for rules that name files."""
    names = {name.encode() for rule in rules.every.rules for name in rule.files}
    return Observer(
        name=NAME,
        version=VERSION,
        interest=Interest(
            names=frozenset(name for name in names if not name.startswith(b"*")),
            suffixes=frozenset(name[1:] for name in names if name.startswith(b"*")),
        ),
        open=partial(_open, rules, bare=bare),
        summary="secrets in small files of known names, by rules with `files`",
    )


def _open(rules: ByName, seen: Seen, _head: memoryview, *, bare: bool) -> Tap | None:
    engine = rules.of(seen.path)
    return _SmallTap(Search(engine, seen.path), [], bare) if engine else None

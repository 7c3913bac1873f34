"""Rules for small files of known names, whose forms are too weak to be looked for everywhere."""

from dataclasses import field
from functools import partial

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._prove import is_place
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import hit, pack
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB

NAME = "secrets-small"
VERSION = 1
BYTES = MIB
"""Of a file that is looked at."""


@dataclass(slots=True)
class _SmallTap:
    """Gathers one file and asks its rules when it is whole."""

    engine: Engine
    path: bytes
    bare: bool
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.data += piece[: BYTES - len(self.data)]
        return len(self.data) < BYTES

    def close(self) -> bytes | None:
        """Return what was found."""
        found = Search(self.engine, self.path).find(bytes(self.data))
        hits = [hit(x, "content", x.start, secret=x.secret, bare=self.bare) for x in found]
        return pack(hits) if hits else None


def observer(engine: Engine, *, bare: bool) -> Observer:
    """Return the observer for rules that name files."""
    names = {name.encode() for rule in engine.rules for name in rule.files}
    return Observer(
        name=NAME,
        version=VERSION,
        interest=Interest(
            names=frozenset(name for name in names if not name.startswith(b"*")),
            suffixes=frozenset(name[1:] for name in names if name.startswith(b"*")),
        ),
        open=partial(_open, engine, bare=bare),
        summary="secrets in small files of known names, by rules with `files`",
    )


def _open(engine: Engine, seen: Seen, _head: memoryview, *, bare: bool) -> Tap | None:
    if seen.size > BYTES or not wants(engine, seen.path):
        return None
    return _SmallTap(engine, seen.path, bare)


def wants(engine: Engine, path: bytes) -> bool:
    """Tell whether a rule asks files of this name."""
    base = path.rpartition(b"/")[2].decode("utf-8", "surrogateescape")
    return any(_names(rule, base) and is_place(rule.paths, path) for rule in engine.rules)


def _names(rule: Rule, base: str) -> bool:
    return any(base.endswith(x[1:]) if x.startswith("*") else base == x for x in rule.files)

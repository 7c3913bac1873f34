"""Engines of the rules that name files: each file is asked by those alone that may name it.

A rule for one name may look for so little that its trigger is on every line of another file.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._prove import is_place
from ocianalyze.detectors.secrets.engine import Engine, Kind, Nothing, engine


class ByName(NamedTuple):
    """The engines."""

    every: Engine
    """Of all these rules."""
    by_suffix: Engine
    """Of those that name files by what a name ends with."""

    def of(self, path: bytes) -> Engine | None:
        """Return the engine that a file is asked by; None when no rule names it."""
        base = path.rpartition(b"/")[2].decode("utf-8", "surrogateescape")
        named = (rule for rule in self.every.rules if _names(rule, base))
        asking = [rule for rule in named if is_place(rule.paths, path)]
        if not asking:
            return None
        return self.by_suffix if all(map(_has_suffix, asking)) else self.every


NOTHING = ByName(Nothing(), Nothing())


def by_name(rules: Iterable[Rule], kind: Kind = "auto") -> ByName:
    """Return the engines of rules that name files.

    Raises:
        UsageError: the engine is not installed.

    """
    every = list(rules)
    return ByName(engine(every, kind), engine(list(filter(_has_suffix, every)), kind))


def _has_suffix(rule: Rule) -> bool:
    return any(name.startswith("*") for name in rule.files)


def _names(rule: Rule, base: str) -> bool:
    return any(base.endswith(x[1:]) if x.startswith("*") else base == x for x in rule.files)

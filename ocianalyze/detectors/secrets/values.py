"""One secret for each value, and for all writings of one private key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import partial

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.certified import KEY
from ocianalyze.detectors.secrets.form import form_of
from ocianalyze.detectors.secrets.hits import Hit
from ocianalyze.detectors.secrets.weight import is_excused
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.secret import Place, Proven

SEVERITIES = ("info", "low", "medium", "high", "critical")
_FORMATS = frozenset({"PEM", "DER", "JWK", "OpenSSH", "PuTTY", ".NET"})
"""Providers that are a writing of keys: they say of none what it opens."""
_PROOFS: tuple[Proven, ...] = ("disproved", "well-formed", "verified-offline")


@dataclass(slots=True)
class Value:
    """One value and its places."""

    best: Hit
    places: dict[Place, None] = field(default_factory=dict)
    more: int = 0
    writings: list[Hit] = field(default_factory=list)
    """The same secret in other formats."""
    spare: list[Place] | None = None
    """Places that speak for nobody, known once there is no room for more."""

    def take(self, place: Place, most: int, is_excused: Callable[[Place], bool]) -> None:
        """Take a place; beyond the most, one that speaks for the author drives out another."""
        if place in self.places:
            return
        if len(self.places) < most:
            self.places[place] = None
            return
        self.more += 1
        if self.spare is None:
            self.spare = [one for one in reversed(self.places) if is_excused(one)]
        if self.spare and not is_excused(place):
            del self.places[self.spare.pop()]
            self.places[place] = None


def excusing(found: Hit, rules: Mapping[str, Rule], view: ImageView) -> Callable[[Place], bool]:
    """Return what tells the places that speak for nobody."""
    kind = rules[found.rule].kind
    return partial(is_excused, kind=kind, proven=found.proven, view=view)


def merged(
    values: Iterable[Value], rules: Mapping[str, Rule], view: ImageView, most: int
) -> Iterable[Value]:
    """Return values, those that are one private key in several writings as one."""
    joined: dict[str, Value] = {}
    for value in values:
        known = joined.setdefault(_same(value.best, rules), value)
        if known is value:
            continue
        excused = excusing(value.best, rules, view)
        better = rank(value.best, rules) > rank(known.best, rules)
        known.writings.append(known.best if better else value.best)
        known.best = value.best if better else known.best
        known.more += value.more
        for place in value.places:
            known.take(place, most, excused)
    return joined.values()


def _same(found: Hit, rules: Mapping[str, Rule]) -> str:
    """Return what all writings of a secret have in common: a private key's public half."""
    is_key = rules[found.rule].kind == "private-key"
    return (is_key and found.facts.get(KEY)) or found.id


def rank(found: Hit, rules: Mapping[str, Rule]) -> tuple[int, bool, int, int, bool]:
    """Return how much a hit says: proof, by what it is known, how grave, what for, whose."""
    rule, grave = rules[found.rule], SEVERITIES.index(found.severity)
    proof, has_form = _PROOFS.index(found.proven), form_of(rule) == "own"
    return proof, has_form, grave, len(found.facts), rule.provider not in _FORMATS

"""How grave a secret is where it is: samples weigh less, what was thought deleted weighs more."""

import re
from dataclasses import replace

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.secret import Place, Secret

_RANKS: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
_SAMPLES = re.compile(
    r"(^|/)(tests?|testdata|testing|fixtures?|examples?|samples?|docs?|man|spec|mocks?|demos?)/"
    r"|[._-](test|spec|example|sample)\.[a-z]+$|(^|/)(test|example)s?_[^/]*$|_test\.[a-z]+$"
    r"|\.(md|rst|adoc|pod)(\.gz)?$",
    re.IGNORECASE,
)
"""Paths of tests and documentation."""
_ALL_BUT_PROVED = 2
"""Ranks that a sample loses; one, when its proof says that the value is real."""


def weighed(secret: Secret, view: ImageView) -> Secret:
    """Return the secret with the severity that its places give it."""
    if secret.proven == "disproved":
        return replace(secret, severity="info")
    rank = _RANKS.index(secret.severity)
    if all(_is_sample(place) for place in secret.places):
        rank -= 1 if secret.proven == "verified-offline" else _ALL_BUT_PROVED
    elif all(_came_with_package(place, view) for place in secret.places):
        rank -= _ALL_BUT_PROVED
    elif _only_deleted(secret):
        rank += 1
    least = min(1, _RANKS.index(secret.severity))
    return replace(secret, severity=_RANKS[max(least, min(rank, len(_RANKS) - 1))])


def lies_among_samples(secret: Secret, view: ImageView) -> bool:
    """Tell a secret that is only in tests, documentation and what packages brought."""
    return all(_is_sample(place) or _came_with_package(place, view) for place in secret.places)


def _is_sample(place: Place) -> bool:
    return place.where in ("content", "path") and bool(_SAMPLES.search(place.path))


def _came_with_package(place: Place, view: ImageView) -> bool:
    """Tell whether the layer that holds the file is the one that installed its package."""
    if place.where != "content" or place.layer is None:
        return False
    owners = view.inventory.ownership.of(place.path)
    packages = (view.inventory.packages[number] for number in owners)
    return any(package.introduced == place.layer for package in packages)


def _only_deleted(secret: Secret) -> bool:
    """Tell whether all that is left of it lies in lower layers, where nobody looks."""
    return all(place.state in (State.DELETED, State.OVERWRITTEN) for place in secret.places)

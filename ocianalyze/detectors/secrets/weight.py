"""How grave a secret is where it is.

Samples weigh less, and what had expired when the image was made; what was thought deleted more.
What a package brought as a sample, in a manual page perhaps, weighs less twice.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.package import OS_TYPES, Package
from ocianalyze.model.secret import Place, Secret

_RANKS: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
_SAMPLES = re.compile(
    r"(^|/)(tests?|testdata|testing|fixtures?|examples?|samples?|docs?|man|spec|mocks?|demos?"
    r"|molecule|dummyserver)/"
    r"|[._-](test|spec|example|sample)s?\.[a-z]+$|(^|/)(test|example)s?[_.-][^/]*$|_test\.[a-z]+$"
    r"|\.(md|rst|adoc|pod)(\.gz)?$|(^|/)(changelog|changes|news|readme)(\.[\w.]*)?$"
    r"|\.(dist-info/METADATA|egg-info(/PKG-INFO)?)$|(^|/)EGG-INFO/PKG-INFO$",
    re.IGNORECASE,
)
"""Paths of tests and documentation, among them what holds the README of a Python package."""
_ALL_BUT_PROVED = 2
"""Ranks that a sample loses; one, when a provider's checksum says that the value is real."""
_ISSUED = frozenset({"token", "api-key", "webhook"})
"""Kinds that a provider makes: a password or key that somebody made up is as well-formed."""
_SUGGESTED = 3
"""The highest rank of what only words around it call a secret: people must look at it."""
_UNCERTAIN = 1
"""Ranks that a file of a package loses while nobody knows whether it is as the package has it."""
_EXPIRED = 1
"""Ranks that a token loses which, by the image's own date, was of no use any more when it was made;
one, since whoever made the image chose that date."""
_GONE = "expired before the image was made"
_DISTRIBUTED = OS_TYPES - {"nix"}
"""Types of packages that others wrote; images are built of the author's own Nix packages."""
_SHA256 = frozenset({"rpm", "alpm"})
"""Types whose records hold digests that the walk makes of every file."""
_DIGESTS = ("programs", "contents")
"""Observers of the digests that other records hold (`ocianalyze.inventory.verify_digests`)."""


def weighed(secret: Secret, view: ImageView) -> Secret:
    """Return the secret with the severity that its places give it."""
    if secret.proven == "disproved":
        return replace(secret, severity="info")
    rank = _RANKS.index(secret.severity)
    least = min(1, rank)
    most = _SUGGESTED if _is_suggested(secret) else len(_RANKS) - 1
    if _has_expired(secret, view):
        rank -= _EXPIRED
        secret = replace(secret, detail=", ".join(filter(None, (secret.detail, _GONE))))
    is_sample = all(_is_sample(place) for place in secret.places)
    came = _with_packages(secret, view)
    rank -= came
    if is_sample:
        rank -= 1 if _is_issued(secret) else _ALL_BUT_PROVED
    elif not came and _only_deleted(secret):
        rank += 1
    return replace(secret, severity=_RANKS[max(least, min(rank, most))])


def lies_among_samples(secret: Secret, view: ImageView) -> bool:
    """Tell a secret that is only in tests, documentation and what packages brought."""
    may = secret.proven != "verified-offline"
    return all(_is_sample(x) or (may and _with_package(x, view)) for x in secret.places)


def _is_suggested(secret: Secret) -> bool:
    """Tell a secret that only the words around it call one."""
    return secret.proven == "well-formed" and secret.form == "words"


def _is_issued(secret: Secret) -> bool:
    return secret.proven == "verified-offline" and secret.kind in _ISSUED


def _has_expired(secret: Secret, view: ImageView) -> bool:
    """Tell a secret whose last day was before the one on which the image says it was made."""
    until = _day(secret.facts.get("expires", ""))
    made = _day(view.config.created) if view.config else None
    return until is not None and made is not None and until < made


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _is_sample(place: Place) -> bool:
    """Tell a file among samples, or one that lies so in an archive."""
    if place.where not in ("content", "path"):
        return False
    return any(_SAMPLES.search(path) for path in (place.path, place.inner))


def _with_packages(secret: Secret, view: ImageView) -> int:
    """Return the ranks that a secret loses because distributions' packages brought it."""
    if secret.proven == "verified-offline":
        return 0
    return min(_with_package(place, view) for place in secret.places)


def _with_package(place: Place, view: ImageView) -> int:
    """Return the ranks for one place; 0 where the author may have written it.

    The layer that holds the file must be the one that installed its package. One rank only, where
    no digest shows that the file is as the package has it.
    """
    if place.where != "content" or place.layer is None:
        return 0
    owners = [x for x in view.inventory.owners(place.path) if _is_distributed(x)]
    if not any(package.introduced == place.layer for package in owners):
        return 0
    if place.state is not State.VISIBLE:
        return _UNCERTAIN
    if place.path in view.once(_changed):
        return 0
    return _ALL_BUT_PROVED if _is_compared(place, owners, view) else _UNCERTAIN


def _is_distributed(package: Package) -> bool:
    """Tell a distribution's package, or a language's that one ships."""
    return package.type in _DISTRIBUTED or bool(package.owner)


def _changed(view: ImageView) -> frozenset[str]:
    """Return the paths whose content is not as their package records."""
    found = view.verification.changed
    return frozenset(path for x in found for path in (x.path, x.entry.path if x.entry else x.path))


def _is_compared(place: Place, owners: Sequence[Package], view: ImageView) -> bool:
    """Tell whether a digest of a visible file was there to be compared with its record."""
    result, entry = view.verification, view.tree.get(place.path)
    if entry is None or result.unlisted or result.problems:
        return False
    types = {x.type for x in owners if x.type in result.types}
    if types & _SHA256:
        return bool(entry.sha256)
    return bool(types) and any(view.tree.observed(name, entry) for name in _DIGESTS)


def _only_deleted(secret: Secret) -> bool:
    """Tell whether all that is left of it lies in lower layers, where nobody looks."""
    return all(place.state in (State.DELETED, State.OVERWRITTEN) for place in secret.places)

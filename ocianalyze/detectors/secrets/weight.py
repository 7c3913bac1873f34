"""How grave a secret is where it is.

Samples weigh less, and what had expired when the image was made; what was thought deleted more.
What a package brought as a sample, in a manual page perhaps, weighs less twice. What stands in a
file as its publisher gives it to everybody is public before it is in the image: it is for people to
look at, whatever its form, and never beyond doubt.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.package import OS_TYPES, Package
from ocianalyze.model.secret import Place, Proven, Secret

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
_ASKED = 2
"""The highest rank of what its publisher gives to everybody, and of a hash in source code: people
must look at it."""
_HASH = "password-hash"
_CODE = re.compile(r"\.(py[ci]?|[cm]?[jt]sx?|map)$")
"""Sources and modules, no files of accounts: a hash there may be a library's self-test."""
_PUBLISHED = "as its package brings it, so no secret where that is public"
_DISTRIBUTED = OS_TYPES - {"nix"}
"""Types of packages that others wrote; images are built of the author's own Nix packages."""
_PYTHON, _NODE = "pypi", "npm"
_MODULES = "node_modules/"
_NOTES = (".package-lock.json", ".yarn-integrity", ".modules.yaml")
"""What npm, yarn and pnpm leave in the directory that they fill."""
_DIRECT = "direct-url"
"""The property of a Python distribution that came from no index, as an author's own (PEP 610)."""
_COMPILED = re.compile(r"(?:^|(?<=/))__pycache__/([^/]+)\.(?:cpython|pypy)-?\d+(?:\.opt-\d)?\.pyc$")
"""A module that Python compiled (PEP 3147); the record of its source vouches for it."""
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
    if _is_public(secret, view):
        most = min(most, _ASKED)
        secret = replace(secret, detail=", ".join(filter(None, (secret.detail, _PUBLISHED))))
    elif all(_is_of_code(place, secret.kind) for place in secret.places):
        most = min(most, _ASKED)
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
    return all(is_excused(x, secret.kind, secret.proven, view) for x in secret.places)


def is_excused(place: Place, kind: str, proven: Proven, view: ImageView) -> bool:
    """Tell a place that speaks for no secret of the image's author, by itself beyond doubt."""
    if _is_sample(place) or _is_of_code(place, kind) or _is_given(place, kind, proven, view):
        return True
    return proven != "verified-offline" and bool(_with_package(place, view))


def _is_public(secret: Secret, view: ImageView) -> bool:
    """Tell what is nowhere but in samples and in files that publishers give to everybody."""
    others = [place for place in secret.places if not _is_sample(place)]
    return bool(others) and all(
        _is_given(place, secret.kind, secret.proven, view) for place in others
    )


def _is_of_code(place: Place, kind: str) -> bool:
    """Tell a password's hash in source code."""
    path = place.inner or place.path
    return kind == _HASH and place.where == "content" and bool(_CODE.search(path))


def _is_given(place: Place, kind: str, proven: Proven, view: ImageView) -> bool:
    """Tell a file as its publisher gives it to everybody.

    No digest shows it for npm's packages, so there it is said of nothing that a provider issued.
    """
    may = proven != "verified-offline" or kind not in _ISSUED
    return _is_published(place, view) or (may and _is_of_npm(place, view))


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


def _is_published(place: Place, view: ImageView) -> bool:
    """Tell a visible file of which a digest shows that it is as its publisher recorded it."""
    if place.where != "content" or place.state is not State.VISIBLE or place.layer is None:
        return False
    if _with_package(place, view) == _ALL_BUT_PROVED:
        return True
    path = _COMPILED.sub(r"\1.py", place.path)
    recorders = (x for x in view.inventory.recorders(path) if _is_indexed(x))
    if not any(package.introduced == place.layer for package in recorders):
        return False
    entry, result = view.tree.get(path), view.verification
    if entry is None or entry.layer != place.layer or not entry.sha256:
        return False
    is_whole = _PYTHON in result.types and not (result.unlisted or result.problems)
    return is_whole and not path.endswith(".pyc") and path not in view.once(_changed)


def _is_indexed(package: Package) -> bool:
    """Tell a Python distribution with a record of digests that came from an index."""
    is_recorded = package.type == _PYTHON and package.found.location.endswith(".dist-info")
    return is_recorded and _DIRECT not in dict(package.found.properties)


def _is_of_npm(place: Place, view: ImageView) -> bool:
    """Tell a file of a package that npm installed, or that another's package.json asks for."""
    if place.where != "content" or place.state is not State.VISIBLE:
        return False
    owners = (x for x in view.inventory.owners(place.path) if x.type == _NODE)
    own = (x for x in owners if x.introduced == place.layer and x.found.confidence != "heuristic")
    return any(_is_installed(x, view) for x in own)


def _is_installed(package: Package, view: ImageView) -> bool:
    """Tell a package that another asks for, or that lies where npm noted what it installed.

    An author's own workspace lies outside of `node_modules`, whoever asks for it.
    """
    above, found, _ = package.found.location.partition(_MODULES)
    if not found:
        return False
    if f"{package.found.namespace}/{package.name}".lstrip("/") in view.once(_needed):
        return True
    notes = (view.tree.get(f"{above}{found}{name}") for name in _NOTES)
    return any(x is not None and x.layer == package.introduced for x in notes)


def _needed(view: ImageView) -> frozenset[str]:
    """Return the names of all npm packages that a package.json asks for."""
    packages = (x for x in view.inventory.packages if x.type == _NODE)
    return frozenset(name for package in packages for name in package.found.depends)


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

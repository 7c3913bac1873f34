"""What a document names against what was found, whoever wrote either and however."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.model.package import Found

_RUNS = re.compile("[-_.]+")
_CASELESS = frozenset({"deb", "apk", "alpm", "github", "bitbucket", "composer", "bitnami", "hex"})
"""purl types whose names are lowercase by definition."""
_NO_ARCH = frozenset({"all", "any", "noarch"})


class Identity(NamedTuple):
    """What makes two records one package: the names alone, without how they are written."""

    type: str
    name: str
    """With its namespace."""
    epoch: str
    version: str
    arch: str
    """Empty where it is not said or does not matter; then it is equal to any."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Where a document and the image disagree; every list in the order of identities."""

    only_documented: tuple[Found, ...] = ()
    only_found: tuple[Found, ...] = ()
    other_version: tuple[tuple[Found, Found], ...] = ()
    """Documented and found: the same package with another version."""


_Group = dict[Identity, Found]
Groups = Mapping[tuple[str, str], _Group]
"""Packages by type and name, then by identity."""


def identity(found: Found) -> Identity:
    """Return the normal form of a package's identity."""
    kind = found.type.lower()
    name = "/".join(filter(None, (found.namespace.strip("/"), found.name)))
    if kind == "pypi":
        name = _RUNS.sub("-", name).lower()
    elif kind in _CASELESS:
        name = name.lower()
    epoch = found.epoch.lstrip("0")
    arch = "" if found.arch in _NO_ARCH else found.arch
    return Identity(kind, name, epoch, found.version, arch)


def compare(documented: Iterable[Found], found: Iterable[Found]) -> Differences:
    """Return what only one side names, and what both name with different versions."""
    theirs, ours = _grouped(documented, _alone), grouped(found)
    return _differences(theirs, ours, theirs.keys() | ours.keys())


def compare_named(documented: Iterable[Found], ours: Groups) -> Differences:
    """Compare only the names that a document has; other packages are not looked at."""
    theirs = _grouped(documented, _alone)
    return _differences(theirs, ours, theirs.keys())


def grouped(found: Iterable[Found]) -> Groups:
    """Return what was found in the form that it is compared in."""
    return _grouped(found, identities)


def _grouped(packages: Iterable[Found], called: Callable[[Found], Iterable[Identity]]) -> Groups:
    groups: dict[tuple[str, str], _Group] = defaultdict(dict)
    for package in packages:
        for key in called(package):
            groups[key.type, key.name].setdefault(key, package)
    return groups


def _alone(found: Found) -> tuple[Identity]:
    return (identity(found),)


def identities(found: Found) -> Iterator[Identity]:
    """Yield what a found package is called: a program of type generic like its file, too."""
    key = identity(found)
    yield key
    if key.type == "generic" and found.location:
        yield key._replace(name=found.location.rpartition("/")[2])


def _differences(theirs: Groups, ours: Groups, names: Iterable[tuple[str, str]]) -> Differences:
    missing: list[Found] = []
    extra: list[Found] = []
    other: list[tuple[Found, Found]] = []
    for name in sorted(names):
        left = theirs.get(name, {})
        right = ours.get(name, {})
        for one, two in zip_longest(_without(left, right), _without(right, left)):
            if one and two:
                other.append((one, two))
            elif one:
                missing.append(one)
            elif two:
                extra.append(two)
    return Differences(tuple(missing), tuple(extra), tuple(other))


def _without(these: _Group, those: _Group) -> Iterator[Found]:
    """Yield, sorted, what is not among the others; an architecture not said is equal to any."""
    if not these:
        return
    versions = {(key.epoch, key.version) for key in those}
    anywhere = {(key.epoch, key.version) for key in those if not key.arch}
    for key in sorted(these):
        version = (key.epoch, key.version)
        equal = version in anywhere or (version in versions and not key.arch)
        if key not in those and not equal:
            yield these[key]

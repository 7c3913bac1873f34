"""Which visible package needs which other one, by what package databases and manifests record.

Only packages that are there are named: a need that nothing satisfies has no edge. Versions are not
compared, since an installer did that. Sources: deb-control and Debian Policy 7; apk-tools' package
database; rpm's dependencies; core metadata's Requires-Dist and PEP 508; Node's resolution of
modules; the lists in Go's and Rust's programs.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain, islice
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.model.package import Package, Presence

NEEDS = 5_000
"""Needs looked at of one package."""
EDGES = 500_000
"""Edges of one image."""
_NAMES = 2_000
"""Names taken of what one package provides."""

_DEB = re.compile(r"([A-Za-z0-9][A-Za-z0-9+.-]*)[^,|]*([,|]?)")
"""A name with its version and architecture, and what parts it from the next."""
_APK = re.compile(r"(?:^|\s)([^<>=~@!\s][^<>=~@\s]*)")
_PYTHON = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)([^;]*)(;.*)?", re.DOTALL)
_EXTRA = re.compile(r"\bextra\s*[=!<>~]")
_SEPARATORS = re.compile(r"[-_.]+")
_SYSTEM = re.compile(r"(?:usr/(?:local/)?)?lib(?:64)?/python[^/]*/(?:site|dist)-packages")
"""Directories of which the system's interpreter reads all."""
_DEBIAN_NODE = "usr/share/nodejs"

Alternatives = Sequence[str]
Follow = Callable[[str], str]
"""Returns where a path really is, links above its last part followed; empty where nothing is."""
Owners = Callable[[str], Iterable[Package]]
"""Returns the packages that own such a path."""


class Dependencies(NamedTuple):
    """Edges of one image."""

    edges: Mapping[int, Sequence[int]]
    """Numbers of the packages that each one needs, in the order of the record."""
    is_cut: bool
    """Whether there are more than are taken."""


@dataclass(slots=True)
class _Known:
    """The visible packages by what others call them."""

    packages: Sequence[Package]
    follow: Follow
    owners: Owners
    numbers: dict[int, int] = field(default_factory=dict)
    """By the package's identity."""
    named: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """By type and name."""
    provided: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    placed: dict[str, int] = field(default_factory=dict)
    """Node's packages by their directories."""
    built: dict[tuple[str, str], int] = field(default_factory=dict)
    """Parts of programs by the program and `name@version`."""
    answers: dict[tuple[str, str], dict[str, int | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """What a name led to, by the type and by what else decides: architecture, directory."""

    def add(self, number: int, package: Package) -> None:
        """Take one package."""
        found = package.found
        self.numbers[id(package)] = number
        if found.type == "npm":
            self.placed.setdefault(found.location, number)
        elif found.type in _OF_PROGRAMS:
            self.built.setdefault((found.location, _release(package)), number)
        elif found.type in _BY_NAME and bool(found.location) == (found.type == "pypi"):
            self.named[found.type, found.name].append(number)
            for name in islice(_provided(package), _NAMES):
                self.provided[found.type, name].append(number)


def dependencies(packages: Sequence[Package], follow: Follow, owners: Owners) -> Dependencies:
    """Return what the visible packages need of each other.

    Args:
        packages: of one image.
        follow: finds Node's modules behind links.
        owners: finds the packages of files that rpm's packages need.

    """
    known = _Known(packages, follow, owners)
    for number, package in enumerate(packages):
        if package.presence is Presence.VISIBLE:
            known.add(number, package)
    edges: dict[int, Sequence[int]] = {}
    left, is_cut = EDGES, False
    for number, package in enumerate(packages):
        if not package.found.depends or package.presence is not Presence.VISIBLE:
            continue
        needs = list(islice(_needs(package), NEEDS + 1))
        found = dict.fromkeys(_targets(known, package, needs[:NEEDS]))
        found.pop(number, None)
        is_cut |= len(needs) > NEEDS or len(found) > left
        edges[number] = list(found)[:left]
        left -= len(edges[number])
    return Dependencies(edges, is_cut)


def _targets(known: _Known, package: Package, needs: Iterable[Alternatives]) -> Iterable[int]:
    found = package.found
    if found.type == "npm":
        modules = (_module(known, found.location, name) for (name,) in needs)
        return (number for number in modules if number is not None)
    if found.type in _OF_PROGRAMS:
        parts = ((found.location, name) for (name,) in needs)
        return (known.built[part] for part in parts if part in known.built)
    return _first(known, package, needs)


def _first(known: _Known, package: Package, needs: Iterable[Alternatives]) -> Iterator[int]:
    """Yield for each need the first alternative that is there."""
    found = package.found
    where = _site(package) if found.type == "pypi" else found.arch
    answers = known.answers[found.type, where]
    for alternatives in needs:
        for name in alternatives:
            if name not in answers:
                answers[name] = _named(known, package, name)
            if (number := answers[name]) is not None:
                yield number
                break


def _named(known: _Known, package: Package, name: str) -> int | None:
    """Return what has a name, itself before what provides it."""
    fits = _fits_python if package.type == "pypi" else _fits
    for names in (known.named, known.provided):
        numbers = names.get((package.type, name), ())
        graded = [(fits(package, known.packages[number]), number) for number in numbers]
        if graded and (best := min(graded))[0] < _UNFIT:
            return best[1]
    return _owner(known, package.type, name.lstrip("/")) if name.startswith("/") else None


def _owner(known: _Known, kind: str, path: str) -> int | None:
    owners = known.owners(known.follow(path))
    return next((known.numbers.get(id(owner)) for owner in owners if owner.type == kind), None)


_UNFIT = 2


def _fits(package: Package, other: Package) -> int:
    """Return how far another package of a database is: of the same architecture, of any."""
    return int(other.found.arch not in (package.found.arch, "all", "noarch"))


def _fits_python(package: Package, other: Package) -> int:
    """Return how far another installation is: in the same directory, in one read beside it."""
    here, there = _site(package), _site(other)
    if here == there:
        return 0
    return 1 if _SYSTEM.fullmatch(here) and _SYSTEM.fullmatch(there) else _UNFIT


def _site(package: Package) -> str:
    return package.found.location.rpartition("/")[0]


def _module(known: _Known, home: str, name: str) -> int | None:
    """Return the package that Node finds: in the nearest node_modules, above links too."""
    places = [f"{above}node_modules/{name}" for above in _above(home)]
    if home.startswith(f"{_DEBIAN_NODE}/"):
        places.append(f"{_DEBIAN_NODE}/{name}")
    for place in places:
        if place in known.placed:
            return known.placed[place]
    for place in places:
        real = known.follow(f"{place}/package.json").rpartition("/")[0]
        if real in known.placed:
            return known.placed[real]
    return None


def _above(home: str) -> Iterator[str]:
    """Yield a directory and those above it, each with a slash behind, but no node_modules."""
    parts = home.split("/") if home else []
    for depth in range(len(parts), -1, -1):
        if not depth or parts[depth - 1] != "node_modules":
            yield "".join(f"{part}/" for part in parts[:depth])


def _release(package: Package) -> str:
    found = package.found
    name = f"{found.namespace}/{found.name}" if found.namespace else found.name
    return f"{name}@{found.version}"


def _deb(recorded: str) -> Iterable[Alternatives]:
    """Return groups of alternatives: `a (>= 1) | b:any, c`."""
    found = _DEB.findall(recorded)
    if "|" not in recorded:
        return [(name,) for name, _ in found]
    groups: list[list[str]] = [[]]
    for name, parting in found:
        groups[-1].append(name)
        if parting != "|":
            groups.append([])
    return groups


def _apk(recorded: str) -> Iterable[Alternatives]:
    return [(name,) for name in _APK.findall(recorded)]


def _pypi(recorded: str) -> Iterable[Alternatives]:
    """Return the name unless only an extra wants it; other markers were true or are unknown."""
    match = _PYTHON.match(recorded)
    if match is None or _EXTRA.search(match[3] or ""):
        return ()
    return ((_SEPARATORS.sub("-", match[1]).lower(),),)


def _plain(recorded: str) -> Iterable[Alternatives]:
    return ((recorded,),)


_BY_NAME: Mapping[str, Callable[[str], Iterable[Alternatives]]] = {
    "deb": _deb,
    "apk": _apk,
    "rpm": _plain,
    "pypi": _pypi,
}
_OF_PROGRAMS = frozenset({"cargo", "golang"})


def _needs(package: Package) -> Iterator[Alternatives]:
    read = _BY_NAME.get(package.type, _plain)
    return chain.from_iterable(map(read, package.found.depends))


def _provided(package: Package) -> Iterator[str]:
    read = _BY_NAME[package.type]
    return (
        each for recorded in package.found.provides for names in read(recorded) for each in names
    )

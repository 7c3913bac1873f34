"""Which visible package needs which other one, by what package databases and manifests record.

Only packages that are there are named: a need that nothing satisfies has no edge. Versions are
compared only where several versions of a package are in one place, since an installer did that
elsewhere. How needs are recorded is told by `ocianalyze.inventory.ecosystems`; Node's modules are
found as Node resolves them, parts of programs in the same program.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.ecosystems import ECOSYSTEMS, Alternatives, Ecosystem, Homes, plain
from ocianalyze.model.package import Package, Presence

NEEDS = 5_000
"""Needs looked at of one package."""
EDGES = 500_000
"""Edges of one image."""
_NAMES = 2_000
"""Names taken of what one package provides."""
_NOBODY: Mapping[str, Sequence[int]] = MappingProxyType({})
_RIVALS = 64
"""Packages of one name looked at together; RubyGems keeps several versions."""
_SYSTEMS = 16
"""Homes of the system taken of one ecosystem."""
_DEBIAN_NODE = "usr/share/nodejs"
_OF_PROGRAMS = frozenset({"cargo", "golang", "nuget"})
"""Types of which one file lists what is in a program, with the versions that were chosen."""

Follow = Callable[[str], str]
"""Returns where a path really is, links above its last part followed; empty where nothing is."""
Owners = Callable[[str], Iterable[Package]]
"""Returns the packages that own such a path."""
_Home = tuple[int, str]
"""An ecosystem's identity, and a home of its packages."""
_Names = dict[str, list[int]]
"""Numbers of the packages that have a name."""


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
    named: dict[_Home, _Names] = field(default_factory=dict)
    provided: dict[_Home, _Names] = field(default_factory=dict)
    systems: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Homes of the system that have packages, by the ecosystem's identity."""
    placed: dict[str, int] = field(default_factory=dict)
    """Node's packages by their directories."""
    built: dict[tuple[str, str], int] = field(default_factory=dict)
    """Parts of programs by the program and `name@version`."""
    answers: dict[tuple[str, Homes], dict[str, int | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """What a need led to, by the type and by where it looks."""

    def add(self, number: int, package: Package) -> None:
        """Take one package."""
        found = package.found
        self.numbers[id(package)] = number
        if found.type == "npm":
            self.placed.setdefault(found.location, number)
        elif found.type in _OF_PROGRAMS:
            self.built.setdefault((found.location, _release(package)), number)
        elif (kind := ECOSYSTEMS.get(found.type)) and bool(found.location) == kind.is_located:
            self._name(number, package, kind)

    def _name(self, number: int, package: Package, kind: Ecosystem) -> None:
        name, own = kind.called(package), id(kind)
        for home in kind.homes(package):
            if (own, home) not in self.named:
                self._open(kind, home)
            self.named[own, home].setdefault(name, []).append(number)
            if package.found.provides:
                for each in islice(_provided(package, kind), _NAMES):
                    self.provided[own, home].setdefault(each, []).append(number)

    def _open(self, kind: Ecosystem, home: str) -> None:
        own = id(kind)
        self.named[own, home], self.provided[own, home] = {}, {}
        if kind.system and len(self.systems[own]) < _SYSTEMS and kind.system.fullmatch(home):
            self.systems[own].append(home)


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
    return _first(known, package, needs) if found.type in ECOSYSTEMS else ()


def _first(known: _Known, package: Package, needs: Iterable[Alternatives]) -> Iterator[int]:
    """Yield for each need the first alternative that is there."""
    kind = ECOSYSTEMS[package.type]
    homes = _homes(known, package, kind)
    answers = {} if kind.is_alone else known.answers[package.type, homes]
    for alternatives in needs:
        for need in alternatives:
            if need not in answers:
                answers[need] = _answer(known, package, homes, need)
            if (number := answers[need]) is not None:
                yield number
                break


def _homes(known: _Known, package: Package, kind: Ecosystem) -> Homes:
    """Return where a package looks: in its own homes, then in those of the system."""
    own = kind.looks(package)
    if kind.system is None or not (kind.is_open or any(map(kind.system.fullmatch, own))):
        return own
    return tuple(dict.fromkeys((*own, *known.systems[id(kind)])))


def _answer(known: _Known, package: Package, homes: Homes, need: str) -> int | None:
    named = _named(known, ECOSYSTEMS[package.type], homes, need)
    return _owner(known, package, need) if named is None else named


def _named(known: _Known, kind: Ecosystem, homes: Homes, need: str) -> int | None:
    """Return what has a name, itself before what provides it."""
    name, wanted = kind.parted(need)
    for homed in (known.named, known.provided):
        each = (homed.get((id(kind), home), _NOBODY).get(name, ()) for home in homes)
        for numbers in (
            [list(islice(chain.from_iterable(each), _RIVALS))] if kind.is_mixed else each
        ):
            rivals = [known.packages[number] for number in numbers[:_RIVALS]]
            chosen = kind.choose(wanted, rivals) if rivals else None
            if chosen is not None:
                return numbers[chosen]
    return None


def _owner(known: _Known, package: Package, path: str) -> int | None:
    """Return the package of a file that one of a database names."""
    if not path.startswith("/"):
        return None
    owners = known.owners(known.follow(path.lstrip("/")))
    same = (known.numbers.get(id(owner)) for owner in owners if owner.type == package.type)
    return next(same, None)


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


def _needs(package: Package) -> Iterator[Alternatives]:
    kind = ECOSYSTEMS.get(package.type)
    return chain.from_iterable(map(kind.read if kind else plain, package.found.depends))


def _provided(package: Package, kind: Ecosystem) -> Iterator[str]:
    return (
        each
        for recorded in package.found.provides
        for names in kind.read(recorded)
        for each in names
    )

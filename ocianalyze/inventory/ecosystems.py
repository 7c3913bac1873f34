"""How packages of each type name what they need, and where the ones that they find are.

A package looks for a name in some *homes*, one after another, and is itself found in some: a
directory of modules, a class path, an architecture of a package database. Sources: deb-control and
Debian Policy 7; apk-tools' package database; rpm's and pacman's dependencies; core metadata's
Requires-Dist and PEP 508; RubyGems' guide to specifications; R's `.libPaths`; Maven's POM;
Composer's `require`; conda's match specifications; Erlang's `app(4)`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ocianalyze.inventory.gem_requirement import best_gem
from ocianalyze.model.package import Package

_DEB = re.compile(r"([A-Za-z0-9][A-Za-z0-9+.-]*)[^,|]*([,|]?)")
"""A name with its version and architecture, and what parts it from the next."""
_APK = re.compile(r"(?:^|\s)([^<>=~@!\s][^<>=~@\s]*)")
_PYTHON = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)([^;]*)(;.*)?", re.DOTALL)
_EXTRA = re.compile(r"\bextra\s*[=!<>~]")
_SEPARATORS = re.compile(r"[-_.]+")
_PACMAN = re.compile(r"[^<>=:\s]+")
_CONDA = re.compile(r"(?:[^\s:]+::)?([\w.+-]+)")
_PYTHONS = re.compile(r"(?:usr/(?:local/)?)?lib(?:64)?/python[^/]*/(?:site|dist)-packages")
"""Directories of which the system's interpreter reads all."""
_RUBIES = re.compile(
    r"(?:usr/(?:local/)?)?lib(?:64)?/ruby/gems/[^/]+|var/lib/gems/[^/]+|usr/local/bundle"
    r"|usr/(?:share|lib/[^/]+)/rubygems-integration/[^/]+|usr/share/gems"
)
"""Where RubyGems itself, distributions and the official images keep gems."""
_RS = re.compile(r"(?:usr/(?:local/)?)?lib(?:64)?/R/(?:site-library|library)|usr/share/R/library")
_ARCHITECTURES = re.compile(".*", re.DOTALL)
_ERLANGS = re.compile(r"(?:usr/(?:local/)?)?lib(?:64)?/(?:erlang|elixir)/lib")
_ARCHIVE = "!/"

Alternatives = Sequence[str]
"""Needs of which one suffices: names, or what `Ecosystem.parted` parts."""
Homes = tuple[str, ...]


class Ecosystem(NamedTuple):
    """How packages of one type, or of several, name each other."""

    read: Callable[[str], Iterable[Alternatives]]
    """Parts what is recorded as one need into groups of alternatives."""
    homes: Callable[[Package], Homes]
    """In which homes a package is found."""
    looks: Callable[[Package], Homes]
    """In which homes it looks, the nearest first."""
    is_located: bool = True
    """Whether packages have a location; those without are of a database."""
    system: re.Pattern[str] | None = None
    """Homes into which all look that are in one of them."""
    is_open: bool = False
    """Whether those out of the system's homes look into these, too."""
    is_mixed: bool = False
    """Whether packages of all homes are compared, not those of the nearest one first."""
    is_alone: bool = False
    """Whether each package looks in homes of its own, so that no answer helps another."""
    called: Callable[[Package], str] = lambda package: package.found.name
    """What others call a package."""
    parted: Callable[[str], tuple[str, str]] = lambda need: (need, "")
    """Parts a need into what it calls the package, and which of these it wants."""
    choose: Callable[[str, Sequence[Package]], int | None] = lambda _wanted, _packages: 0
    """Choose among packages by which is wanted; None where none fits."""


def _arch_looks(package: Package) -> Homes:
    return (package.found.arch, "all", "noarch", "any")


def _arch(package: Package) -> Homes:
    return (package.found.arch,)


def _above(package: Package) -> Homes:
    return (package.found.location.rpartition("/")[0],)


def _location(package: Package) -> Homes:
    return (package.found.location,)


def _record(package: Package) -> Homes:
    """Return the file that lists the package, which lists those beside it."""
    return package.evidence[:1]


def _gem_home(package: Package) -> Homes:
    above = package.found.location.rpartition("/")[0]
    return (above.removesuffix("/default").removesuffix("specifications").rstrip("/"),)


def _cellar(package: Package) -> Homes:
    return (package.found.location.rsplit("/", 2)[0],)


def _archive_homes(package: Package) -> Homes:
    """Return the archives that hold one, the directory it is in, and that above it."""
    location = package.found.location
    directory = location.rpartition("/")[0]
    holding = location.split(_ARCHIVE)[:-1]
    outer = [_ARCHIVE.join(holding[:count]) for count in range(len(holding), 0, -1)]
    below = () if holding or "/" not in directory else (f"{_parent(directory)}/*",)
    return (*_repository(package), directory, *outer, *below)


def _archive_looks(package: Package) -> Homes:
    """Return where an archive's class path is: in it, beside it, around it, below beside it."""
    location = package.found.location
    directory = location.rpartition("/")[0]
    around = (
        (_parent(directory), f"{directory}/*") if directory and _ARCHIVE not in location else ()
    )
    return (location, directory, *_repository(package), *around)


def _parent(directory: str) -> str:
    return directory.rpartition("/")[0]


def _repository(package: Package) -> Homes:
    """Return the root of a repository in whose layout an archive lies: GROUP/ARTIFACT/VERSION."""
    found = package.found
    layout = f"/{found.namespace.replace('.', '/')}/{found.name}/{found.version}"
    directory = found.location.rpartition("/")[0]
    if not (found.namespace and found.version and f"/{directory}".endswith(layout)):
        return ()
    return (f"{directory[: -len(layout)]}/**",)


def _maven_parts(need: str) -> tuple[str, str]:
    """Part `group:artifact:version`; the group may be unknown of an archive that is there."""
    group, _, rest = need.partition(":")
    artifact, _, version = rest.partition(":")
    return artifact, f"{group}:{version}"


def _best_archive(wanted: str, packages: Sequence[Package]) -> int | None:
    """Choose the group's before one of an unknown group, and the version before another."""
    group, _, version = wanted.partition(":")
    graded = [
        (one.found.namespace != group, one.found.version != version, number)
        for number, one in enumerate(packages)
        if one.found.namespace in ("", group)
    ]
    return min(graded)[2] if graded else None


def _named_version(wanted: str, packages: Sequence[Package]) -> int:
    """Choose the version that is named before another."""
    graded = ((one.found.version != wanted, number) for number, one in enumerate(packages))
    return min(graded)[1]


def _vendored(package: Package) -> str:
    found = package.found
    return f"{found.namespace}/{found.name}".lower()


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


def _first(pattern: re.Pattern[str], recorded: str) -> Iterable[Alternatives]:
    match = pattern.match(recorded.strip())
    return ((match[match.lastindex or 0],),) if match else ()


def _pacman(recorded: str) -> Iterable[Alternatives]:
    return _first(_PACMAN, recorded)


def _conda(recorded: str) -> Iterable[Alternatives]:
    return _first(_CONDA, recorded)


def plain(recorded: str) -> Iterable[Alternatives]:
    """Return a need that is one name."""
    return ((recorded,),)


def _lower(recorded: str) -> Iterable[Alternatives]:
    return ((recorded.lower(),),)


def _spaced(need: str) -> tuple[str, str]:
    name, _, wanted = need.partition(" ")
    return name, wanted


def _database(read: Callable[[str], Iterable[Alternatives]]) -> Ecosystem:
    """Return a package database, where another architecture is better than none."""
    return Ecosystem(
        read, _arch, _arch_looks, is_located=False, system=_ARCHITECTURES, is_open=True
    )


_BEAM = Ecosystem(plain, _above, _above, system=_ERLANGS, is_open=True)
ECOSYSTEMS: Mapping[str, Ecosystem] = {
    "deb": _database(_deb),
    "apk": _database(_apk),
    "rpm": _database(plain),
    "alpm": _database(_pacman),
    "pypi": Ecosystem(_pypi, _above, _above, system=_PYTHONS),
    "conda": Ecosystem(_conda, _location, _location),
    "cran": Ecosystem(plain, _above, _above, system=_RS, is_open=True),
    "gem": Ecosystem(
        plain,
        _gem_home,
        _gem_home,
        system=_RUBIES,
        is_open=True,
        is_mixed=True,
        parted=_spaced,
        choose=best_gem,
    ),
    "composer": Ecosystem(_lower, _record, _record, called=_vendored),
    "maven": Ecosystem(
        plain,
        _archive_homes,
        _archive_looks,
        is_alone=True,
        parted=_maven_parts,
        choose=_best_archive,
    ),
    "brew": Ecosystem(plain, _cellar, _cellar, parted=_spaced, choose=_named_version),
    "hex": _BEAM,
    "otp": _BEAM,
}
"""By types of packages that name each other; types with the same one need each other."""

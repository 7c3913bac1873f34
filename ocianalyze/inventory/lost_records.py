"""Records of single packages that went while files that they name stayed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.databases import Gone, how, is_removed
from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.places import is_system
from ocianalyze.inventory.take import Taken
from ocianalyze.inventory.unowned import executable
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Found, Package

_HOMES = frozenset({"npm", "gem", "cran", "composer", "hex", "luarocks", "brew"})
"""purl types whose installers make a directory for each package, and delete it as a whole."""
_FILES = frozenset({"file", "hardlink"})
_Key = tuple[str, str, str]
_Left = Iterator[tuple[str, Package]]


def stripped(taken: Taken, owned: Owning, lost: Iterable[Gone]) -> Iterator[Gone]:
    """Yield data of single packages that is gone although files that it named stay, by layer.

    A package that another version or place replaced is not lost, nor is a file that a package that
    is there claims. Of a distribution's packages programs count only: removal keeps settings.

    Args:
        taken: packages of all layers.
        owned: the claims of those that are there.
        lost: databases that are told already.

    """
    told = {id(package) for each in lost for package in each.packages}
    removed = _removed(taken)
    types = frozenset(x.type for x in removed.values() if id(x) not in told)
    last: dict[str, Package] = {}
    for path, package in _left(taken, owned, removed, types) if types else ():
        if path not in last or _end(package) > _end(last[path]):
            last[path] = package
    groups: dict[tuple[str, int], dict[str, Package]] = defaultdict(dict)
    for path, package in last.items():
        if id(package) not in told:
            groups[package.type, _end(package)][path] = package
    for (_, layer), left in sorted(groups.items()):
        mine = list({package.purl: package for package in left.values()}.values())
        place = next((path for package in mine for path in package.evidence), "")
        yield Gone(place, layer, mine, how(owned.tree, place), left=len(left))


def _removed(taken: Taken) -> Mapping[_Key, Package]:
    """Return the packages that went and that nothing replaced, the last version of each."""
    names = {_slot(x) for x in taken.packages if not is_removed(x)}
    gone = [x for x in taken.packages if is_removed(x) and _slot(x) not in names]
    return {_key(package.found): package for package in sorted(gone, key=_end)}


def _slot(package: Package) -> _Key:
    """Return what another version takes: a directory of its own, elsewhere the name."""
    home = package.found.location if package.type in _HOMES else ""
    return package.type, package.name, home


def _key(named: Found | Claim) -> _Key:
    return named.type, named.name, named.location


def _end(package: Package) -> int:
    return package.removed or 0


def _left(
    taken: Taken, owned: Owning, removed: Mapping[_Key, Package], types: frozenset[str]
) -> _Left:
    """Yield the files that stayed of packages of some types."""
    homes: dict[str, Package] = {}
    for claim in taken.former_claims(types):
        package = removed.get(_key(claim))
        if package is None:
            continue
        yield from _named(owned, claim, package)
        if package.type in _HOMES:
            homes.update(dict.fromkeys(_directories(owned, claim), package))
    if homes:
        yield from _below(owned, homes)


def _named(owned: Owning, claim: Claim, package: Package) -> _Left:
    """Yield those recorded files that are as they were before the package's data went."""
    for recorded in claim.paths:
        path = owned.canonical.path(recorded)
        if path in owned.ownership.files or path in package.evidence or path.startswith("etc/"):
            continue
        entry = owned.tree.get(path)
        is_file = entry is not None and entry.kind is Kind.FILE
        is_old = entry is not None and entry.layer < _end(package)
        if is_file and is_old and (package.type not in OS_TYPES or executable(owned.tree, path)):
            yield path, package


def _directories(owned: Owning, claim: Claim) -> Iterator[str]:
    """Yield the directories of a package's own that are there."""
    for recorded in claim.trees:
        directory = owned.canonical.directory(recorded.strip("/"))
        if not is_system(directory) and owned.tree.real(directory) is not None:
            yield directory


def _below(owned: Owning, homes: Mapping[str, Package]) -> _Left:
    """Yield the files in directories of packages, but for those of packages that are there."""
    nearest: dict[str, Package | None] = {}
    for layer in range(max(map(_end, homes.values()))):
        for row in owned.tree.table(layer, ("path", "kind"), visible=True):
            path, kind = cast("tuple[str, str]", row)
            directory = path.rpartition("/")[0]
            if directory not in nearest:
                nearest[directory] = _nearest(directory, homes, owned.ownership.trees)
            package = nearest[directory]
            if package is None or layer >= _end(package) or kind not in _FILES:
                continue
            if path not in owned.ownership.files and path not in package.evidence:
                yield path, package


def _nearest(
    directory: str, homes: Mapping[str, Package], trees: Mapping[str, object]
) -> Package | None:
    """Return the package whose directory is the nearest one; None for one that is there."""
    while directory:
        if directory in trees:
            return None
        if directory in homes:
            return homes[directory]
        directory = directory.rpartition("/")[0]
    return None

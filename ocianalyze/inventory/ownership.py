"""Which package owns which file of the final tree.

Package databases record paths as they were shipped; images put directories behind links
(usr-merge) and give one inode several names. Every claimed path is followed to where the file
really is, and all names of its inode share their owners. What a package claims out of its own
places counts only where the file is as the record says.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, repeat

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.canonical import Canonical
from ocianalyze.inventory.places import is_passing, is_system
from ocianalyze.inventory.unowned import (
    RUNTIMES,
    SCRIPT,
    Executable,
    came_with,
    executable,
)
from ocianalyze.model.package import SHIPPING, Ownership, Package, Presence

_CLAIMED = 1 << 26
"""Characters of claimed paths; what is claimed beyond them is owned by nobody."""
_UNMATCHED = 10_000
"""Claims of unrecorded packages that are kept."""
_Owners = dict[str, tuple[int, ...]]


class Owning:
    """Joins claims with packages, and follows every path to its file."""

    def __init__(
        self, tree: Tree, packages: Sequence[Package], canonical: Canonical | None = None
    ) -> None:
        """Know no claim."""
        self.canonical = canonical or Canonical(tree)
        self.ownership = Ownership()
        self.is_cut = False
        """Not every claim was taken."""
        self.unmatched: list[Claim] = []
        """The first claims of packages that are not recorded."""
        self.claimed: set[int] = set()
        """Packages of which is recorded what they brought."""
        self.tree = tree
        self._packages = packages
        self._alone = [(number,) for number in range(len(packages))]
        self._index = _index(packages)
        self._room = _CLAIMED

    def take(self, claims: Iterable[Claim]) -> None:
        """Take the claims of packages that are there, those of what runs others' programs last."""
        running: list[Claim] = []
        for claim in claims:
            if claim.runs:
                running.append(claim)
                continue
            number = self._find(claim)
            if number is None:
                self.unmatched += [claim] if len(self.unmatched) < _UNMATCHED else []
                continue
            self.claimed.add(number)
            self._take_files(claim.paths, number)
            if claim.elsewhere or claim.programs:
                self._take_files(list(self._proved(claim, number)), number)
            is_home = self._packages[number].type in RUNTIMES
            table = self.ownership.homes if is_home else self.ownership.trees
            for path in claim.trees:
                directory = self.canonical.directory(path.strip("/"))
                if not is_system(directory):
                    self._add(table, directory, number)
        for claim in running:
            if (number := self._owner_of_program(claim)) is not None:
                self._take_files(list(self._proved(claim, number)), number)

    def _owner_of_program(self, claim: Claim) -> int | None:
        """Return the package whose program is run, when it is there."""
        path = self.canonical.path(claim.runs)
        if self.tree.get(path) is None:
            return None
        owners = (x for x in self.ownership.of(path) if self._packages[x].type == claim.type)
        return next(owners, None)

    def _proved(self, claim: Claim, number: int) -> Iterator[str]:
        """Yield what is claimed out of a package's places, executables only where it is proved."""
        is_weak = is_passing(claim.location)
        for path, digest in claim.elsewhere:
            found = executable(self.tree, self.canonical.path(path))
            same = found is not None and bool(digest) and found.entry.sha256 == digest.hex()
            if found is None or (same and not is_weak):
                yield path
        for path in claim.programs:
            found = executable(self.tree, self.canonical.path(path))
            if found is None or self._is_written(found, number):
                yield path

    def _is_written(self, found: Executable, number: int) -> bool:
        """Tell a script that came with its package."""
        is_script = found.kind == SCRIPT
        return is_script and came_with(self.tree, found.entry, self._packages[number])

    def keep_out(self, directories: Iterable[str]) -> None:
        """Let directories belong to no runtime although they are below its home."""
        for path in directories:
            self.ownership.homes.setdefault(self.canonical.directory(path), ())

    def of(self, recorded: str) -> tuple[int, ...]:
        """Return the packages that own a path, the most specific first."""
        return self.ownership.of(self.canonical.path(recorded))

    def _take_files(self, paths: Sequence[str], number: int) -> None:
        """Take all paths of a claim at once: a hundred thousand are usual."""
        files, mine = self.ownership.files, self._alone[number]
        places = self._places(self._affordable(paths))
        owners = list(map(files.setdefault, places, repeat(mine)))
        if owners.count(mine) < len(owners):
            for path in compress(places, map(mine.__ne__, owners)):
                self._add(files, path, number)

    def _affordable(self, paths: Sequence[str]) -> Sequence[str]:
        """Return as many paths as there is room for."""
        self._room -= sum(map(len, paths))
        if self._room >= 0:
            return paths
        self.is_cut = True
        over = accumulate(map(len, reversed(paths)), initial=self._room)
        left = sum(1 for room in over if room < 0)
        self._room = 0
        return paths[: len(paths) - left]

    def _places(self, paths: Sequence[str]) -> Sequence[str]:
        """Return where files are whose directories may be behind links."""
        directories = dict.fromkeys([path.rpartition("/")[0] for path in paths])
        if _has_slashes(paths, directories):
            paths = [path.strip("/") for path in paths]
            directories = dict.fromkeys([path.rpartition("/")[0] for path in paths])
        reals = {directory: self.canonical.directory(directory) for directory in directories}
        if all(directory == real for directory, real in reals.items()):
            return paths
        parts = (path.rpartition("/") for path in paths)
        return [
            f"{real}/{name}" if (real := reals[directory]) else name for directory, _, name in parts
        ]

    def share_inodes(self) -> None:
        """Give a name of an inode that nobody claims the owners of the others.

        Installers that keep what is equal once make a name in each package's directory. Only a
        record names a file.
        """
        owned = {inode for inode, path in self._linked() if self.ownership.of(path)}
        names: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
        for inode, path in self._linked() if owned else ():
            if inode in owned:
                names[inode][path] = None
        for mine in names.values():
            owners = tuple(dict.fromkeys(chain.from_iterable(map(self.ownership.of, mine))))
            alone = [path for path in mine if not self.ownership.claimed(path)]
            is_recorded = not mine.keys().isdisjoint(self.ownership.files)
            table = self.ownership.files if is_recorded else self.ownership.trees
            table.update(dict.fromkeys(alone, owners))

    def _linked(self) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield inodes with the names that hard links give them."""
        for inode, path, link in self.tree.hard_links():
            yield inode, path
            yield inode, self.canonical.path(link)

    def _find(self, claim: Claim) -> int | None:
        """Return the package that a claim names; the architecture may be left out."""
        exact = self._index.get((claim.type, claim.name, claim.arch, claim.location))
        if exact is None:
            return self._index.get((claim.type, claim.name, "", claim.location))
        return exact

    def _add(self, table: _Owners, path: str, number: int) -> None:
        before = table.get(path, ())
        if number not in before:
            ships = self._packages[number].type in SHIPPING
            table[path] = (*before, number) if ships else (number, *before)


def _has_slashes(paths: Sequence[str], directories: Iterable[str]) -> bool:
    """Tell whether any path begins or ends with a slash; most that do so are in such a directory.

    Args:
        paths: as recorded.
        directories: theirs.

    """
    if any(directory.startswith("/") or not directory for directory in directories):
        return any(path.startswith("/") or path.endswith("/") for path in paths)
    return "/" in {path[-1:] for path in paths}


def renumber(ownership: Ownership, numbers: Mapping[int, int]) -> None:
    """Turn indexes into others, in place; `numbers` are the new ones by the old."""
    turned: dict[tuple[int, ...], tuple[int, ...]] = {}
    for table in (ownership.files, ownership.trees, ownership.homes):
        for old in set(table.values()).difference(turned):
            turned[old] = tuple(dict.fromkeys(numbers[x] for x in old if x in numbers))
        gone = {old for old, new in turned.items() if old and not new}
        empty = [path for path, old in table.items() if old in gone] if gone else ()
        for path in empty:
            del table[path]
        table.update(zip(table, map(turned.__getitem__, table.values()), strict=True))


def _index(packages: Sequence[Package]) -> dict[tuple[str, str, str, str], int]:
    """Return visible packages by what claims say of them."""
    found: dict[tuple[str, str, str, str], int] = {}
    for number, package in enumerate(packages):
        if package.presence is Presence.VISIBLE:
            mine = package.found
            for arch in (mine.arch, ""):
                found.setdefault((mine.type, mine.name, arch, mine.location), number)
    return found

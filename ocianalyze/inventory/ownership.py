"""Which package owns which file of the final tree.

Package databases record paths as they were shipped; images put directories behind links
(usr-merge) and give one inode several names. Every claimed path is followed to where the file
really is, and all names of its inode share their owners.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.canonical import Canonical
from ocianalyze.model.package import OS_TYPES, Ownership, Package, Presence

_CLAIMED = 1 << 26
"""Characters of claimed paths; what is claimed beyond them is owned by nobody."""
_Owners = dict[str, tuple[int, ...]]
_RUNTIMES = frozenset({"generic", "golang"})
"""purl types whose trees are runtimes that others install into."""


class Owning:
    """Joins claims with packages, and follows every path to its file."""

    def __init__(self, tree: Tree, packages: Sequence[Package]) -> None:
        """Know no claim."""
        self.canonical = Canonical(tree)
        self.ownership = Ownership()
        self.is_cut = False
        """Not every claim was taken."""
        self._tree = tree
        self._packages = packages
        self._alone = [(number,) for number in range(len(packages))]
        self._index = _index(packages)
        self._room = _CLAIMED

    def take(self, claims: Iterable[Claim]) -> None:
        """Take the claims of packages that are there."""
        for claim in claims:
            number = self._find(claim)
            if number is None:
                continue
            self._take_files(claim.paths, number)
            is_home = self._packages[number].type in _RUNTIMES
            table = self.ownership.homes if is_home else self.ownership.trees
            for path in claim.trees:
                if directory := self.canonical.directory(path.strip("/")):
                    self._add(table, directory, number)

    def keep_out(self, directories: Iterable[str]) -> None:
        """Let directories belong to no runtime although they are below its home."""
        for path in directories:
            self.ownership.homes.setdefault(self.canonical.directory(path), ())

    def of(self, recorded: str) -> tuple[int, ...]:
        """Return the packages that own a path, the most specific first."""
        return self.ownership.of(self.canonical.path(recorded))

    def _take_files(self, paths: Iterable[str], number: int) -> None:
        files, canonical, alone = self.ownership.files, self.canonical.directory, self._alone
        recorded, real = "", ""
        for path in paths:
            directory, _, name = path.strip("/").rpartition("/")
            if directory != recorded:
                recorded, real = directory, canonical(directory)
            where = f"{real}/{name}" if real else name
            if files.setdefault(where, alone[number]) is not alone[number]:
                self._add(files, where, number)
            self._room -= len(where)
            if self._room < 0:
                self.is_cut = True
                return

    def share_inodes(self) -> None:
        """Give every name of an inode the owners of the others."""
        names: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
        for entry in self._tree.hard_links():
            mine = names[self._tree.inode(entry)]
            mine |= {entry.path: None, self.canonical.path(entry.link): None}
        for mine in names.values():
            owners = dict.fromkeys(chain.from_iterable(map(self.ownership.of, mine)))
            if owners:
                self.ownership.files.update(dict.fromkeys(mine, tuple(owners)))

    def _find(self, claim: Claim) -> int | None:
        """Return the package that a claim names; the architecture may be left out."""
        exact = self._index.get((claim.type, claim.name, claim.arch, claim.location))
        if exact is None:
            return self._index.get((claim.type, claim.name, "", claim.location))
        return exact

    def _add(self, table: _Owners, path: str, number: int) -> None:
        before = table.get(path, ())
        if number not in before:
            is_os = self._packages[number].type in OS_TYPES
            table[path] = (*before, number) if is_os else (number, *before)


def renumber(ownership: Ownership, numbers: Mapping[int, int]) -> None:
    """Turn indexes into others, in place; `numbers` are the new ones by the old."""
    turned: dict[tuple[int, ...], tuple[int, ...]] = {}
    for table in (ownership.files, ownership.trees, ownership.homes):
        gone = []
        for path, old in table.items():
            if old not in turned:
                turned[old] = tuple(dict.fromkeys(numbers[x] for x in old if x in numbers))
            table[path] = turned[old]  # no key is new: the table may be walked meanwhile
            if old and not turned[old]:
                gone.append(path)
        for path in gone:
            del table[path]


def _index(packages: Sequence[Package]) -> dict[tuple[str, str, str, str], int]:
    """Return visible packages by what claims say of them."""
    found: dict[tuple[str, str, str, str], int] = {}
    for number, package in enumerate(packages):
        if package.presence is Presence.VISIBLE:
            mine = package.found
            for arch in (mine.arch, ""):
                found.setdefault((mine.type, mine.name, arch, mine.location), number)
    return found

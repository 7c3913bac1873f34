"""Which package owns which file of the final tree.

Package databases record paths as they were shipped; images put directories behind links
(usr-merge) and give one inode several names. Every claimed path is followed to where the file
really is, and all names of its inode share their owners.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import Package, Presence


class Canonical(dict[str, str]):
    """Directories as recorded to where they really are in the final tree."""

    def __init__(self, tree: Tree) -> None:
        """Know the root alone."""
        super().__init__({"": ""})
        self._tree = tree

    def __missing__(self, directory: str) -> str:
        """Follow the links on the way to a directory, and remember it."""
        above, _, name = directory.rpartition("/")
        where = _join(self[above], name)
        entry = self._tree.get(where)
        if entry is not None and entry.kind in (Kind.SYMLINK, Kind.HARDLINK):
            real = self._tree.resolve(where)
            where = real.path if real is not None else where
        self[directory] = where
        return where

    def path(self, recorded: str) -> str:
        """Return where a file is; its last component is not followed."""
        directory, _, name = recorded.strip("/").rpartition("/")
        return _join(self[directory], name)


@dataclass(slots=True)
class Ownership:
    """Files and directories of the final tree, and the packages that own them."""

    files: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Canonical path to indexes of packages, in the order of the claims."""
    trees: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Canonical directory to the packages that own all below."""

    def owners(self, canonical: str) -> tuple[int, ...]:
        """Return the packages that own a path: by name, then by the nearest directory."""
        found = self.files.get(canonical, ())
        while canonical:
            canonical = canonical.rpartition("/")[0]
            above = self.trees.get(canonical)
            if above is not None:
                return (*found, *(index for index in above if index not in found))
        return found


def own(tree: Tree, packages: Sequence[Package], claims: Iterable[Claim]) -> Ownership:
    """Join claims with packages and follow every path to its file."""
    canonical, owned = Canonical(tree), Ownership()
    index = _Index(packages)
    for claim in claims:
        package = index.find(claim)
        if package is None:
            continue
        for path in claim.paths:
            _add(owned.files, canonical.path(path), package)
        for path in claim.trees:
            _add(owned.trees, canonical[path.strip("/")], package)
    _share_inodes(tree, canonical, owned)
    return owned


def _add(table: dict[str, tuple[int, ...]], path: str, package: int) -> None:
    before = table.get(path)
    if before is None:
        table[path] = (package,)
    elif package not in before:
        table[path] = (*before, package)


def _share_inodes(tree: Tree, canonical: Canonical, owned: Ownership) -> None:
    """Give every name of an inode the owners of the others."""
    for entry in tree.hard_links():
        target = canonical.path(entry.link)
        owners = {**dict.fromkeys(owned.owners(target)), **dict.fromkeys(owned.owners(entry.path))}
        if owners:
            owned.files[target] = owned.files[entry.path] = tuple(owners)


class _Index:
    """Visible packages by what claims say of them."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self._by_key: dict[tuple[str, str, str, str], int] = {}
        for number, package in enumerate(packages):
            if package.presence is Presence.VISIBLE:
                found = package.found
                for arch in {found.arch, ""}:
                    key = (found.type, found.name, arch, found.location)
                    self._by_key.setdefault(key, number)

    def find(self, claim: Claim) -> int | None:
        """Return the package that a claim names; the architecture may be left out."""
        exact = self._by_key.get((claim.type, claim.name, claim.arch, claim.location))
        if exact is None:
            return self._by_key.get((claim.type, claim.name, "", claim.location))
        return exact


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name

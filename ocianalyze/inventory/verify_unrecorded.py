"""Files that nothing vouches for: a package's list names them, and no digest is recorded.

dpkg and apk have a digest of every file that is no link, so one without was taken out, or came
with a package that never had any: either way nothing vouches for the content. Nor does anything
where a package's link leads to what no package brought.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import field
from itertools import chain
from typing import cast

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory._base import Records
from ocianalyze.inventory.canonical import Canonical
from ocianalyze.inventory.homes import PREFIXES
from ocianalyze.inventory.unowned import executable
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Package
from ocianalyze.model.verification import Difference

_WHOLE = frozenset({"deb", "apk"})
"""Types whose databases have a digest of every program; rpm has none of ghosts."""
_MODULES = (".py", ".so")
_SETTLED = ("etc/", *PREFIXES)
"""Settings have a record of their own kind; what databases run themselves has none."""


def unrecorded(
    view: ImageView, paths: Iterable[str], recorded: AbstractSet[str], types: AbstractSet[str]
) -> Iterator[Difference]:
    """Yield those programs that nothing vouches for.

    Args:
        view: of the image.
        paths: canonical, that packages own and no record is of: of programs, and of any links.
        recorded: paths that have a record.
        types: purl types that have records.

    """
    mine = [path for path in paths if not path.startswith(_SETTLED)] if OS_TYPES & types else []
    vouched = _inodes(view.tree, recorded) if mine else frozenset[tuple[int, int]]()
    for path in sorted(mine):
        entry = view.tree.get(path)
        if entry is None:
            continue
        if entry.kind is Kind.SYMLINK:
            if _is_foreign(view, path) and (package := _owner(view, path, OS_TYPES & types)):
                yield Difference(path, entry, package, "")
            continue
        package = _owner(view, path, _WHOLE & types)
        is_program = entry.kind is Kind.FILE or executable(view.tree, path) is not None
        if package and is_program and view.tree.inode(entry) not in vouched:
            yield Difference(path, entry, package, "")


def _is_foreign(view: ImageView, path: str) -> bool:
    """Tell a link to a program that no package brought."""
    target = view.tree.resolve(path)
    if target is None or view.inventory.owners(target.path):
        return False
    return executable(view.tree, target.path) is not None


def undigested(
    tree: Tree, named: Iterable[tuple[str, Package | None]], recorded: AbstractSet[str]
) -> Iterator[Difference]:
    """Yield the files that records of packages name without a digest, but for empty ones.

    Args:
        tree: the final one.
        named: such paths, and whose they are.
        recorded: paths that have a digest of whatever package.

    """
    for path, package in named:
        entry = tree.resolve(path)
        if entry is None or entry.kind is not Kind.FILE or not entry.size:
            continue
        if recorded.isdisjoint((path, entry.path)):
            yield Difference(path, entry, package, "")


@dataclass(slots=True)
class Unvouched:
    """Paths that records name, or leave out, without a digest; owners are numbers."""

    room: int
    """Characters of paths that are kept."""
    named: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, int]] = field(default_factory=list)
    homes: dict[str, int] = field(default_factory=dict)

    def take(self, records: Records, owner: int, canonical: Canonical) -> None:
        """Take those of one package, as many as there is room for."""
        self.room -= sum(map(len, chain(records.bare, records.links, records.homes)))
        if self.room >= 0:
            self.named += ((path, owner) for path in records.bare)
            self.links += ((path, owner) for path in records.links)
            self.homes.update((canonical.directory(home), owner) for home in records.homes)

    def found(self, view: ImageView, recorded: AbstractSet[str]) -> Iterator[tuple[str, int]]:
        """Yield what may run and nothing vouches for.

        Args:
            view: of the image.
            recorded: paths that have a digest of whatever package.

        """
        yield from self.named
        for path, owner in self.links:
            entry = view.tree.get(path)
            is_file = entry is not None and entry.kind is Kind.FILE
            if is_file and executable(view.tree, path) is not None:
                yield path, owner
        yield from self._beside(view, recorded)

    def _beside(self, view: ImageView, recorded: AbstractSet[str]) -> Iterator[tuple[str, int]]:
        """Yield the modules that lie among a Python package's own and that no record names.

        Installers record every file ("Recording installed projects"), so one that is not recorded
        came later, or its row was taken out.
        """
        owned, within = view.inventory.ownership.files, frozenset(self.homes)
        for layer in view.layers if within else ():
            rows = view.tree.table(layer.index, ("path", "kind"), visible=True, within=within)
            for path, kind in cast("Iterable[tuple[str, str]]", rows):
                home = path.rpartition("/")[0]
                is_module = kind == "file" and path.endswith(_MODULES) and home in self.homes
                if is_module and path not in recorded and path not in owned:
                    yield path, self.homes[home]


def _inodes(tree: Tree, recorded: AbstractSet[str]) -> frozenset[tuple[int, int]]:
    """Return the inodes that any name has a record of."""
    links = tree.hard_links()
    return frozenset(x.inode for x in links if x.path in recorded or x.link in recorded)


def _owner(view: ImageView, path: str, types: AbstractSet[str]) -> Package | None:
    """Return the package that brought a file, when all that did are of some types."""
    owners = view.inventory.owners(path)
    is_of_types = bool(owners) and all(owner.type in types for owner in owners)
    return owners[0] if is_of_types else None

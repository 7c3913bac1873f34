"""Files that nothing vouches for: a package's list names them, and no digest is recorded.

dpkg and apk have a digest of every file that is no link, so one without was taken out, or came
with a package that never had any: either way nothing vouches for the content. Nor does anything
where a package's link leads to what no package brought.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory.homes import PREFIXES
from ocianalyze.inventory.unowned import executable
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Package
from ocianalyze.model.verification import Difference

_WHOLE = frozenset({"deb", "apk"})
"""Types whose databases have a digest of every program; rpm has none of ghosts."""
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


def _inodes(tree: Tree, recorded: AbstractSet[str]) -> frozenset[tuple[int, int]]:
    """Return the inodes that any name has a record of."""
    links = tree.hard_links()
    return frozenset(x.inode for x in links if x.path in recorded or x.link in recorded)


def _owner(view: ImageView, path: str, types: AbstractSet[str]) -> Package | None:
    """Return the package that brought a file, when all that did are of some types."""
    owners = view.inventory.owners(path)
    is_of_types = bool(owners) and all(owner.type in types for owner in owners)
    return owners[0] if is_of_types else None

"""Package databases that an image had and has no more: what they named is still there, untold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.take import Taken
from ocianalyze.inventory.unowned import Executable
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Found, Package, Presence

CODE = "inventory.database-removed"
"""Of the finding that tells one."""
_DATABASES = frozenset({"deb", "apk", "rpm", "alpm"})
"""purl types of packages that one database names."""


class Gone(NamedTuple):
    """A database whose packages are all gone although programs of its layers are there."""

    type: str
    """purl type of its packages."""
    path: str
    layer: int
    """That removed or emptied it."""
    packages: int
    """That it named last."""
    is_emptied: bool
    """The file is there and names nothing."""
    left: int = 0
    """Files of these packages that stay, where only some packages' data is gone."""

    @property
    def detail(self) -> str:
        """What happened, for people."""
        if self.left:
            return (
                f"data of {_counted(self.packages, 'package')} ({self.type}) removed in layer "
                f"{self.layer}; {_counted(self.left, 'file')} of theirs stayed"
            )
        what = "emptied" if self.is_emptied else "removed"
        count = _counted(self.packages, "package")
        return f"package database {what} in layer {self.layer}; it named {count} ({self.type})"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def gone(
    tree: Tree, packages: Sequence[Package], running: Mapping[str, Executable]
) -> Iterator[Gone]:
    """Yield the databases that no layer's packages are left of, by type.

    Args:
        tree: the final one.
        packages: of all layers.
        running: executables of the final tree.

    """
    for kind in sorted(_DATABASES):
        mine = [package for package in packages if package.type == kind]
        last = max((package.removed or 0 for package in mine), default=0)
        if mine and all(map(_is_removed, mine)) and _any_below(last, running.values()):
            yield _gone(tree, [package for package in mine if package.removed == last], last)


def _gone(tree: Tree, lost: Sequence[Package], layer: int) -> Gone:
    path = next((path for package in lost for path in package.evidence), "")
    return Gone(lost[0].type, path, layer, len(lost), tree.get(path) is not None)


def _is_removed(package: Package) -> bool:
    return package.presence is Presence.REMOVED


def _any_below(layer: int, running: Iterable[Executable]) -> bool:
    """Tell whether lower layers still have programs: a filesystem that was emptied has none."""
    return any(each.entry.layer < layer for each in running)


def stripped(taken: Taken, owned: Owning, lost: Iterable[Gone]) -> Iterator[Gone]:
    """Yield data of single packages that is gone although files that it named stay, by layer.

    A package that another version or place replaced is not lost, nor is a file that a package that
    is there claims. Of a distribution's packages programs count only: removal keeps settings.

    Args:
        taken: packages of all layers.
        owned: the claims of those that are there.
        lost: databases that are told already.

    """
    told = {each.type for each in lost}
    names = {(x.type, x.name) for x in taken.packages if not _is_removed(x)}
    removed = {
        _key(x.found): x
        for x in taken.packages
        if _is_removed(x) and x.type not in told and (x.type, x.name) not in names
    }
    left: dict[tuple[str, int], tuple[dict[str, Package], set[str]]]
    left = defaultdict(lambda: ({}, set()))
    claims = taken.former_claims(frozenset(x.type for x in removed.values())) if removed else ()
    for claim in claims:
        package = removed.get(_key(claim))
        if package is None:
            continue
        layer = package.removed or 0
        for path in _left(owned, claim.paths, package):
            mine, files = left[package.type, layer]
            mine[package.purl] = package
            files.add(path)
    for (kind, layer), (mine, files) in sorted(left.items()):
        path = next((path for x in mine.values() for path in x.evidence), "")
        yield Gone(kind, path, layer, len(mine), owned.tree.get(path) is not None, len(files))


def _key(named: Found | Claim) -> tuple[str, str, str]:
    return named.type, named.name, named.location


def _left(owned: Owning, paths: Iterable[str], package: Package) -> Iterator[str]:
    """Yield those recorded files that are as they were before the package's data went."""
    for recorded in paths:
        path = owned.canonical.path(recorded.strip("/"))
        if path in owned.ownership.files or path in package.evidence or path.startswith("etc/"):
            continue
        entry = owned.tree.get(path)
        is_file = entry is not None and entry.kind is Kind.FILE
        is_old = entry is not None and entry.layer < (package.removed or 0)
        if is_file and is_old and (package.type not in OS_TYPES or path in owned.executables):
            yield path

"""Package databases that an image had and has no more: what they named is still there, untold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory.unowned import Executable
from ocianalyze.model.package import Package, Presence

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

    @property
    def detail(self) -> str:
        """What happened, for people."""
        what = "emptied" if self.is_emptied else "removed"
        count = f"{self.packages} package{'' if self.packages == 1 else 's'}"
        return f"package database {what} in layer {self.layer}; it named {count} ({self.type})"


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

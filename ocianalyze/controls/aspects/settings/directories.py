"""Names in directories, each directory listed once for an image however often it is asked for."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import islice

from ocianalyze.filesystem.view import ImageView


class Directories:
    """Ask through `view.once(Directories)`."""

    def __init__(self, view: ImageView) -> None:
        """Begin without a listing."""
        self._tree = view.tree
        self._names: dict[str, Sequence[str]] = {}
        self._fitting: dict[tuple[str, str, int], Sequence[str]] = {}

    def names(self, home: str) -> Sequence[str]:
        """Return what any layer has in a directory, links to it followed, sorted."""
        if home not in self._names:
            self._names[home] = self._tree.names(self._tree.real(home) or home)
        return self._names[home]

    def fitting(self, home: str, pattern: str, most: int) -> Sequence[str]:
        """Return the first of the names that a glob fits."""
        key = (home, pattern, most)
        if key not in self._fitting:
            found = (name for name in self.names(home) if fnmatchcase(name, pattern))
            self._fitting[key] = tuple(islice(found, most))
        return self._fitting[key]

"""Paths as package databases record them to where the files really are in the final tree."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import islice

from ocianalyze.filesystem.view import Tree

_LOOK_UPS = 200_000
"""Directories looked up for one image; what is beyond is taken as recorded."""
_REMEMBERED = 1 << 26
"""Characters of directories remembered."""
_DEPTH = 256
"""Directories of one path; a deeper one is taken as recorded."""
_LINKS = 100_000
"""Links of one image that are remembered; in one with more, every directory is looked up."""


def links_of(tree: Tree, layers: Iterable[int]) -> AbstractSet[str] | None:
    """Return where links are in the final tree; None when there are too many.

    A hard link may be one to a symbolic link, so it counts.
    """
    found: set[str] = set()
    for index in layers:
        found.update(islice(tree.specials(index), _LINKS + 1 - len(found)))
        if len(found) > _LINKS:
            return None
    return found


class Canonical:
    """Follows the links above a path's last component, and remembers directories."""

    def __init__(self, tree: Tree, links: AbstractSet[str] | None = None) -> None:
        """Know the root alone.

        Args:
            tree: the final one.
            links: where links are (`links_of`); elsewhere nothing needs to be looked up.

        """
        self._tree = tree
        self._links = links
        self._known = {"": ""}
        self._gone: set[str] = set()
        """What leads nowhere; nothing is below."""
        self._look_ups = _LOOK_UPS
        self._room = _REMEMBERED

    @property
    def is_spent(self) -> bool:
        """Tell that no more directories are looked up."""
        return self._look_ups <= 0

    def path(self, recorded: str) -> str:
        """Return where a file is; its last component is not followed."""
        directory, _, name = recorded.strip("/").rpartition("/")
        return _join(self.directory(directory), name)

    def directory(self, recorded: str) -> str:
        """Return where a directory is, followed to its end."""
        found = self._known.get(recorded)
        if found is not None:
            return found
        if self.is_spent or recorded.count("/") > _DEPTH:
            return recorded
        return self._real(recorded.strip("/"))

    def _real(self, directory: str) -> str:
        """Follow the directories above first, each of which is remembered."""
        found = self._known.get(directory)
        if found is None:
            above, _, name = directory.rpartition("/")
            found = self._below(self._real(above), name)
            self._remember(directory, found)
        return found

    def _below(self, where: str, name: str) -> str:
        if name in ("", "."):
            return where
        if name == "..":
            return where.rpartition("/")[0]
        path = _join(where, name)
        if where in self._gone:
            self._gone.add(path)
            return path
        self._look_ups -= 1
        if self._links is not None and path not in self._links:
            return path
        real = self._tree.real(path)
        if real is None:
            self._gone.add(path)
        return path if real is None else real

    def _remember(self, directory: str, where: str) -> None:
        self._room -= len(directory) + len(where)
        if self._room > 0:
            self._known[directory] = where


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name

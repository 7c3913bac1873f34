"""The directories of the merged tree, numbered.

A directory is its parent's number and its own name, never a whole path: a layer of deep paths
would otherwise take memory that is quadratic in their depth.
"""

from array import array
from itertools import islice

from ocianalyze.model.entry import Kind
from ocianalyze.model.strings import Strings

SYMLINK, DIRECTORY, HARDLINK = ord(Kind.SYMLINK), ord(Kind.DIRECTORY), ord(Kind.HARDLINK)
WHITEOUT, OPAQUE, UNKNOWN = ord(Kind.WHITEOUT), ord(Kind.OPAQUE), ord(Kind.UNKNOWN)
MARKS = (WHITEOUT, OPAQUE, UNKNOWN)
"""Kinds that are no part of the filesystem."""
_WHOLE = 1 << 24
"""Bytes that all whole paths may take together to be kept."""
_OBJECT = 41
"""Bytes that one takes beside its text."""
ENTRY = 0xFFFFFFFF
"""Low half of a row, `layer << 32 | entry`; rows in rising order are in order of time."""


class Skeleton:
    """Every directory that any layer ever wrote below; the root is number 0."""

    def __init__(self) -> None:
        """Begin with the root alone."""
        self.parents: array[int] = array("I", [0])
        """A parent's number is lower than its children's."""
        self.names = Strings()
        self.names.append(b"")
        self._numbers: dict[bytes, int] = {}
        """By a parent's number and a name; made when it is first asked for."""
        self._is_numbered = False
        self._whole: list[bytes] = []
        self._met: dict[int, bytes] = {}
        """Paths that were asked for and are not among the whole ones."""
        self._room = _WHOLE

    @classmethod
    def of(cls, parents: "array[int]", names: Strings) -> "Skeleton":
        """Return one whose directories are known; nothing is done about those not asked for."""
        found = cls()
        found.parents, found.names = parents, names
        return found

    def __len__(self) -> int:
        """Return how many directories there are."""
        return len(self.parents)

    def child(self, number: int, name: bytes) -> int | None:
        """Return the number of a directory in a directory; an empty name is itself."""
        if not self._is_numbered:
            self._number()
        return self._numbers.get(number.to_bytes(4, "big") + name) if name else number

    def _number(self) -> None:
        """Make directories known by their parents and names."""
        each = enumerate(zip(self.parents, self.names, strict=True))
        self._numbers = {above.to_bytes(4, "big") + name: at for at, (above, name) in each if at}
        self._is_numbered = True

    def add(self, number: int, name: bytes) -> int:
        """Return the number of a directory in a directory, given to it now if need be."""
        found = self.child(number, name)
        return self.put(number, name) if found is None else found

    def put(self, number: int, name: bytes) -> int:
        """Number a directory that is not there yet."""
        found = len(self.parents)
        if self._is_numbered:
            self._numbers[number.to_bytes(4, "big") + name] = found
        self.parents.append(number)
        self.names.append(name)
        return found

    def number(self, path: bytes) -> int:
        """Return the number of a directory, given to it and its ancestors now if need be."""
        found = 0
        for name in path.split(b"/") if path else ():
            found = self.add(found, name)
        return found

    def find(self, path: bytes) -> int | None:
        """Return the number of a directory, None when nothing was ever below it."""
        found: int | None = 0
        for name in path.split(b"/") if path else ():
            found = self.child(found, name) if found is not None else None
        return found

    def path(self, number: int) -> bytes:
        """Return the path of a directory, without a leading slash."""
        if number < len(self._whole):
            return self._whole[number]
        found = self._met.get(number)
        if found is None:
            found = self._path(number)
            self._room -= len(found) + _OBJECT
            if self._room > 0:
                self._met[number] = found
        return found

    def _path(self, number: int) -> bytes:
        names: list[bytes] = []
        while number and number not in self._met:
            names.append(self.names[number])
            number = self.parents[number]
        return join(self._met.get(number, b""), b"/".join(reversed(names)))

    def freeze(self) -> None:
        """Take that none will be added; whole paths are kept from now on if they are short."""
        self._numbers, self._is_numbered = {}, False
        self.names.freeze()
        paths, room = [b""], _WHOLE
        for parent, name in islice(zip(self.parents, self.names, strict=True), 1, None):
            paths.append(join(paths[parent], name))
            room -= len(paths[-1]) + _OBJECT
            if room < 0:
                return
        self._whole = paths


def join(directory: bytes, name: bytes) -> bytes:
    """Return a path below the root; an empty name is the directory itself."""
    return directory + b"/" + name if directory and name else directory or name

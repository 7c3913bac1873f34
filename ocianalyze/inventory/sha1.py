"""The observer of SHA-1, which SPDX demands of each file and the walk does not make.

It is asked for by what writes SPDX alone: of every content, since which files packages are read
from is known when all layers are merged, and not before.
"""

import hashlib
from collections.abc import Callable
from itertools import product

from ocianalyze.filesystem.view import Tree
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.entry import Entry

NAME = "sha1"
"""Of the observer."""
_EMPTY = hashlib.sha256(b"").hexdigest(), hashlib.sha1(b"", usedforsecurity=False).hexdigest()
"""Both digests of no bytes, which no observer is shown."""


class _Sha1:
    """Digests one content."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._digest = hashlib.sha1(usedforsecurity=False)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self._digest.update(piece)
        return True

    def close(self) -> bytes:
        """Return the digest's 20 bytes."""
        return self._digest.digest()


def _open(_seen: Seen, _head: memoryview) -> Tap:
    return _Sha1()


def _beginnings() -> frozenset[bytes]:
    """Return whatever a content can begin with, which asks for every content."""
    two = (bytes(pair) for pair in product(range(256), repeat=2))
    return frozenset(two) | {bytes([one]) for one in range(256)}


def observer() -> Observer:
    """Return what must be handed to the walk so that `known` tells digests."""
    interest = Interest(magics=_beginnings())
    return Observer(NAME, 1, interest, _open, "SHA-1 of every file, as SPDX demands it")


def known(tree: Tree) -> Callable[[Entry], str]:
    """Return what tells the SHA-1 of a file, empty where none was made of all of its content."""
    cut = {(entry.layer, entry.member) for entry in tree.cut(NAME)}

    def told(entry: Entry) -> str:
        if entry.sha256 == _EMPTY[0]:
            return _EMPTY[1]
        value = tree.observed(NAME, entry)
        return "" if value is None or tree.inode(entry) in cut else value.hex()

    return told

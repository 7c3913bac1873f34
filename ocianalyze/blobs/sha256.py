"""SHA-256, two streams at a time where the processor can (`_sha256.c`), else by hashlib."""

import hashlib
from itertools import starmap

from ocianalyze.model.facts import NO_DIGEST

__all__ = ["IN_PAIRS", "Bytes", "OneByOne", "Sha256"]

Bytes = bytes | memoryview


class OneByOne:
    """What `_sha256.Sha256` is, for other processors: nothing is hashed beside."""

    __slots__ = ("_hash", "digest", "hexdigest", "name", "update")

    def __init__(self) -> None:
        """Know no bytes."""
        self._hash = hashlib.sha256()
        self.name = self._hash.name
        self.update = self._hash.update
        self.digest = self._hash.digest
        self.hexdigest = self._hash.hexdigest

    def update_beside(self, data: Bytes, _other: "OneByOne", _waiting: Bytes, /) -> int:
        """Take data; return how many bytes of what waits another took beside it."""
        self.update(data)
        return 0

    def beside_parts(
        self, _waiting: Bytes, data: Bytes, starts: tuple[int, ...], sizes: tuple[int, ...], /
    ) -> tuple[bytes, int]:
        """Return the digests of parts of some data, and how many waiting bytes this took beside.

        A size of -1 gives `NO_DIGEST`.

        Raises:
            ValueError: a part lies outside of the data.

        """
        view = memoryview(data)

        def digest(start: int, size: int) -> bytes:
            if size < 0:
                return NO_DIGEST
            if start < 0 or start + size > len(view):
                raise ValueError("a part lies outside of the data")
            return hashlib.sha256(view[start : start + size]).digest()

        return b"".join(starmap(digest, zip(starts, sizes, strict=True))), 0


try:
    from ocianalyze.blobs._sha256 import Sha256

    IN_PAIRS = True
except ImportError:
    Sha256, IN_PAIRS = OneByOne, False  # type: ignore[misc,assignment]

"""SHA-256, two streams at a time where the processor can (`_sha256.c`), else by hashlib."""

import hashlib
from collections.abc import Callable
from itertools import starmap
from typing import Any, Protocol

from ocianalyze.model.facts import NO_DIGEST

Bytes = bytes | memoryview


class Sha256(Protocol):
    """A hash object as `hashlib` has them, beside which another may go on."""

    @property
    def name(self) -> str:
        """Say `sha256`."""
        ...

    def update(self, data: Bytes, /) -> None:
        """Take data."""
        ...

    def digest(self) -> bytes:
        """Return the 32 bytes for what was taken so far."""
        ...

    def hexdigest(self) -> str:
        """Return them as text."""
        ...

    def update_beside(self, data: Bytes, other: Any, waiting: Bytes, /) -> int:
        """Take data; return how many of the waiting bytes another of this kind took beside it."""
        ...

    def beside_parts(
        self, waiting: Bytes, data: Bytes, starts: tuple[int, ...], sizes: tuple[int, ...], /
    ) -> tuple[bytes, int]:
        """Return the digests of parts of some data, and how many waiting bytes this took beside.

        A size of -1 gives `NO_DIGEST`.

        Raises:
            ValueError: a part lies outside of the data.

        """
        ...


class OneByOne:
    """By hashlib: nothing goes beside."""

    __slots__ = ("_hash", "digest", "hexdigest", "name", "update")

    def __init__(self) -> None:
        """Know no bytes."""
        self._hash = hashlib.sha256()
        self.name = self._hash.name
        self.update = self._hash.update
        self.digest = self._hash.digest
        self.hexdigest = self._hash.hexdigest

    def update_beside(self, data: Bytes, _other: "OneByOne", _waiting: Bytes, /) -> int:
        """Take data, and leave what waits."""
        self.update(data)
        return 0

    def beside_parts(
        self, _waiting: Bytes, data: Bytes, starts: tuple[int, ...], sizes: tuple[int, ...], /
    ) -> tuple[bytes, int]:
        """Return the digests of parts, and leave what waits."""
        view = memoryview(data)

        def digest(start: int, size: int) -> bytes:
            if size < 0:
                return NO_DIGEST
            if start < 0 or start + size > len(view):
                raise ValueError("a part lies outside of the data")
            return hashlib.sha256(view[start : start + size]).digest()

        return b"".join(starmap(digest, zip(starts, sizes, strict=True))), 0


new_sha256: Callable[[], Sha256]
try:
    from ocianalyze.blobs import _sha256

    new_sha256, IN_PAIRS = _sha256.Sha256, True
except ImportError:
    new_sha256, IN_PAIRS = OneByOne, False

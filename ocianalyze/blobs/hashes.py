"""The digests of one stream of bytes: sha256 always, others where documents name the bytes so."""

import hashlib
from collections.abc import Iterable
from typing import Any

from ocianalyze.blobs.sha256 import Bytes, new_sha256
from ocianalyze.model.digest import Digest


class Hashes:
    """One hash function or several over the same bytes."""

    __slots__ = ("_hashes", "sha256", "update")

    def __init__(self, others: Iterable[str] = ()) -> None:
        """Know no bytes; `others` are of `ocianalyze.model.digest.ALGORITHMS`."""
        self.sha256 = new_sha256()
        self._hashes: list[Any] = [self.sha256, *map(hashlib.new, others)]
        self.update = self._update if self.are_several else self.sha256.update
        """Takes the next bytes; alone, sha256 costs what it costs by itself."""

    @property
    def are_several(self) -> bool:
        """Whether there is more than sha256."""
        return len(self._hashes) > 1

    def _update(self, data: Bytes) -> None:
        for one in self._hashes:
            one.update(data)

    @property
    def digests(self) -> tuple[Digest, ...]:
        """Of the bytes so far: sha256, then the others in their order."""
        return tuple(Digest(f"{one.name}:{one.hexdigest()}") for one in self._hashes)

"""The digests of one stream of bytes: sha256 always, others where documents name the bytes so."""

import hashlib
from collections.abc import Iterable

from ocianalyze.model.digest import Digest


class Hashes:
    """One hash function or several over the same bytes."""

    __slots__ = ("_hashes", "update")

    def __init__(self, others: Iterable[str] = ()) -> None:
        """Know no bytes; `others` are of `ocianalyze.model.digest.ALGORITHMS`."""
        self._hashes = [hashlib.new(name) for name in ("sha256", *others)]
        self.update = self._hashes[0].update if len(self._hashes) == 1 else self._update
        """Takes the next bytes; alone, sha256 costs what it costs by itself."""

    def _update(self, data: bytes) -> None:
        for one in self._hashes:
            one.update(data)

    @property
    def digests(self) -> tuple[Digest, ...]:
        """Of the bytes so far: sha256, then the others in their order."""
        return tuple(Digest(f"{one.name}:{one.hexdigest()}") for one in self._hashes)

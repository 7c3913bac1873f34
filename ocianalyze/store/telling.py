"""How far an analysis is, from what workers tell of their layers."""

from collections.abc import Callable, Iterable

from ocianalyze.dataclass import dataclass
from ocianalyze.sources._base import Blob


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an analysis is."""

    done_bytes: int
    """Stored bytes read, of all layers that need reading."""
    total_bytes: int
    layers: int
    """Layers read to their end."""
    total_layers: int
    spared: int = 0
    """Layers that needed no reading, since their facts were kept."""


class Teller:
    """Turns what workers tell into progress of the whole."""

    def __init__(self, blobs: Iterable[Blob], progress: Callable[[Progress], None] | None) -> None:
        """Count the blobs that need reading."""
        self._pending = dict.fromkeys(blobs, 0)
        """How much of each blob that is not finished was read."""
        self._done = 0
        self._total = sum(blob.size for blob in self._pending)
        self._finished = self._spared = 0
        self._layers = len(self._pending)
        self._progress = progress

    def spare(self, blob: Blob) -> None:
        """Take that one layer needs no reading."""
        if self._pending.pop(blob, None) is not None:
            self._total -= blob.size
            self._layers -= 1
            self._spared += 1
            self._show()

    def read(self, blob: Blob, done: int) -> None:
        """Take how much of one layer was read."""
        before = self._pending.get(blob)
        if before is not None and before < done <= blob.size:
            self._pending[blob] = done
            self._done += done - before
            self._show()

    def done(self, blob: Blob) -> None:
        """Take that one layer is finished; one that is read again counts once."""
        read = self._pending.pop(blob, None)
        if read is not None:
            self._done += blob.size - read
            self._finished += 1
            self._show()

    def _show(self) -> None:
        if self._progress is not None:
            layers = self._finished, self._layers, self._spared
            self._progress(Progress(self._done, self._total, *layers))

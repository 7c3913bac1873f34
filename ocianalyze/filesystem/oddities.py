"""What the merge finds odd, kept up to a limit for each layer and one for all of them."""

from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly

_DETAIL = 200


class Oddities:
    """Anomalies with the index of their layer."""

    def __init__(self, layers: int, limits: Limits) -> None:
        """Begin empty."""
        self.found: list[tuple[int, Anomaly]] = []
        self.dropped = 0
        """Anomalies beyond the limit, counted only."""
        self._room = [limits.anomalies] * layers
        self._left = limits.findings
        self._lost: set[int] = set()

    def add(self, layer: int, code: str, path: bytes, detail: bytes = b"") -> None:
        """Record one, or count it."""
        if not self._room[layer] or not self._left:
            self.dropped += 1
            return
        self._room[layer] -= 1
        self._left -= 1
        self._keep(layer, code, path, detail)

    def lose(self, layer: int, code: str, path: bytes, detail: bytes) -> None:
        """Record what makes a layer partial; there is room for the first of each layer."""
        if layer in self._lost:
            self.add(layer, code, path, detail)
        else:
            self._lost.add(layer)
            self._keep(layer, code, path, detail)

    def _keep(self, layer: int, code: str, path: bytes, detail: bytes) -> None:
        words = detail[:_DETAIL].decode("utf-8", "surrogateescape")
        self.found.append((layer, Anomaly(code, words, path)))

"""The last bytes of a content that passes in pieces."""

from ocianalyze.dataclass import dataclass


@dataclass(slots=True)
class Recent:
    """Holds a piece as it came, and of what came before as much as was asked for."""

    at: int = 0
    """Offset behind the piece."""
    _piece: bytes | memoryview = b""
    _before: bytes = b""
    """Ends where the piece begins."""

    def add(self, piece: bytes | memoryview) -> None:
        """Take the next piece; `keep` must have been called for the one before."""
        self._piece = piece
        self.at += len(piece)

    def keep(self, start: int) -> None:
        """Copy what lies behind an offset, and let the piece go."""
        count = self.at - start
        if count <= len(self._piece):
            self._before = bytes(self._piece[len(self._piece) - count :])
        else:
            self._before = (self._before + bytes(self._piece))[-count:]
        self._piece = b""

    def cut(self, start: int, end: int) -> tuple[int, bytes]:
        """Return what is there between two offsets, and where it begins."""
        middle = self.at - len(self._piece)
        first = max(start, middle - len(self._before), 0)
        part = bytes(self._piece[max(first - middle, 0) : max(end - middle, 0)])
        if first >= middle:
            return first, part
        oldest = middle - len(self._before)
        return first, self._before[first - oldest : max(end - oldest, 0)] + part

"""How far a walk came: the cursor, the clock, and why it went no further."""

import time

from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.paths import Anomalies
from ocianalyze.limits import Limits


class Progress:
    """What the parts of one walk share."""

    def __init__(self, cursor: Cursor, limits: Limits) -> None:
        """Start the clock."""
        self.cursor = cursor
        self.limits = limits
        self.anomalies = Anomalies(limits)
        self._stopped = ""
        self.timed_out = False
        self._deadline = time.monotonic() + limits.layer_seconds

    @property
    def partial(self) -> str:
        """Why the tar was read only in part; empty when it was read to its end."""
        return self._stopped or self.anomalies.lost

    def stop(self, code: str, why: str) -> bool:
        """Record why the walk cannot go on; always False."""
        self.anomalies.add(code, why, offset=self.cursor.offset)
        self._stopped = self._stopped or why
        return False

    def is_late(self) -> bool:
        """Tell whether the time is up, and stop when it is."""
        if not self.timed_out and time.monotonic() > self._deadline:
            self.timed_out = True
            self.stop("tar.limit", self.limits.reached("layer_seconds"))
        return self.timed_out

    def skip(self, size: int) -> int:
        """Pass over `size` bytes while there is time; return how many there were."""
        done = 0
        for piece in self.cursor.pieces(size):
            done += len(piece)
            if self.is_late():
                break
        return done

"""Keep whole small files that controls read; which, the modules of `captures` say."""

from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import captures
from ocianalyze.detectors.captures._base import Capture
from ocianalyze.discovery import series
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

_CAPTURES = tuple(series(captures, "CAPTURE", "CAPTURES", Capture))
_BEFORE = 9
"""Versions before there were captures; one more for each that is taken away."""
_TAKES = tuple(one.takes for one in _CAPTURES)


@dataclass(slots=True)
class _Whole:
    """Collects one content; its size was known to fit."""

    room: int
    pieces: list[bytes] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        kept = bytes(piece[: self.room])
        self.pieces.append(kept)
        self.room -= len(kept)
        return self.room > 0

    def close(self) -> bytes | None:
        """Return the content."""
        return b"".join(self.pieces)


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Take what any subject wants; half an account file would answer wrongly."""
    return _Whole(seen.size) if any(takes(seen, head) for takes in _TAKES) else None


def _interest() -> Interest:
    """Return what all subjects want."""
    each = [one.interest for one in _CAPTURES]
    return Interest(
        paths=frozenset().union(*(one.paths for one in each)),
        names=frozenset().union(*(one.names for one in each)),
        suffixes=frozenset().union(*(one.suffixes for one in each)),
        directories=frozenset().union(*(one.directories for one in each)),
        magics=frozenset().union(*(one.magics for one in each)),
    )


OBSERVER = Observer(
    name="captured",
    version=_BEFORE + sum(one.version for one in _CAPTURES),
    interest=_interest(),
    open=_open,
    summary="contents of account files, of what begins as one, of sudo rules, settings of logins, "
    "engines and servers, entry scripts, scripts of services, "
    "small shell scripts that are no part of a package",
)

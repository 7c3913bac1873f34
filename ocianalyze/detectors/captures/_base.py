"""What a module of this folder exports as `CAPTURE`, or several as `CAPTURES`."""

from collections.abc import Callable, Iterable

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.observer import Interest, Seen
from ocianalyze.limits import KIB

_PROGRAM = b"\x7fELF"


@dataclass(frozen=True, slots=True)
class Capture:
    """Files that are kept whole."""

    interest: Interest
    takes: Callable[[Seen, memoryview], bool]
    """Tells by the entry and the first bytes of its content; what is too large is declined."""
    version: int = 1
    """Raise it when other files, or others of the same, would be kept."""


def files(
    *paths: str, names: Iterable[str] = (), directories: Iterable[str] = (), most: int = 64 * KIB
) -> Capture:
    """Return files that are known by their place, or by a name that no program has with them."""
    wanted = Interest(_encoded(paths), _encoded(names), directories=_encoded(directories))

    def takes(seen: Seen, head: memoryview) -> bool:
        directory, _, name = seen.path.rpartition(b"/")
        is_there = seen.path in wanted.paths or directory in wanted.directories
        is_named = name in wanted.names and head[:4] != _PROGRAM
        return (is_there or is_named) and seen.size <= most

    return Capture(wanted, takes)


def _encoded(names: Iterable[str]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in names)

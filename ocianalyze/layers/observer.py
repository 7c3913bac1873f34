"""The door between the walk and whoever wants to see contents while they pass.

The walk knows no detector: it is given observers, asks each once per name which entries it wants,
and shows it the content in pieces. Observers are module-level objects, so that a worker process
finds them again by name.
"""

from collections.abc import Callable
from typing import Protocol

from ocianalyze.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Interest:
    """Which regular files an observer wants; any match is enough."""

    paths: frozenset[bytes] = frozenset()
    """Whole paths without a leading slash: `etc/passwd`."""
    names: frozenset[bytes] = frozenset()
    """Base names: `os-release`."""
    suffixes: frozenset[bytes] = frozenset()
    """Ends of base names from the last dot: `.pem`."""
    directories: frozenset[bytes] = frozenset()
    """Everything directly in these directories: `var/lib/dpkg/info`."""
    magics: frozenset[bytes] = frozenset()
    """First four bytes of the content: `\\x7fELF`; two-byte ones for `#!`."""


class Tap(Protocol):
    """Sees the content of one entry in pieces."""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece; return False when no more is wanted."""
        ...

    def close(self) -> bytes | None:
        """Return the observation, or None for nothing worth keeping."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What an observer knows when an entry begins."""

    path: bytes
    size: int
    mode: int


@dataclass(frozen=True, slots=True)
class Observer:
    """One stage's eyes in the walk."""

    name: str
    """Key of its observations in `LayerFacts`."""
    version: int
    """Raise it when the same content would give another observation."""
    interest: Interest
    open: "Callable[[Seen, memoryview], Tap | None]"
    """Given the entry and the first bytes of its content, return a tap or decline with None."""
    summary: str = ""
    """What it keeps, for the reference page."""
    begin: "Callable[[], Callable[[Seen, memoryview], Tap | None]] | None" = None
    """Called once a layer, gives what is asked there instead of `open`: for an answer that depends
    on what the layer has shown before."""


class Classifier(Protocol):
    """Names the type of a content by its first bytes."""

    def __call__(self, head: bytes) -> int:
        """Return the code of the type, an index into the classifier's own table; never 0."""
        ...

"""A tap that reads small members of a zip archive while it passes, whatever its size."""

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._gathered import ROWS, listing, told, unpack
from ocianalyze.inventory.catalogers._zip import Budget, unpacked
from ocianalyze.inventory.catalogers._zip_stream import Arrival, ZipStream
from ocianalyze.limits import KIB

_PACKED_BYTES = 256 * KIB
"""Stored bytes of one member; real ones have some KiB."""
_HEAD_BYTES = 256 * KIB
"""Read of one member's content."""


@dataclass(slots=True)
class ZipMembers:
    """Sees one archive pass and keeps what its members say."""

    is_wanted: Callable[[str], bool]
    """Tells a member by its name."""
    parse: Callable[[bytearray], Any]
    """Makes a table of the beginning of its content, None for nothing; may raise ValueError."""
    _parts: dict[int, tuple[str, Any]] = field(default_factory=dict)
    _unread: int = 0
    _budget: Budget = field(default_factory=Budget)
    _stream: ZipStream = field(init=False)

    def __post_init__(self) -> None:
        """Wait for the first piece."""
        self._stream = ZipStream(self._room, self._arrive)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece; the directory is at the end."""
        self._stream.feed(piece)
        return True

    def close(self) -> bytes | None:
        """Return what the members say that the directory lists; None for nothing."""
        listed, missing = self._parts.keys() | set[int](), 1
        if self._stream.has_directory:
            listed = self._stream.listed()
            missing = len(listed - self._parts.keys())
        rows = [
            [name, part]
            for at, (name, part) in self._parts.items()
            if part is not None and at in listed
        ]
        value = told(members=rows, unread=max(missing, self._unread))
        return orjson.dumps(value) if value else None

    def _room(self, name: str) -> int:
        return _PACKED_BYTES if self.is_wanted(name) else 0

    def _arrive(self, arrival: Arrival) -> None:
        member, packed = arrival
        if packed is None or len(self._parts) >= ROWS:
            self._unread += 1
            return
        try:
            content = unpacked(member, memoryview(packed), _HEAD_BYTES, self._budget)
            self._parts[member.at] = (member.name, self.parse(bytearray(content)))
        except ValueError:
            self._unread += 1


def members(kept: Kept) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield names and tables of members.

    Raises:
        ValueError: some could not be read; the others come first.

    """
    value = unpack(kept)
    yield from listing(value.get("members"))
    if unread := value.get("unread"):
        raise ValueError(f"{unread} of the packages inside could not be read")

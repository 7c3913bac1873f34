"""A Java archive too large to be kept: its descriptions and the archives in it, as they pass."""

from dataclasses import field

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._gathered import ROWS, told
from ocianalyze.inventory.catalogers._jar import (
    MEMBERS,
    NEEDS,
    Contents,
    Place,
    Reading,
    describe,
    is_nested,
    room,
)
from ocianalyze.inventory.catalogers._zip import Budget, unpacked
from ocianalyze.inventory.catalogers._zip_stream import Arrival, ZipStream
from ocianalyze.limits import GIB

_INFLATED_BYTES = GIB
_ENTRIES = 2_000_000


@dataclass(slots=True)
class _Part:
    """What one member says."""

    name: str
    contents: Contents = field(default_factory=Contents)
    packages: list[dict[str, object]] = field(default_factory=list)
    unread: int = 0


class StreamedJar:
    """Sees one archive pass and keeps what its members say."""

    def __init__(self, file: str) -> None:
        """Know the file's name alone."""
        self._file = file
        self._budget = Budget(_INFLATED_BYTES, _ENTRIES)
        self._parts: dict[int, _Part] = {}
        self._unread = 0
        self._rows = 0
        self._needs = NEEDS
        self._stream = ZipStream(room, self._arrive)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece; the directory is at the end."""
        self._stream.feed(piece)
        return True

    def close(self) -> bytes | None:
        """Return the value to keep."""
        own = Reading()
        contents, inner = Contents(), []
        unread = self._unread + self._budget.exhausted + self._missing()
        for part in self._listed():
            contents.join(part.contents)
            inner += part.packages
            unread += part.unread
        own.add(contents, Place("", self._file))
        packages = own.packages + inner
        unread += own.unread + contents.unread + max(len(packages) - ROWS, 0)
        return orjson.dumps(told(packages=packages[:ROWS], unread=unread))

    def _arrive(self, arrival: Arrival) -> None:
        member = arrival.member
        if len(self._parts) >= MEMBERS or self._rows >= ROWS:
            self._unread += 1
            return
        part = self._parts[member.at] = _Part(member.name)
        try:
            self._look(arrival, part)
        except ValueError:
            part.unread += 1
        self._rows += len(part.packages)

    def _look(self, arrival: Arrival, part: _Part) -> None:
        """Read a member.

        Raises:
            ValueError: it is too large or damaged.

        """
        member, packed = arrival
        if packed is None:
            raise ValueError(f"{member.name:.200} is too large")
        limit = room(member.name)
        content = unpacked(member, memoryview(packed), limit + 1, self._budget)
        if not is_nested(member.name):
            describe(member.name, content[:limit], part.contents)
            return
        if len(content) > limit:
            raise ValueError(f"{member.name:.200} is too large")
        reading = Reading(budget=self._budget, needs=self._needs)
        reading.take(content, member.name, member.name.rpartition("/")[2], depth=1)
        part.packages = reading.packages
        part.unread = reading.unread
        self._needs = reading.needs

    def _listed(self) -> list[_Part]:
        """Return the members that the central directory lists; all of them when it is not there."""
        listed = self._stream.listed() if self._stream.has_directory else self._parts.keys()
        return [part for at, part in self._parts.items() if at in listed]

    def _missing(self) -> int:
        """Return how many listed members were not seen where they should be."""
        if not self._stream.has_directory:
            return 1
        return max(len(self._stream.listed() - self._parts.keys()) - self._unread, 0)

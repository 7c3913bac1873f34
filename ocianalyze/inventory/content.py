"""The tap of catalogers that read whole files: it collects a content and hands it to a parser."""

from collections.abc import Callable
from dataclasses import field

from ocianalyze.dataclass import dataclass


@dataclass(slots=True)
class Content:
    """Collects up to `room` bytes of one content."""

    room: int
    parse: Callable[[bytes], bytes | None] = bytes
    """Makes the observation; must not raise. What it is given may be one byte longer than `room`,
    which tells it that the content is longer than it may be."""
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        self.data += piece[: self.room + 1 - len(self.data)]
        return len(self.data) <= self.room

    def close(self) -> bytes | None:
        """Return what the parser made of it."""
        return self.parse(bytes(self.data))

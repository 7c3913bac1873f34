"""Archives behind other bytes: self-extracting programs and scripts, pictures with more in them.

A zip archive is read from its end by most programs, so that anything may stand in front of it. Here
it is told by its first local header, since contents pass once. Behind the first line of a script
any compressed content may begin (makeself and its like).
"""

import re
from collections.abc import Callable

from ocianalyze.detectors.secrets.inside._flow import Data, Sink

_SCRIPT = b"#!"
FIRST = (_SCRIPT, b"MZ", b"\x7fELF", b"Cr24", b"JM\1\0", b"\xff\xd8", b"\x89PNG", b"GIF8")
"""First bytes of what archives are appended to: scripts, programs of Windows and of Linux,
extensions of browsers, modules of Java, pictures."""
_LOCAL = re.compile(
    rb"(?P<at>PK\x03\x04[\x00\x0a\x0b\x14\x15\x19\x1b\x2d\x2e\x32-\x34\x3d-\x3f][\x00-\x13]"
    rb"[\x00-\x0f\x40-\x4f][\x00\x08\x20\x28][\x00-\x0e\x5d-\x63]\0.{16}"
    rb"(?:\x01\0..|\x02\0..[\x20-\xff]|(?:[\x03-\xff]\0|.[\x01-\x03])..[\x20-\xff]{2})[\x20-\xff])",
    re.DOTALL,
)
"""A local header that is one: version, flags, method, the length of its name and how that begins
(APPNOTE 4.3.7); programs that read zip archives hold its first bytes too."""
_PACKED = re.compile(rb"\n(?P<at>\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd)")
"""What is packed, from the beginning of a line on."""
_LONGEST = 33
"""Bytes that tell a beginning."""


class Behind:
    """A sink that passes on what follows, from where an archive begins."""

    def __init__(self, head: bytes, enter: Callable[[int], Sink]) -> None:
        """Take nothing yet; `enter` begins the archive, if there is one, given where it does."""
        self._enter = enter
        self._begins = (_LOCAL, _PACKED) if head.startswith(_SCRIPT) else (_LOCAL,)
        self._tail = b""
        self._at = 0
        self.sink: Sink | None = None

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self.sink:
            self.sink.feed(piece)
            return
        border = self._tail + bytes(piece[:_LONGEST])
        if (at := self._found(border)) is not None:
            self._begin(self._at - len(self._tail) + at, border[at:], piece[_LONGEST:])
        elif (at := self._found(piece)) is not None:
            self._begin(self._at + at, piece[at:])
        else:
            self._at += len(piece)
            self._tail = (self._tail + bytes(piece[-_LONGEST:]))[-_LONGEST:]

    def _found(self, data: Data) -> int | None:
        found = (pattern.search(data) for pattern in self._begins)
        return min((one.start("at") for one in found if one), default=None)

    def _begin(self, at: int, *pieces: Data) -> None:
        self.sink = self._enter(at)
        for piece in filter(len, pieces):
            self.sink.feed(piece)

    def close(self) -> None:
        """End the archive."""
        if self.sink:
            self.sink.close()

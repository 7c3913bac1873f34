"""Archives behind other bytes: self-extracting programs and scripts, pictures with more in them.

A zip archive is read from its end by most programs, so that anything may stand in front of it. Here
it is told by its first local header, since contents pass once. Behind the first line of a script
any compressed content may begin (makeself and its like). A picture may have compressed texts.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from ocianalyze.detectors.secrets.inside import _png
from ocianalyze.detectors.secrets.inside._flow import Data, Sink

_SCRIPT = b"#!"
_PNG = b"\x89PNG"
PICTURE = "png"
"""A PNG file from one of its compressed texts on."""
FIRST = (_SCRIPT, b"MZ", b"\x7fELF", b"Cr24", b"JM\1\0", b"\xff\xd8", _PNG, b"GIF8")
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


class _Begin(NamedTuple):
    """How something begins."""

    pattern: "re.Pattern[bytes]"
    longest: int
    """Bytes that tell it."""
    before: int = 0
    """Bytes of it in front of a match."""
    kind: str = ""
    """What it is, where its own first bytes do not tell."""


_ARCHIVE = _Begin(_LOCAL, 33)
_BEGINS = {
    _SCRIPT: (_ARCHIVE, _Begin(_PACKED, 8)),
    _PNG: (_ARCHIVE, _Begin(_png.TEXT, _png.LONGEST, _png.BEFORE, PICTURE)),
}
"""What may be looked for behind some first bytes; behind all others an archive."""
Open = Callable[[int, str], Sink]
"""Begins what was found, given where it does, and its kind unless its first bytes tell that."""


class Behind:
    """A sink that passes on what follows, from where something begins."""

    def __init__(self, head: bytes, enter: Open) -> None:
        """Take nothing yet."""
        self._enter = enter
        known = (begins for first, begins in _BEGINS.items() if head.startswith(first))
        self._begins = next(known, (_ARCHIVE,))
        self._longest = max(one.longest for one in self._begins)
        self._tail = b""
        self._at = 0
        self.sink: Sink | None = None

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self.sink:
            self.sink.feed(piece)
            return
        longest = self._longest
        border = self._tail + bytes(piece[:longest])
        if found := self._found(border):
            at, kind = found
            self._begin(self._at - len(self._tail) + at, kind, border[at:], piece[longest:])
        elif found := self._found(piece):
            at, kind = found
            self._begin(self._at + at, kind, piece[at:])
        else:
            self._at += len(piece)
            self._tail = (self._tail + bytes(piece[-longest:]))[-longest:]

    def _found(self, data: Data) -> tuple[int, str] | None:
        found = ((one, one.pattern.search(data, one.before)) for one in self._begins)
        places = ((match.start("at") - one.before, one.kind) for one, match in found if match)
        return min(places, default=None)

    def _begin(self, at: int, kind: str, *pieces: Data) -> None:
        self.sink = self._enter(at, kind)
        for piece in filter(len, pieces):
            self.sink.feed(piece)

    def close(self) -> None:
        """End what was found."""
        if self.sink:
            self.sink.close()

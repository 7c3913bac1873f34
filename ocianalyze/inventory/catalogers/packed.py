"""Packed executables: whatever packages are inside are hidden until the program runs.

Not a package, so `read` yields nothing; each observation is one packed file, whose value names
packer and version. UPX is known by its loader information behind the tables of the head
(`l_info` of UPX's `stub/src/include/linux.h`), or by its pack header at the very end.
"""

import re
from collections.abc import Iterable
from dataclasses import field

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB
from ocianalyze.model.package import Distribution, Found

_MARK = b"UPX!"
_HEAD_BYTES = 1024
"""ELF and Mach-O have the mark behind few headers; PE has it at 0x3e0."""
_TAIL_BYTES = 64
"""The pack header is 32 bytes, followed by at most an offset."""
_STUB_BYTES = 64 * KIB
"""From the end: where the stub with its notice is."""
_NOTICE = re.compile(rb"\$Id: UPX (\d[\w.]{0,15}) Copyright")


@dataclass(slots=True)
class _Ends:
    """Keeps the first and the last bytes of one program."""

    head: bytearray = field(default_factory=bytearray)
    tail: bytes = b""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        if len(self.head) < _HEAD_BYTES:
            self.head += piece[: _HEAD_BYTES - len(self.head)]
        last = bytes(piece[-_STUB_BYTES:])
        self.tail = last if len(last) == _STUB_BYTES else (self.tail + last)[-_STUB_BYTES:]
        return True

    def close(self) -> bytes | None:
        """Return packer and version as JSON, None for a program that is not packed."""
        if _MARK not in self.head and _MARK not in self.tail[-_TAIL_BYTES:]:
            return None
        notice = _NOTICE.search(self.tail)
        return orjson.dumps(told(packer="upx", version=notice[1].decode() if notice else ""))


def _open(_seen: Seen, head: memoryview) -> Tap | None:
    return _Ends() if _executable.kind(head) else None


def _read(_kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    """Yield nothing: what is inside cannot be told."""
    return ()


OBSERVER = Observer(
    name="packed",
    version=1,
    interest=Interest(magics=_executable.MAGICS),
    open=_open,
    summary="programs packed by UPX, whose inventory is hidden",
)

CATALOGER = Cataloger(
    name="packed",
    types=(),
    observers=(OBSERVER,),
    summary="No packages: programs packed by UPX, of which nothing inside can be told",
    read=_read,
)

"""Packed executables: whatever packages are inside are hidden until the program runs.

Each observation is one packed file, whose value names packer and version. Packages are only those
that PyInstaller's table of contents names. UPX is known by its loader information behind the tables
of the head (`l_info` of UPX's `stub/src/include/linux.h`), or by its pack header at the very end.
"""

import re
from collections.abc import Iterator
from dataclasses import field

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._evidence import properties, unpack
from ocianalyze.inventory.catalogers._gathered import listing, told
from ocianalyze.inventory.catalogers._pyinstaller import contents
from ocianalyze.inventory.catalogers.python import normalized
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
        if frozen := contents(self.tail):
            facts = frozen._asdict() | {"is_whole": None, "cut": not frozen.is_whole}
            return orjson.dumps(told(packer="pyinstaller", **facts))
        if _MARK not in self.head and _MARK not in self.tail[-_TAIL_BYTES:]:
            return None
        notice = _NOTICE.search(self.tail)
        return orjson.dumps(told(packer="upx", version=notice[1].decode() if notice else ""))


def _open(_seen: Seen, head: memoryview) -> Tap | None:
    return _Ends() if _executable.kind(head) else None


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Yield the distributions that a frozen program names.

    Raises:
        ValueError: the table of its contents is longer than what is read.

    """
    value = unpack(kept)
    for directory, own, version in listing(value.get("distributions")):
        home = f"{kept.path}!/{directory}"
        yield Found(
            "pypi",
            normalized(own),
            version,
            location=home,
            evidence=(home,),
            confidence="strong",
            properties=properties(python=value.get("python", "")),
        )
    if value.get("cut"):
        raise ValueError("the table of a frozen program's contents is larger than what is read")


OBSERVER = Observer(
    name="packed",
    version=2,
    interest=Interest(magics=_executable.MAGICS),
    open=_open,
    summary="programs packed by UPX or frozen by PyInstaller, whose inventory is hidden",
)

CATALOGER = Cataloger(
    name="packed",
    types=("pypi",),
    observers=(OBSERVER,),
    summary="Programs packed by UPX, of which nothing inside can be told, and those frozen by "
    "PyInstaller, whose table of contents names the distributions that were collected with their "
    "metadata; modules of others are in it without names of packages",
    read=_read,
)

"""Zip archives by their local headers (APPNOTE 4.3.7), as their bytes pass.

The central directory at the end is not needed: what it leaves out is looked at too.
"""

import lzma
import struct
from collections.abc import Callable, Generator
from typing import NamedTuple, Protocol

from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._allowance import Spending
from ocianalyze.detectors.secrets.inside._codecs import Codec, Unpack
from ocianalyze.detectors.secrets.inside._flow import Parser, Pour, Seek, Sink, Taker


class Enter(Protocol):
    """Begins a member."""

    def __call__(self, name: str, *, packed: bool) -> Sink:
        """Return where the content of a member goes, that was compressed or not."""
        ...


Note = Callable[[str, str], None]
"""Takes a member's name and why it is not looked at."""
PREFIX = b"PK\3\4"
_CENTRAL = (b"PK\1\2", b"PK\5\6")
_DESCRIPTOR = b"PK\7\x08"
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _DESCRIBED, _UTF8 = 1, 8, 0x800
_IN_EXTRA = 0xFFFFFFFF
_STORED, _LZMA = 0, 14
_CODECS: dict[int, Callable[[], Codec]] = {
    8: _codecs.deflate,
    12: _codecs.bzip2,
    93: _codecs.zstd,
    95: _codecs.xz,
}


class _Local(NamedTuple):
    """What a local header says."""

    name: str
    flags: int
    method: int
    packed: int

    @property
    def is_open(self) -> bool:
        """Tell whether only a descriptor behind the content says how long it is."""
        return bool(self.flags & _DESCRIBED) and not self.packed


def zip_members(enter: Enter, note: Note, spending: Spending) -> Parser:
    """Read a zip archive from its first local header on, wherever that is."""
    head = yield _LOCAL.size
    while head[:4] not in _CENTRAL:
        if not head.startswith(PREFIX):
            head = yield from _resumed(head)
        if len(head) < _LOCAL.size:
            note("", "has no directory at its end")
            return
        local = yield from _local(head)
        yield from _content(local, enter, note, spending)
        if not local.flags & _DESCRIBED:
            head = yield _LOCAL.size
        else:
            head = yield from _behind_descriptor()


def _resumed(head: bytes) -> Generator[int | Taker, bytes, bytes]:
    """Return the next local header, wherever it is."""
    at = head.find(PREFIX)
    if at >= 0:
        return head[at:] + (yield at)
    yield Seek(PREFIX, head[-3:])
    return PREFIX + (yield _LOCAL.size - len(PREFIX))


def _behind_descriptor() -> Generator[int | Taker, bytes, bytes]:
    """Pass over a data descriptor (APPNOTE 4.3.9); return what follows, a header mostly."""
    descriptor = yield 16
    if descriptor.startswith(_DESCRIPTOR):
        return (yield _LOCAL.size)
    begun = descriptor if descriptor.startswith((PREFIX, *_CENTRAL)) else descriptor[12:]
    return begun + (yield _LOCAL.size - len(begun))


def _local(head: bytes) -> Generator[int | Taker, bytes, _Local]:
    _, _, flags, method, _, _, _, packed, size, name_size, extra_size = _LOCAL.unpack(head)
    more = yield name_size + extra_size
    if packed == _IN_EXTRA:
        packed = _wide(more[name_size:], has_size=size == _IN_EXTRA)
    name = more[:name_size].decode("utf-8" if flags & _UTF8 else "cp437", "backslashreplace")
    return _Local(name, flags, method, packed)


def _wide(extra: bytes, *, has_size: bool) -> int:
    """Return the packed size from the zip64 extra field (APPNOTE 4.5.3); 0 without one."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            start = at + 4 + 8 * has_size
            return int.from_bytes(extra[start : start + 8], "little")
        at += 4 + length
    return 0


def _content(local: _Local, enter: Enter, note: Note, spending: Spending) -> Parser:
    """Read a member's content; what cannot be read is told."""
    if local.flags & _ENCRYPTED:
        note(local.name, "is encrypted")
    elif local.method == _STORED and not local.is_open:
        sink = enter(local.name, packed=False) if local.packed else None
        yield Pour(sink, local.packed)
        if sink:
            sink.close()
        return
    elif local.method in _CODECS or (local.method == _LZMA and local.packed > 9):
        yield from _packed(local, enter, note, spending)
        return
    else:
        what = "has no length" if local.method == _STORED else "is packed in an unknown way"
        note(local.name, what)
    yield Pour(None, local.packed)


def _packed(local: _Local, enter: Enter, note: Note, spending: Spending) -> Parser:
    codec, packed = _CODECS.get(local.method), None if local.is_open else local.packed
    if codec is None:
        head = yield 9
        made, packed = _lzma(head[4:]), local.packed - len(head)
    else:
        made = codec()
    sink = enter(local.name, packed=True)
    unpack = Unpack(made, sink, spending, packed)
    yield unpack
    if unpack.problem:
        note(local.name, unpack.problem)
    sink.close()


def _lzma(properties: bytes) -> Codec:
    """Return the codec of method 14 (APPNOTE 5.8.8)."""
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    size = min(int.from_bytes(properties[1:], "little"), 1 << 26)
    options = {"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])

"""Zip archives by their local headers (APPNOTE 4.3.7), as their bytes pass.

The central directory at the end is not needed for contents: what it leaves out is looked at too.
Comments are read there, of archives that are packed in others.
"""

import lzma
import struct
from collections.abc import Callable, Generator
from dataclasses import field
from typing import NamedTuple, Protocol

from isal import isal_zlib

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._codecs import Codec, Unpack
from ocianalyze.detectors.secrets.inside._flow import Note, Parser, Pour, Seek, Sink, Taker, Tell
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import MIB


class Enter(Protocol):
    """Begins a member."""

    def __call__(self, name: str, *, packed: bool) -> Sink:
        """Return where the content of a member goes, that was compressed or not."""
        ...


@dataclass(slots=True)
class Members:
    """Small members that are there in one piece; the same number of each."""

    names: list[str] = field(default_factory=list)
    labels: list[bytes] = field(default_factory=list)
    """The names as they are written."""
    contents: list[bytes] = field(default_factory=list)
    packed: list[bool] = field(default_factory=list)


Plain = Callable[[bytes, bytes], bool]
"""Given a name as it is written and a content, tells whether it may be one of `Members`."""
Whole = Callable[[Members], None]
PREFIX = b"PK\3\4"
_ENTRY, _END = b"PK\1\2", b"PK\5\6"
_CENTRAL = (_ENTRY, _END)
_SIZES = struct.Struct("<3H")
"""Of a directory entry's name, extra field and comment, at byte 28 of 46 (APPNOTE 4.3.12)."""
_TAIL = 70 << 10
"""Bytes at the end, of which a comment has 65,535 at most (APPNOTE 4.3.16)."""
_DESCRIPTOR = b"PK\7\x08"
_NEXT = (PREFIX, *_CENTRAL)
_MARKS = 8
"""Of descriptors, that are tried for one member."""
_LENGTHS = struct.Struct("<2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _DESCRIBED, _UTF8 = 1, 8, 0x800
_IN_EXTRA = 0xFFFFFFFF
_STORED, _DEFLATED, _LZMA = 0, 8, 14
_CODECS: dict[int, Callable[[], Codec]] = {
    8: _codecs.deflate,
    12: _codecs.bzip2,
    93: _codecs.zstd,
    95: _codecs.xz,
}


_AT_ONCE = 64 << 10
"""Bytes of an archive that are looked through for whole members."""
_PACKED_AT_ONCE = MIB
"""Bytes that such a member says it has."""
_HELD = 256 << 10
"""Bytes that came out of such members until they are looked at."""


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


class Visitor(NamedTuple):
    """Who learns what an archive holds."""

    enter: Enter
    """Begins a member."""
    is_plain: Plain
    """Says which others are entered all the same."""
    whole: Whole
    """Takes members that are there in one piece."""
    tell: Tell
    note: Note
    """Takes what cannot be read."""
    spending: Spending
    """Is charged."""


def zip_members(visitor: Visitor, *, comments: bool) -> Parser:
    """Read a zip archive from its first local header on, wherever that is.

    Args:
        visitor: learns of members.
        comments: tell those of the directory too.

    """
    run = _Run(visitor)
    while True:
        run.done = False
        yield run
        head = yield _LOCAL.size
        head, is_over = yield from _one_member(head, visitor)
        if is_over:
            break
    if comments:
        yield from _comments(head, visitor.tell)


def _one_member(head: bytes, visitor: Visitor) -> Generator[int | Taker, bytes, tuple[bytes, bool]]:
    """Read members up to one behind which nothing was read yet.

    Returns what was read of the directory, and whether no member follows.
    """
    while head[:4] not in _CENTRAL:
        if not head.startswith(PREFIX):
            head = yield from _resumed(head)
        if len(head) < _LOCAL.size:
            visitor.note("", "has no directory at its end")
            return b"", True
        local = yield from _local(head)
        visitor.tell(local.name, "path", local.name.encode("utf-8", "replace"))
        yield from _content(local, visitor)
        head = (yield from _behind_descriptor()) if local.flags & _DESCRIBED else b""
        if not head:
            return b"", False
    return head, True


def _comments(head: bytes, tell: Tell) -> Parser:
    """Read the directory and what ends it, from their first bytes on."""
    while head.startswith(_ENTRY):
        head += yield max(0, 46 - len(head))
        if len(head) < 46:
            return
        flags = int.from_bytes(head[8:10], "little")
        name, extra, comment = _SIZES.unpack_from(head, 28)
        more = yield name + extra + comment
        tell(_name(more[:name], flags), "header", more[name + extra :])
        head = yield _LOCAL.size
    if len(head) >= _LOCAL.size:
        head += yield _TAIL
    at = head.rfind(_END)
    if at >= 0:
        tell("", "header", head[at + 22 :])


class _Run:
    """Takes small members that are there in one piece, one after another, as long as there are any.

    Most archives are little else, and a parser asks too much for each.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.done = False

    def take(self, data: memoryview) -> int:
        """Take what is there up to the first member that is something else."""
        at, self.done = 0, bool(data)
        while at < len(data):
            part = bytes(data[at : at + _AT_ONCE])
            taken = self._members(part)
            at += taken
            if taken < _AT_ONCE // 2:
                break
        return at

    def _members(self, data: bytes) -> int:
        """Take members from the beginning; return how many bytes they are, charged all at once."""
        at = inflated = count = held = 0
        length = len(data)
        members = Members()
        is_plain = self._visitor.is_plain
        while at + _LOCAL.size <= length:
            prefix, _, flags, method, _, _, _, packed, size, name, extra = _LOCAL.unpack_from(
                data, at
            )
            start = at + _LOCAL.size + name + extra
            if prefix != PREFIX or flags & _ENCRYPTED or start > length:
                break
            end = behind = start + packed
            if flags & _DESCRIBED:
                end, behind, size = _described(data, start, packed)
            if behind > length or not start <= end or size > _PACKED_AT_ONCE:
                break
            label = data[at + _LOCAL.size : at + _LOCAL.size + name]
            content = _inflated(data[start:end], method, size)
            if content is None or not is_plain(label, content):
                break
            at = behind
            members.names.append(label.decode() if label.isascii() else _name(label, flags))
            members.labels.append(label)
            members.contents.append(content)
            members.packed.append(method != _STORED)
            count += 1
            held += size
            inflated += size if method else 0
            if held > _HELD:
                self._visitor.whole(members)
                members, held = Members(), 0
        self._visitor.whole(members)
        self._visitor.spending.members_of(count, inflated)
        return at


def _described(data: bytes, start: int, packed: int) -> tuple[int, int, int]:
    """Return the end of a content, where its descriptor ends, and its size (APPNOTE 4.3.9).

    The end is before the start where no descriptor with a signature fits.
    """
    at = start + packed - 1
    for _ in range(_MARKS):
        at = data.find(_DESCRIPTOR, at + 1)
        if not 0 <= at <= len(data) - 16:
            break
        length, size = _LENGTHS.unpack_from(data, at + 8)
        if length == at - start and data[at + 16 : at + 20] in _NEXT:
            return at, at + 16, size
    return -1, 0, 0


def _inflated(packed: bytes, method: int, size: int) -> bytes | None:
    """Return a content; None for one that has to be read with more care."""
    if method == _STORED:
        return packed if len(packed) == size else None
    if method != _DEFLATED:
        return None
    try:
        content: bytes = isal_zlib.decompress(packed, -15, max(size, 1))
    except isal_zlib.error:  # type: ignore[misc] # its stub calls the class an instance
        return None
    return content if len(content) == size else None


def _name(label: bytes, flags: int) -> str:
    return label.decode("utf-8" if flags & _UTF8 else "cp437", "backslashreplace")


def _resumed(head: bytes) -> Generator[int | Taker, bytes, bytes]:
    """Return the next local header, wherever it is."""
    at = head.find(PREFIX)
    if at >= 0:
        return head[at:] + (yield at)
    yield Seek(PREFIX, head[-3:])
    return PREFIX + (yield _LOCAL.size - len(PREFIX))


def _behind_descriptor() -> Generator[int | Taker, bytes, bytes]:
    """Pass over a data descriptor (APPNOTE 4.3.9); return a header of which too much was read."""
    descriptor = yield 16
    if descriptor.startswith(_DESCRIPTOR):
        return b""
    begun = descriptor if descriptor.startswith((PREFIX, *_CENTRAL)) else descriptor[12:]
    return begun + (yield _LOCAL.size - len(begun))


def _local(head: bytes) -> Generator[int | Taker, bytes, _Local]:
    _, _, flags, method, _, _, _, packed, size, name_size, extra_size = _LOCAL.unpack(head)
    more = yield name_size + extra_size
    if packed == _IN_EXTRA:
        packed = _wide(more[name_size:], has_size=size == _IN_EXTRA)
    return _Local(_name(more[:name_size], flags), flags, method, packed)


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


def _content(local: _Local, visitor: Visitor) -> Parser:
    """Read a member's content; what cannot be read is told."""
    enter, note = visitor.enter, visitor.note
    if local.flags & _ENCRYPTED:
        note(local.name, "is encrypted")
    elif local.method == _STORED and not local.is_open:
        sink = enter(local.name, packed=False) if local.packed else None
        yield Pour(sink, local.packed)
        if sink:
            sink.close()
        return
    elif local.method in _CODECS or (local.method == _LZMA and local.packed > 9):
        yield from _packed(local, visitor)
        return
    else:
        what = "has no length" if local.method == _STORED else "is packed in an unknown way"
        note(local.name, what)
    yield Pour(None, local.packed)


def _packed(local: _Local, visitor: Visitor) -> Parser:
    codec, packed = _CODECS.get(local.method), None if local.is_open else local.packed
    if codec is None:
        head = yield 9
        made, packed = _lzma(head[4:]), local.packed - len(head)
    else:
        made = codec()
    sink = visitor.enter(local.name, packed=True)
    unpack = Unpack(made, sink, visitor.spending, packed)
    yield unpack
    if unpack.problem:
        visitor.note(local.name, unpack.problem)
    sink.close()


def _lzma(properties: bytes) -> Codec:
    """Return the codec of method 14 (APPNOTE 5.8.8)."""
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    size = min(int.from_bytes(properties[1:], "little"), 1 << 26)
    options = {"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])

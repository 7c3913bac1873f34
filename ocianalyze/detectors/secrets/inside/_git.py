"""Git's objects: loose ones, those of packs (gitformat-pack(5)) and bundles (gitformat-bundle(5)).

An object of a pack may be written as what differs from another one. That is put together from a
few recent objects; where they are gone, the differences are looked at as they are.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import field
from functools import partial
from hashlib import sha1

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._codecs import Unpack
from ocianalyze.detectors.secrets.inside._flow import (
    DamagedError,
    Data,
    Enter,
    Note,
    Parser,
    Seek,
    Sink,
    Taker,
)
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import MIB

LOOSE = re.compile(rb"(?:^|/)objects/[0-9a-f]{2}/(?:[0-9a-f]{38}|[0-9a-f]{62})$")
_TYPES = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _NAME_DELTA = 6, 7
_HELD = 48 * MIB
"""Bytes of objects that others may be put together from."""
_LARGEST = 8 * MIB
"""Of an object that is held."""
_HEADER = re.compile(rb"(blob|tree|commit|tag) \d{1,20}\0")
_LONGEST_HEADER = 32
_VARINT = 10
_NAME = 20
"""Bytes of the name of a base."""


@dataclass(slots=True)
class _Held:
    """The last objects of a pack, by where they begin and by name."""

    objects: OrderedDict[int, tuple[str, bytes, bytes]] = field(default_factory=OrderedDict)
    """Kind, content and name by place."""
    names: dict[bytes, int] = field(default_factory=dict)
    size: int = 0

    def add(self, at: int, kind: str, data: bytes) -> str:
        """Hold an object if it is small; return its name."""
        name = sha1(b"%b %d\0" % (kind.encode(), len(data)), usedforsecurity=False)
        name.update(data)
        if len(data) <= _LARGEST:
            self.objects[at] = kind, data, name.digest()
            self.names[name.digest()] = at
            self.size += len(data)
        while self.size > _HELD:
            _, (_, old, gone) = self.objects.popitem(last=False)
            self.size -= len(old)
            self.names.pop(gone, None)
        return name.hexdigest()

    def get(self, base: int | bytes) -> tuple[str, bytes] | None:
        """Return what is held at a place or under a name."""
        at = self.names.get(base, -1) if isinstance(base, bytes) else base
        found = self.objects.get(at)
        return found[:2] if found else None


@dataclass(slots=True)
class _Whole:
    """A sink that keeps all it gets, as far as that is bounded; the rest goes to another."""

    enter: Callable[[], Sink]
    data: bytearray = field(default_factory=bytearray)
    beyond: Sink | None = None

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self.beyond:
            self.beyond.feed(piece)
        elif len(self.data) + len(piece) > _LARGEST:
            self.beyond = self.enter()
            self.beyond.feed(bytes(self.data))
            self.beyond.feed(piece)
            self.data.clear()
        else:
            self.data += piece

    def close(self) -> None:
        """Close what took the rest."""
        if self.beyond:
            self.beyond.close()


def pack_objects(enter: Enter, note: Note, spending: Spending) -> Parser:
    """Read the objects of a pack one after another.

    Raises:
        DamagedError: an object cannot be read; where the next one begins is not known then.

    """
    header = yield 12
    if not header.startswith(b"PACK"):
        raise DamagedError("holds no pack where one belongs")
    at, pack = len(header), _Pack(enter, note, spending)
    for _ in range(int.from_bytes(header[8:12], "big")):
        spending.member()
        at += yield from pack.read(at)


def bundle_objects(enter: Enter, note: Note, spending: Spending) -> Parser:
    """Read the objects of a bundle: lines up to an empty one, then a pack.

    Raises:
        DamagedError: as above.

    """
    yield Seek(b"\n\n")
    yield from pack_objects(enter, note, spending)


@dataclass(slots=True)
class _Pack:
    """A pack while it is read."""

    enter: Enter
    note: Note
    spending: Spending
    held: _Held = field(default_factory=_Held)

    def read(self, begin: int) -> Generator[int | Taker, bytes, int]:
        """Read the object at a place; return how long it is as it is written."""
        kind, length = yield from _object_header()
        base: int | bytes = b""
        if kind == _OFFSET_DELTA:
            distance, more = yield from _distance()
            base, length = begin - distance, length + more
        elif kind == _NAME_DELTA:
            base = yield _NAME
            length += _NAME
        name = f"object at {begin}"
        whole = _Whole(partial(self.enter, name))
        counted = _Counted(Unpack(_codecs.zlib(), whole, self.spending))
        yield counted
        if counted.unpack.problem:
            raise DamagedError(counted.unpack.problem)
        whole.close()
        if whole.beyond is None:
            self._show(name, self._put_together(kind, base, bytes(whole.data)), begin, whole)
        return length + counted.taken

    def _put_together(self, kind: int, base: int | bytes, data: bytes) -> tuple[str, bytes] | None:
        if kind in _TYPES:
            return _TYPES[kind], data
        return _applied(self.held.get(base), data, self.spending)

    def _show(self, name: str, found: tuple[str, bytes] | None, begin: int, whole: _Whole) -> None:
        """Show an object; of one that cannot be put together, what it differs in."""
        if found is None:
            self.note(name, "is a difference from an object that is not at hand")
            sink, data = self.enter(name), bytes(whole.data)
        else:
            sink, data = self.enter(f"{_path(self.held.add(begin, *found))} ({found[0]})"), found[1]
        sink.feed(data)
        sink.close()


def _path(name: str) -> str:
    return f"objects/{name[:2]}/{name[2:]}"


def _object_header() -> Generator[int | Taker, bytes, tuple[int, int]]:
    """Return an object's type and how long this header is; its size is not needed."""
    byte = yield 1
    if not byte:
        raise DamagedError("is cut off")
    kind, length = (byte[0] >> 4) & 7, 1
    while byte and byte[0] & 0x80 and length < _VARINT:
        byte = yield 1
        length += 1
    return kind, length


def _distance() -> Generator[int | Taker, bytes, tuple[int, int]]:
    """Return how far back a base is, and how long that was written."""
    value, length = -1, 0
    while length < _VARINT and (byte := (yield 1)):
        value = (value + 1) << 7 | byte[0] & 0x7F
        length += 1
        if not byte[0] & 0x80:
            break
    return value, length


@dataclass(slots=True)
class _Counted:
    """Counts what an unpacking takes."""

    unpack: Unpack
    taken: int = 0

    @property
    def done(self) -> bool:
        return self.unpack.done

    def take(self, data: memoryview) -> int:
        count = self.unpack.take(data)
        self.taken += count
        return count


def _applied(
    base: tuple[str, bytes] | None, delta: bytes, spending: Spending
) -> tuple[str, bytes] | None:
    """Return an object put together; None without its base, or from a damaged difference."""
    if base is None:
        return None
    kind, source = base
    _, at = _size(delta, 0)
    size, at = _size(delta, at)
    if size > _LARGEST:
        return None
    spending.inflate(size)
    out = bytearray()
    while at < len(delta) and len(out) <= size:
        code = delta[at]
        at += 1
        if code & 0x80:
            start, count, at = _copy(code, delta, at)
            out += source[start : start + count]
        else:
            out += delta[at : at + code]
            at += code
    return (kind, bytes(out)) if len(out) == size else None


def _size(delta: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(delta) and shift < 7 * _VARINT:
        value |= (delta[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not delta[at - 1] & 0x80:
            break
    return value, at


def _copy(code: int, delta: bytes, at: int) -> tuple[int, int, int]:
    """Return start, length and the place behind of an instruction to copy."""
    start = count = 0
    for bit in range(7):
        if code & 1 << bit and at < len(delta):
            if bit < 4:
                start |= delta[at] << 8 * bit
            else:
                count |= delta[at] << 8 * (bit - 4)
            at += 1
    return start, count or 0x10000, at


def loose_object(enter: Enter, spending: Spending) -> Parser:
    """Read a loose object; what it is called is what it is: `blob`.

    Raises:
        DamagedError: it cannot be inflated.

    """
    unheaded = _Unheaded(enter)
    unpack = Unpack(_codecs.zlib(), unheaded, spending)
    yield unpack
    unheaded.close()
    if unpack.problem:
        raise DamagedError(unpack.problem)


@dataclass(slots=True)
class _Unheaded:
    """A sink that reads `blob 12 NUL`, with which a loose object begins, and passes on the rest."""

    enter: Enter
    head: bytes = b""
    sink: Sink | None = None

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self.sink:
            self.sink.feed(piece)
            return
        self.head += bytes(piece)
        if b"\0" in self.head or len(self.head) >= _LONGEST_HEADER:
            self._pass_on()

    def _pass_on(self) -> None:
        match = _HEADER.match(self.head)
        self.sink = self.enter(match[1].decode() if match else "object")
        self.sink.feed(self.head[match.end() :] if match else self.head)

    def close(self) -> None:
        """Pass on what is left."""
        if not self.sink:
            self._pass_on()
        if self.sink:
            self.sink.close()

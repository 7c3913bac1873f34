"""What is coded as a whole: decoded, and looked at with every rule.

The sieve decodes what is around the coded beginnings and words of rules, in files of every kind
(`_expressions`). Rules with neither, texts that are indented line by line, and archives and key
stores are looked for here: in files in UTF-16 or UTF-32 that say so, in base64 in files of settings
and texts, and in documents about the image.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.containers import Containers, proved
from ocianalyze.detectors.secrets.decoded import LEAST, Decoded, decoded
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import Hit, hit
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.inside.inner import Inside, Notes
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import DEFAULT, KIB, MIB, Limits
from ocianalyze.model.secret import Coding

NAME = "secrets-encoded"
VERSION = 5


class _Mark(NamedTuple):
    """How a file is coded that begins with a byte order mark."""

    codec: str
    coding: Coding
    width: int
    """Bytes of one unit, and of the mark."""


_MARKS = {
    b"\xff\xfe\0\0": _Mark("utf-32-le", "utf-32", 4),
    b"\0\0\xfe\xff": _Mark("utf-32-be", "utf-32", 4),
    b"\xff\xfe": _Mark("utf-16-le", "utf-16", 2),
    b"\xfe\xff": _Mark("utf-16-be", "utf-16", 2),
}
"""RFC 2781, 3.2, and for UTF-32 Unicode 23.8; what is a mark of both begins no text in UTF-16."""
_PAIRED = 2
"""Bytes of units of which some characters take two."""
_CONTINUED, _OF_FOUR = bytes(range(0x80, 0xC0)), bytes(range(0xF0, 0xF8))
"""Bytes of UTF-8 that begin nothing, and that begin what takes two units of UTF-16 (RFC 3629)."""
_MARKED_BYTES = 8 * MIB
_BASE64_BYTES = 2 * MIB
"""Of a file that is decoded. A Secret of Kubernetes, which is one of 1 MiB at most, fits."""
_SMALL, _LEAST = 64 * KIB, 48
"""Bytes of a file in which short words are looked at, and digits of a word in a larger one."""
_CONTAINERS = 64
"""Looked into in one file."""
_TOO_MANY = f"has more than {_CONTAINERS} packed contents and key stores in base64"
_SETTINGS = frozenset(
    {
        *(b".env", b".ini", b".cfg", b".conf", b".config", b".properties", b".toml", b".tfvars"),
        *(b".yaml", b".yml", b".json", b".sh", b".b64", b".base64"),
        *(b".tfstate", b".dockercfg", b".dockerconfigjson"),
        *(b".tf", b".hcl", b".xml", b".txt", b".log"),
    }
)
"""Kinds of files that hold settings, and what was pasted. Programs and pages are not among them:
all Python files of a large image take a twentieth of its time, and the words of none is a text."""
_NAMES = frozenset(
    {b"config", b"credentials", b"Dockerfile", b"Containerfile", b"terraform.tfstate.backup"}
)
_BETWEEN = b"\n\0\n"
_PIECE = 64 * KIB


def base64_secrets(engine: Engine, path: bytes, data: bytes, notes: Notes) -> Iterator[Proved]:
    """Yield the secrets of a content that are coded there, with their places in it.

    Args:
        engine: made of the rules.
        path: of the content.
        data: all of it.
        notes: take what is not looked at.

    """
    parts = list(decoded(data))
    yield from _in_texts(engine, path, parts, notes)
    for coded, inside in _in_containers(Containers(engine, bare=True), path, parts, notes):
        for one in inside.hits:
            if found := proved(engine, one):
                yield _moved(found, "base64", coded.place(one.offset), coded.end)


def _in_texts(
    engine: Engine, path: bytes, parts: Iterable[Decoded], notes: Notes
) -> Iterator[Proved]:
    """Yield what is found in texts, which are looked at together."""
    texts = [part for part in parts if not part.is_container]
    if not texts:
        return
    starts = list(accumulate((len(one.data) + len(_BETWEEN) for one in texts), initial=0))
    for one in search(engine, path, _BETWEEN.join(coded.data for coded in texts), notes):
        number = bisect_right(starts, one.start) - 1
        coded, before = texts[number], starts[number]
        places = (coded.place(offset - before) for offset in (one.start, one.end))
        yield _moved(one, "base64", *places)


def _in_containers(
    containers: Containers, path: bytes, parts: Iterable[Decoded], notes: Notes
) -> Iterator[tuple[Decoded, Inside]]:
    """Yield containers with what they hold; what is packed lies where they begin."""
    packed = [part for part in parts if part.is_container]
    if len(packed) > _CONTAINERS:
        inner.note(notes, "", _TOO_MANY)
    for coded in packed[:_CONTAINERS]:
        found = containers.inside(path, coded.data)
        _note(notes, f"base64 at byte {coded.start}", found)
        hits = (replace(one, offset=0 if one.inner else one.offset) for one in found.hits)
        yield coded, found._replace(hits=tuple(hits))


def _note(notes: Notes, place: str, inside: Inside) -> None:
    """Note what of a container was not looked at."""
    for one in inside.unread:
        inner.note(notes, f"{place}!/{one.inner}" if one.inner else place, one.reason, one.times)


def search(engine: Engine, path: bytes, data: bytes, notes: Notes) -> list[Proved]:
    """Return the secrets of a text, in pieces, so that a flood of beginnings hides little."""
    seen = Search(engine, path)
    pieces = (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
    found = [one for piece in pieces for one in seen.feed(piece)]
    found += seen.close()
    if seen.exhausted:
        inner.note(notes, "", inner.TOO_MANY)
    return found


def marked_secrets(engine: Engine, path: bytes, data: bytes, notes: Notes) -> Iterator[Proved]:
    """Yield the secrets of a content that begins with a byte order mark."""
    mark = _mark(data)
    if mark is None:
        return
    text = data[mark.width :].decode(mark.codec, "replace").encode("utf-8", "replace")
    found = search(engine, path, text, notes)
    units = _units(text, {offset for one in found for offset in (one.start, one.end)}, mark)
    for one in found:
        yield _moved(one, mark.coding, units[one.start], units[one.end])


def _mark(head: bytes) -> _Mark | None:
    return next((mark for begin, mark in _MARKS.items() if head.startswith(begin)), None)


def _units(text: bytes, offsets: Iterable[int], mark: _Mark) -> dict[int, int]:
    """Return the bytes of the marked content where bytes of its UTF-8 form lie, in one pass."""
    at, unit, found = 0, mark.width, {}
    for offset in sorted(offsets):
        begun = text[at:offset].translate(None, _CONTINUED)
        pairs = len(begun) - len(begun.translate(None, _OF_FOUR)) if mark.width == _PAIRED else 0
        at, unit = offset, unit + mark.width * (len(begun) + pairs)
        found[offset] = unit
    return found


def _moved(one: Proved, coding: Coding, start: int, end: int) -> Proved:
    return replace(one, coding=coding, start=start, end=end)


@dataclass(slots=True)
class _EncodedTap:
    """Gathers one file and decodes it when it is whole."""

    containers: Containers
    path: bytes
    pieces: list[bytes] = field(default_factory=list)
    unread: Notes = field(default_factory=dict)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.pieces.append(bytes(piece))
        return True

    def close(self) -> bytes | None:
        """Return what was found and what was not looked at."""
        data = b"".join(self.pieces)
        hits = list(self._marked(data) if _mark(data) else self._in_base64(data))
        return inner.packed(hits, self.unread) if hits or self.unread else None

    def _marked(self, data: bytes) -> Iterator[Hit]:
        return map(self._hit, marked_secrets(self.containers.engine, self.path, data, self.unread))

    def _in_base64(self, data: bytes) -> Iterator[Hit]:
        parts = list(decoded(data, LEAST if len(data) <= _SMALL else _LEAST))
        yield from map(self._hit, _in_texts(self.containers.engine, self.path, parts, self.unread))
        for coded, inside in _in_containers(self.containers, self.path, parts, self.unread):
            for one in inside.hits:
                yield replace(one, offset=coded.place(one.offset), coding="base64")

    def _hit(self, one: Proved) -> Hit:
        return hit(one, "content", one.start, secret=one.secret, bare=self.containers.bare)


def observer(engine: Engine, *, bare: bool, limits: Limits = DEFAULT) -> Observer:
    """Return the observer for files that may be coded; what it keeps is as of packed files."""
    containers = Containers(engine, limits, bare)
    return Observer(
        name=NAME,
        version=VERSION,
        interest=Interest(names=_NAMES, suffixes=_SETTINGS, magics=frozenset(_MARKS)),
        open=partial(_open, containers),
        summary="secrets in files in UTF-16 and UTF-32, in base64 in files of settings and texts",
        begin=partial(_begin, containers),
    )


def _begin(containers: Containers) -> Callable[[Seen, memoryview], Tap | None]:
    """Begin a layer."""
    containers.begin()
    return partial(_open, containers)


def _open(containers: Containers, seen: Seen, head: memoryview) -> Tap | None:
    largest = _MARKED_BYTES if _mark(bytes(head[:4])) else _BASE64_BYTES
    return _EncodedTap(containers, seen.path) if seen.size <= largest else None

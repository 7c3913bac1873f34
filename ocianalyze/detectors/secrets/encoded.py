"""Texts that are coded as a whole, decoded and looked at with every rule; one level.

The sieve decodes what is around the coded beginnings and words of rules, in files of every kind
(`_expressions`). Rules with neither, and texts that are indented line by line, are looked for here:
in files in UTF-16 that say so, in base64 in small files of settings and texts, and in documents
about the image.
"""

import re
from binascii import Error, a2b_base64
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import hit, pack
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB
from ocianalyze.model.secret import Coding

NAME = "secrets-encoded"
VERSION = 2
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""Byte order marks, which files in UTF-16 begin with (RFC 2781, 3.2)."""
_CONTINUED, _OF_FOUR = bytes(range(0x80, 0xC0)), bytes(range(0xF0, 0xF8))
"""Bytes of UTF-8 that begin nothing, and that begin what takes two units of UTF-16 (RFC 3629)."""
_UTF16_BYTES = 8 * MIB
_BASE64_BYTES = 64 * KIB
"""Of a file that is decoded."""
_SETTINGS = frozenset(
    {
        *(b".env", b".ini", b".cfg", b".conf", b".config", b".properties", b".toml", b".tfvars"),
        *(b".yaml", b".yml", b".json", b".sh", b".b64", b".base64"),
        *(b".tf", b".hcl", b".xml", b".txt", b".log"),
    }
)
"""Kinds of files that hold settings, and what was pasted. Programs and pages are not among them:
all Python files of a large image take a twentieth of its time, and the words of none is a text."""
_NAMES = frozenset({b"config", b"credentials", b"Dockerfile", b"Containerfile"})
_LINE = rb"(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{76})\r?\n[ \t]{0,16}"
_RUN = re.compile(rb"(?:%s)*[A-Za-z0-9+/_-]{1,}={0,2}" % _LINE)
"""Lines as encoders wrap them, and the last one."""
_DIGIT = rb"A-Za-z0-9+/_-"
"""In both alphabets of base64 (RFC 4648, 4 and 5)."""
_WORD = re.compile(rb"[%s]*={0,2}" % _DIGIT)
_GROUP = rb"[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][%s]" % _DIGIT
_BEGINS = re.compile(rb"(?:%s){4}" % _GROUP)
"""Begins what decodes to twelve bytes of ASCII, of which the first is none of the lowest eight."""
_CLASSES = bytes(b"- "[not re.match(rb"[%s]" % _DIGIT, bytes([code]))] for code in range(256))
_LONG = b"-" * 16
"""A word, in these classes: found so, they cost a fifth of what an expression takes."""
_BETWEEN = b"\n\0\n"
_PIECE = 64 * KIB
_STANDARD = bytes.maketrans(b"-_", b"+/")
_BLANKS = b"\r\n\t ="
_TEXT = bytes({*range(0x20, 0x7F), 9, 10, 13})


class Decoded(NamedTuple):
    """A text that a content holds in base64."""

    start: int
    """Byte of the content where its coded form begins."""
    text: bytes

    def place(self, offset: int) -> int:
        """Return where a byte of the text lies in the content, line ends not counted."""
        return self.start + offset * 4 // 3


def base64_texts(data: bytes) -> Iterator[Decoded]:
    """Yield what decodes to text, in order; what decodes to anything else is no text."""
    behind = 0
    for start, end in _words(data):
        if start < behind or not (alone := _plain(data[start:end])):
            continue
        run = _RUN.match(data, start)
        text = _plain(run.group()) if run else b""
        behind = run.end() if run and text else end
        yield Decoded(start, text or alone)


def _words(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of words that may be text."""
    classes = data.translate(_CLASSES)
    at = classes.find(_LONG)
    while at >= 0:
        if _BEGINS.match(data, at) and (word := _WORD.match(data, at)):
            yield word.span()
        end = classes.find(b" ", at)
        at = classes.find(_LONG, end) if end >= 0 else -1


def base64_secrets(engine: Engine, path: bytes, data: bytes) -> Iterator[Proved]:
    """Yield the secrets of a content that are coded there, with their places in it."""
    texts = list(base64_texts(data))
    if not texts:
        return
    starts = list(accumulate((len(one.text) + len(_BETWEEN) for one in texts), initial=0))
    for one in search(engine, path, _BETWEEN.join(coded.text for coded in texts)):
        number = bisect_right(starts, one.start) - 1
        coded, before = texts[number], starts[number]
        places = (coded.place(offset - before) for offset in (one.start, one.end))
        yield _moved(one, "base64", *places)


def search(engine: Engine, path: bytes, data: bytes) -> list[Proved]:
    """Return the secrets of a text, in pieces that no flood of beginnings exhausts."""
    seen = Search(engine, path)
    pieces = (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
    found = [one for piece in pieces for one in seen.feed(piece)]
    return [*found, *seen.close()]


def _plain(run: bytes) -> bytes:
    """Return the text of a run; empty when it is none."""
    digits = run.translate(_STANDARD, _BLANKS)
    try:
        text = a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"==")
    except Error:
        return b""
    return b"" if text.translate(None, _TEXT) else text


def utf16_secrets(engine: Engine, path: bytes, data: bytes) -> Iterator[Proved]:
    """Yield the secrets of a content that begins with a byte order mark."""
    codec = _MARKS.get(data[:2])
    if codec is None:
        return
    text = data[2:].decode(codec, "replace").encode("utf-8", "replace")
    found = search(engine, path, text)
    units = _units(text, {offset for one in found for offset in (one.start, one.end)})
    for one in found:
        yield _moved(one, "utf-16", units[one.start], units[one.end])


def _units(text: bytes, offsets: Iterable[int]) -> dict[int, int]:
    """Return the bytes of the UTF-16 content where bytes of its UTF-8 form lie, in one pass."""
    at, unit, found = 0, 2, {}
    for offset in sorted(offsets):
        begun = text[at:offset].translate(None, _CONTINUED)
        pairs = len(begun) - len(begun.translate(None, _OF_FOUR))
        at, unit = offset, unit + 2 * (len(begun) + pairs)
        found[offset] = unit
    return found


def _moved(one: Proved, coding: Coding, start: int, end: int) -> Proved:
    return replace(one, coding=coding, start=start, end=end)


@dataclass(slots=True)
class _EncodedTap:
    """Gathers one file and decodes it when it is whole."""

    engine: Engine
    path: bytes
    bare: bool
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.data += piece
        return True

    def close(self) -> bytes | None:
        """Return what was found."""
        data = bytes(self.data)
        find = utf16_secrets if data[:2] in _MARKS else base64_secrets
        hits = [
            hit(one, "content", one.start, secret=one.secret, bare=self.bare)
            for one in find(self.engine, self.path, data)
        ]
        return pack(hits) if hits else None


def observer(engine: Engine, *, bare: bool) -> Observer:
    """Return the observer for files that may be coded."""
    return Observer(
        name=NAME,
        version=VERSION,
        interest=Interest(names=_NAMES, suffixes=_SETTINGS, magics=frozenset(_MARKS)),
        open=partial(_open, engine, bare=bare),
        summary="secrets in files in UTF-16, and in base64 in small files of settings and texts",
    )


def _open(engine: Engine, seen: Seen, head: memoryview, *, bare: bool) -> Tap | None:
    largest = _UTF16_BYTES if bytes(head[:2]) in _MARKS else _BASE64_BYTES
    return _EncodedTap(engine, seen.path, bare) if seen.size <= largest else None

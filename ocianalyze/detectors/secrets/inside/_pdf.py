"""Streams of PDF files (ISO 32000-1, 7.3.8): texts, attachments and objects, mostly deflated."""

import re
from base64 import a85decode

from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._codecs import Unpack
from ocianalyze.detectors.secrets.inside._compressed import Again
from ocianalyze.detectors.secrets.inside._flow import Enter, Note, Parser, Seek
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import KIB

_BEGIN = b"stream"
_DICTIONARY = 1024
"""Bytes in front of a stream, in which its filters are named."""
_FILTER = re.compile(rb"/Filter\s*\[?((?:\s*/[A-Za-z0-9]{1,40}){1,8})")
_NAME = re.compile(rb"/(\w+)")
_OBJECT = re.compile(rb"\bobj\b")
_CODED = (b"ASCII85Decode", b"A85")
_DEFLATED = (b"FlateDecode", b"Fl")
_PICTURES = (b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode", b"DCT", b"CCF")
"""Filters of what is no text."""
_CLOSED = "is encrypted or damaged"
_BLANKS = b" \t\r\n\f\0"
_STEP = 16 * KIB


def pdf_streams(enter: Enter, note: Note, spending: Spending) -> Parser:
    """Read the deflated streams of a PDF one after another; tell those that are packed otherwise.

    Every `stream` is looked at, also of objects that no table refers to any more.
    """
    number = 0
    while True:
        seek = Seek(_BEGIN, remember=_DICTIONARY)
        yield seek
        if seek.before.endswith(b"end"):
            continue
        if not (head := (yield 4)):
            return
        start = head.removeprefix(b"\r").removeprefix(b"\n")
        yield from _stream(
            f"stream {number}", start, _filters(seek.before), (enter, note, spending)
        )
        number += 1


def _stream(
    name: str, start: bytes, filters: list[bytes], by: tuple[Enter, Note, Spending]
) -> Parser:
    """Read a stream, of which the first bytes were taken, as far as it may be a text."""
    enter, note, spending = by
    named = filters[0] if filters else b""
    is_coded = named in _CODED and filters[1:2] and filters[1] in _DEFLATED
    if is_coded or _codecs.is_zlib(start):
        spending.member()
        sink = enter(name)
        unpack = Unpack(_codecs.zlib(), sink, spending)
        yield Again(start, _Ascii85(unpack) if is_coded else unpack)
        sink.close()
        if unpack.problem:
            note(name, unpack.problem if _codecs.is_zlib(start) else _CLOSED)
    elif named in _DEFLATED:
        note(name, _CLOSED)
    elif named and named not in _PICTURES:
        note(name, f"is packed as {named.decode()}, which is not read")


class _Ascii85:
    """Takes digits of base 85 up to their end, and gives what they say to a decompressor."""

    def __init__(self, unpack: Unpack) -> None:
        self._unpack = unpack
        self._held = b""
        self._is_over = False

    @property
    def done(self) -> bool:
        return self._is_over or self._unpack.done

    def take(self, data: memoryview) -> int:
        """Take digits, five at a time; `z` stands for five, and `~` behind the last."""
        at = 0
        while at < len(data) and not self.done:
            digits, end, _ = bytes(data[at : at + _STEP]).partition(b"~")
            at += len(digits) + len(end)
            self._is_over = bool(end)
            self._decode(self._held + digits.translate(None, _BLANKS).replace(b"z", b"!!!!!"))
        return at

    def _decode(self, digits: bytes) -> None:
        whole = len(digits) if self._is_over else len(digits) // 5 * 5
        self._held = digits[whole:]
        try:
            packed = a85decode(digits[:whole])
        except ValueError:
            packed, self._is_over = b"", True
        if packed:
            self._unpack.take(memoryview(packed))
        if self._is_over and not self._unpack.done:
            self._unpack.problem = _CLOSED


def _filters(before: bytes) -> list[bytes]:
    """Return the filters that the dictionary in front of a stream names, in order."""
    objects = [*_OBJECT.finditer(before)]
    found = _FILTER.search(before, objects[-1].end() if objects else 0)
    return _NAME.findall(found[1]) if found else []

"""Compressed texts of PNG files (PNG 3rd edition, 11.3.3): zTXt and iTXt."""

import re

from ocianalyze.detectors.secrets.inside import _codecs
from ocianalyze.detectors.secrets.inside._codecs import Unpack
from ocianalyze.detectors.secrets.inside._flow import Enter, Note, Parser, Pour, Rest, Sink
from ocianalyze.detectors.secrets.inside.allowance import Spending
from ocianalyze.limits import MIB

_NAMED = rb"[\x20-\x7e\xa1-\xff]{1,79}\0"
_DEFLATED = rb"(?:(?<=zTXt)%b\0|(?<=iTXt)%b\x01\0[A-Za-z0-9-]{0,64}\0[^\0]{0,256}\0)" % (
    _NAMED,
    _NAMED,
)
TEXT = re.compile(rb"(?P<at>TXt)%b[\x08\x18\x28\x38\x48\x58\x68\x78]" % _DEFLATED)
"""Type and head of such a chunk, from the second letter of its type on: `re` looks for it fast."""
BEFORE = 5
"""Bytes of the chunk in front of those: its length, and a letter."""
LONGEST = 416
"""Bytes that tell one, with those."""
_HEAD = re.compile(_DEFLATED)
_LARGEST = MIB
_TOO_LARGE = f"is a compressed text of more than {_LARGEST} bytes"


def png_texts(enter: Enter, note: Note, spending: Spending, others: Sink) -> Parser:
    """Read the compressed texts, from a chunk on; all other chunks go on, and what follows them."""
    number = 0
    while len(header := (yield 8)) == 8:
        size, kind = int.from_bytes(header[:4], "big"), header[4:]
        if kind not in (b"zTXt", b"iTXt"):
            others.feed(header)
            yield Rest(others) if kind == b"IEND" else Pour(others, size + 4)
            continue
        name = f"text {number}"
        number += 1
        if size > _LARGEST:
            note(name, _TOO_LARGE)
            yield Pour(None, size + 4)
        else:
            data = yield size
            _inflate(kind + data, name, (enter, note, spending))
            yield 4


def _inflate(chunk: bytes, name: str, by: tuple[Enter, Note, Spending]) -> None:
    """Inflate a text; one that is not compressed is among the bytes of the file."""
    enter, note, spending = by
    head = _HEAD.match(chunk, 4)
    if head is None:
        return
    spending.member()
    sink = enter(name)
    packed = memoryview(chunk)[head.end() :]
    unpack = Unpack(_codecs.zlib(), sink, spending, len(packed))
    unpack.take(packed)
    sink.close()
    if unpack.problem:
        note(name, unpack.problem)

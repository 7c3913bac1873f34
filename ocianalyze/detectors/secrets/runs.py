"""Runs of the digits of base64, over the line ends of whatever holds them.

Lines may be of any width, indented, and end as they do in YAML, in XML, in a continued line of
properties, or escaped inside a string of JSON.
"""

import re
from binascii import Error, a2b_base64
from bisect import bisect_right
from typing import NamedTuple

DIGIT = rb"A-Za-z0-9+/_-"
"""In both alphabets of base64 (RFC 4648, 4 and 5)."""
_BREAK = rb"(?:[ \t]{0,16}(?:&#(?:13|xD|10|xA);)?\\?\r?\n[ \t]{0,64}|(?:\\r)?\\n)"
_BREAKS = re.compile(_BREAK)
_NEXT = re.compile(rb"%s([%s]++)(={0,2}+)(?=[\s\"'`,;<&\\)\]}]|\Z)" % (_BREAK, DIGIT))
"""A line of nothing else, up to what ends a value."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_BLANKS = b"\r\n\t ="


class Run(NamedTuple):
    """Lines that belong together."""

    start: int
    word: int
    """Where its first line ends."""
    before: int
    """Where the line in front of the last one ends, since the last may be none of it."""
    end: int


def run(data: bytes, start: int, end: int, apart: bytes = b"") -> Run:
    """Return the run that a word begins: lines of one width, and a shorter one.

    The first may be shorter, where a key stands in front of it.

    Args:
        data: the content.
        start: of the word.
        end: of the word, without padding.
        apart: begins the first line of another run; empty for nothing.

    """
    width = end - start
    word = before = at = end + data.startswith(b"=", end) + data.startswith(b"==", end)
    is_ended, is_first = word > end, True
    while not is_ended and (line := _NEXT.match(data, at)):
        length = len(line[1])
        if (apart and line[1].startswith(apart)) or (length > width and not is_first):
            break
        is_ended = bool(line[2]) or length < width
        before, at, width, is_first = at, line.end(), length, False
    return Run(start, word, before, at)


def bytes_of(coded: bytes) -> bytes:
    """Return what a word or run decodes to; of one that is cut off, as much as is there."""
    return of_digits(_BREAKS.sub(b"", coded))


def of_digits(coded: bytes) -> bytes:
    """Return what digits of both alphabets decode to, whatever blanks and padding are with them."""
    digits = coded.translate(_STANDARD, _BLANKS)
    try:
        return a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"==")
    except Error:
        return b""


class Places:
    """Where the digits of a run lie in it."""

    def __init__(self, coded: bytes) -> None:
        """Find the ends of its lines."""
        self._digits: list[int] = []
        """That have passed before each."""
        self._passed = [0]
        """Bytes of line ends, after so many of them."""
        for line_end in _BREAKS.finditer(coded):
            self._digits.append(line_end.start() - self._passed[-1])
            self._passed.append(self._passed[-1] + line_end.end() - line_end.start())

    def of(self, digits: int) -> int:
        """Return where the digit lies before which so many have passed."""
        return digits + self._passed[bisect_right(self._digits, digits)]

"""Escapes that writers of JSON and XML put into values: what is meant, and where it stands.

Of JSON (RFC 8259, 7) those that a writer need not write: `/`, as PHP does, and what is unsafe in a
page, as Go and .NET do. Quotes, backslashes and line ends end or part a value and stay, but for the
lines of an armoured key, and where a document stands in a string of another: there one level of
them is undone. One that was written several times has several backslashes. An address that is part
of another has percent signs (RFC 3986, 2.1). A line that ends with a backslash goes on in the next.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from ocianalyze.dataclass import dataclass

SLASH = r"\\/"
"""Expression of a slash as JSON may have it."""
_PAGE = r"\\u00(?:26|27|2[bB]|3[c-eC-E])"
"""`&`, `'`, `+`, `<`, `=` and `>`, as writers of JSON for pages have them."""
_NAMES = r"(?i:passw|passphrase|pwd|secret|token|_key|apikey|credential)[\w.\-]{0,12}"
VALUES = (
    _NAMES + r"\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"[^\x00\s\"]{0,48}" + _PAGE,
    r"://[^\x00\s:@/\"'<>{}]{0,64}:[^\x00\s@/\"'<>{}]{0,48}" + _PAGE,
)
"""Expressions of values with one of them: by the name of a value, and of a password in an address.
Documents are full of such characters, so that they alone say nothing."""
NESTED = _NAMES + r"(?:\\\")?\s{0,4}[:=]\s{0,4}\\\""
"""Expression of the name of a value that stands in a string."""
CODES = r"[^0-9a-fA-F](?:\\u00[2-7][0-9a-fA-F]){16}"
"""Expression of a text in which every character is an escape, in JSON or properties of Java."""
PART = r"%3[aA]%2[fF]%2[fF][^\x00\s:@/\"'<>{}&]{0,64}%3[aA][^\x00\s:@/\"'<>{}&]{3,64}%40"
"""Expression of an address with a password that is a part of another."""
CONTINUED = r"[\w+/=\-]\\\r?\n[\w+/=\-]{8}"
"""Expression of a value that goes on in the next line, as in a shell and in strings of Python."""
_ESCAPE = re.compile(rb"\\+(?:/|u00(?!22|5[cC])([2-7][0-9a-fA-F]))")
_STRING = re.compile(rb"\\(?:([\"/\\])|([nrt])|u00([2-7][0-9a-fA-F]))")
"""An escape of a string, once."""
_PERCENT = re.compile(rb"%([2-7][0-9a-fA-F])")
_CONTINUED = re.compile(rb"\\\r?\n")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_LINE_END = re.compile(rb"(?:\\+r)?\\+n")
_ARMOUR = b"-----BEGIN"
_ENTITY = re.compile(rb"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
"""XML 1.0, 4.1 and 4.6."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A text without its escapes."""

    data: bytes
    _begins: tuple[int, ...]
    """Where each part of it begins, which was an escape or had none."""
    _sources: tuple[int, ...]
    """Where each of them begins in the text as it is written, and its end."""

    def place(self, offset: int) -> int:
        """Return where a byte of it is written."""
        part = bisect_right(self._begins, offset) - 1
        return min(self._sources[part] + offset - self._begins[part], self._sources[part + 1])


def meant(written: bytes) -> Meant:
    """Return a text without the escapes that need not be."""
    return _without(written, _ESCAPE, _character)


def nested(written: bytes) -> Meant:
    """Return a text as it was before it became a string of JSON."""
    return _without(written, _STRING, _said)


def unquoted(written: bytes) -> Meant:
    """Return a text as it was before it became a part of an address."""
    return _without(written, _PERCENT, _character)


def joined(written: bytes) -> Meant:
    """Return a text with continued lines as one."""
    return _without(written, _CONTINUED, lambda _: b"")


def _without(
    written: bytes, escape: "re.Pattern[bytes]", character: "Callable[[re.Match[bytes]], bytes]"
) -> Meant:
    parts, sources, at = [b""], [0], 0
    for found in escape.finditer(written):
        parts += [written[at : found.start()], character(found)]
        sources += [at, found.start()]
        at = found.end()
    parts, sources = [*parts, written[at:]], [*sources, at, len(written)]
    begins = (0, *accumulate(map(len, parts[:-1])))
    return Meant(b"".join(parts), begins, tuple(sources))


def _character(found: "re.Match[bytes]") -> bytes:
    return bytes((int(found[1], 16),)) if found[1] else b"/"


def _said(found: "re.Match[bytes]") -> bytes:
    itself, control, code = found.groups()
    return itself or _CONTROLS.get(control) or bytes((int(code, 16),))


def plain(value: bytes) -> bytes:
    """Return a value as it is meant, whoever wrote it."""
    if b"\\" in value:
        value = _ESCAPE.sub(_character, value)
        value = _LINE_END.sub(b"\n", value) if value.startswith(_ARMOUR) else value
    if b"&" in value:
        value = _ENTITY.sub(lambda found: html.unescape(found[0].decode()).encode(), value)
    return value

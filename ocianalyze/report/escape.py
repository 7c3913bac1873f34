"""Make texts of an image harmless: for documents, and for terminals.

Everything in an image is chosen by whoever built it: names hold escape sequences that rewrite the
screen, bidi marks that turn words around, newlines that forge lines of a report.
"""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def unicode(text: str) -> str:
    r"""Return valid Unicode: bytes that were no UTF-8 read `\xNN`, stray surrogates `\uNNNN`."""
    return text if text.isascii() else _SURROGATE.sub(_surrogate, text)


def shown(text: str) -> str:
    r"""Return one line of printable characters; everything else reads `\xNN`, `\uNNNN`, `\n`.

    A backslash is doubled, so that no text looks like what another one is escaped to.
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(char if char.isprintable() and char != "\\" else _escaped(char) for char in text)


def json_text(document: bytes) -> bytes:
    r"""Return a JSON document with C1 controls, bidi marks and line separators as `\uNNNN`.

    Equal for every reader of JSON, and safe on a terminal. JSON has such characters in strings
    alone, and its writer has escaped those below 0x20 already.
    """
    if document.isascii() and b"\x7f" not in document:
        return document
    return _UNSAFE_IN_JSON.sub(lambda m: f"\\u{ord(m[0]):04x}", document.decode()).encode()


def _surrogate(match: re.Match[str]) -> str:
    return _escaped(match[0])


def _escaped(char: str) -> str:
    code = ord(char)
    if char in "\n\r\t\\":
        return repr(char)[1:-1]
    if 0xDC80 <= code <= 0xDCFF:  # a byte that surrogateescape kept
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

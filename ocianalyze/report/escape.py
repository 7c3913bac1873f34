"""Make texts of an image harmless: for documents, and for terminals.

Everything in an image is chosen by whoever built it: names hold escape sequences that rewrite the
screen, bidi marks that turn words around, newlines that forge lines of a report.
"""

import re

from ocianalyze.model.spelling import BACKSLASHES, ESCAPE, escaped, spelled, unicode

__all__ = ["json_text", "shown", "spelled", "unicode"]

_PIECES = re.compile(f"({BACKSLASHES}(?={ESCAPE}))|.", re.DOTALL)
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def shown(text: str) -> str:
    r"""Return one line of printable characters; everything else reads `\xNN`, `\uNNNN`, `\n`.

    A backslash is doubled, so that no text looks like what another one is escaped to. Where a name
    is spelled with backslashes (`ocianalyze.model.spelling`) they stay: it reads so everywhere.
    Of blanks at the end the last reads `\x20`: nobody sees them otherwise.
    """
    if text.isprintable() and "\\" not in text and not text.endswith(" "):
        return text
    visible = _PIECES.sub(lambda m: m[1] or _visible(m[0]), text)
    return f"{visible[:-1]}\\x20" if visible.endswith(" ") else visible


def json_text(document: bytes) -> bytes:
    r"""Return a JSON document with C1 controls, bidi marks and line separators as `\uNNNN`.

    Equal for every reader of JSON, and safe on a terminal. JSON has such characters in strings
    alone, and its writer has escaped those below 0x20 already.
    """
    if document.isascii() and b"\x7f" not in document:
        return document
    return _UNSAFE_IN_JSON.sub(lambda m: f"\\u{ord(m[0]):04x}", document.decode()).encode()


def _visible(char: str) -> str:
    code = ord(char)
    if char in "\n\r\t\\":
        return repr(char)[1:-1]
    if char.isprintable():
        return char
    if code < 0x80:  # above, it would read like a byte that is no UTF-8
        return f"\\x{code:02x}"
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return escaped(char)

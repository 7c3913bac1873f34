r"""Texts of an image as valid Unicode, and its names so that no two are spelled alike.

A name is bytes. Those that are no UTF-8 read `\xNN`; where a name holds such text literally, or a
backslash before such a byte, each of these backslashes is doubled, and no other one is.
"""

import re

ESCAPE = r"x[89a-f][0-9a-f]|ud[89a-f][0-9a-f]{2}"
"""Pattern of what stands behind a backslash for a byte that is no UTF-8, or a stray surrogate."""
BACKSLASHES = r"\\(?<!\\\\)\\*+"
"""Pattern of all backslashes in a row."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONFUSABLE = re.compile(f"({BACKSLASHES})(?={ESCAPE}|[\ud800-\udfff])|[\ud800-\udfff]")
_SPELLED = re.compile(f"({BACKSLASHES})({ESCAPE})")
_ODD_BYTES = re.compile(rb"\\(?:x[89a-f]|ud[89a-f])")


def unicode(text: str) -> str:
    r"""Return valid Unicode: bytes that were no UTF-8 read `\xNN`, stray surrogates `\uNNNN`."""
    return text if text.isascii() else _SURROGATE.sub(lambda m: escaped(m[0]), text)


def spelled(name: str) -> str:
    r"""Return a name as valid Unicode: bytes read `\xNN`, and nothing else reads as they do."""
    if name.isascii() and "\\" not in name:
        return name
    return _CONFUSABLE.sub(lambda m: m[1] * 2 if m[1] else escaped(m[0]), name)


def unspelled(name: str) -> str:
    """Return the name that is spelled so, bytes that are no UTF-8 as `surrogateescape` has them."""
    return _SPELLED.sub(_bare, name) if "\\" in name else name


def spelled_bytes(raw: bytes) -> str:
    """Return the same of a name as stored."""
    return spelled(raw.decode("utf-8", "surrogateescape"))


def is_plain(raw: bytes) -> bool:
    """Tell names that are spelled as they are: ASCII without such text."""
    return raw.isascii() and _ODD_BYTES.search(raw) is None


def escaped(surrogate: str) -> str:
    """Return how a surrogate reads."""
    code = ord(surrogate)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that surrogateescape kept
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}"


def _bare(match: re.Match[str]) -> str:
    count, is_escape = divmod(len(match[1]), 2)
    if not is_escape:
        return "\\" * count + match[2]
    code = int(match[2][1:], 16)
    return "\\" * count + chr(code + 0xDC00 if match[2][0] == "x" else code)

"""The syntax of os-release(5): shell-like assignments, read as systemd reads them.

Nothing is expanded: a value that names a variable keeps its text.
"""

import re

TEXT_CHARS = 64 * 1024
"""Characters read of one file; real ones have a few hundred."""

_ASSIGNMENT = re.compile(
    r"""^[ \t]*+([A-Za-z_][A-Za-z0-9_]*+)=[ \t]*+"""
    r"""((?:'[^']*+'|"(?:[^"\\]|\\.)*+"|\\.|[^'"\\\r\n]|['"][^\r\n]*+)*+)""",
    re.MULTILINE | re.DOTALL,
)
_PIECE = re.compile(
    r"""'(?P<plain>[^']*+)'|"(?P<quoted>(?:[^"\\]|\\.)*+)"|\\(?P<escaped>.)|(?P<bare>[^'"\\]++|.)""",
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(["\\$`])|\\\n')


def assignments(text: str) -> dict[str, str]:
    """Return the variables of an os-release file; the last assignment of a name counts."""
    return {name: _value(raw) for name, raw in _ASSIGNMENT.findall(text[:TEXT_CHARS])}


def _value(raw: str) -> str:
    """Return a value without its quotes and escapes; blanks after an unquoted one go."""
    return "".join(_piece(match) for match in _PIECE.finditer(raw.rstrip(" \t")))


def _piece(match: re.Match[str]) -> str:
    text = match[0]
    if match["plain"] is not None:
        return str(match["plain"])
    if match["quoted"] is not None:
        return _ESCAPE.sub(lambda found: found[1] or "", match["quoted"])
    if match["escaped"] is not None:
        return "" if match["escaped"] == "\n" else str(match["escaped"])
    return text

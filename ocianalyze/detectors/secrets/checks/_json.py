"""The JSON object around a match."""

import re
from typing import Any

import orjson

_LONGEST = 1 << 18
_TRIES = 8
# a string takes its end with it, or all the rest, so that none is read twice
_TOKEN = re.compile(rb'"(?:[^"\\]+|\\.)*+"?|[{}]', re.DOTALL)

_ESCAPE = re.compile(rb'\\(["\\/nrt])')
_ESCAPES = {b'"': b'"', b"\\": b"\\", b"/": b"/", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def load(text: bytes) -> dict[str, Any] | None:
    """Return a JSON object; None for anything else."""
    if len(text) > _LONGEST:
        return None
    try:
        value = orjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def enclosing(around: bytes, start: int) -> dict[str, Any] | None:
    """Return the innermost object that holds a position; None where none is whole.

    An object that was put into a string, its quotes escaped, is read as well.
    """
    around = around[:_LONGEST]
    found = _innermost(around, start)
    if found is None and b'\\"' in around:
        found = _innermost(_unescaped(around), len(_unescaped(around[:start])))
    return found


def _unescaped(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: _ESCAPES[found[1]], text)


def _innermost(text: bytes, start: int) -> dict[str, Any] | None:
    at = start + 1
    for _ in range(_TRIES):
        at = text.rfind(b"{", 0, max(at, 0))
        if at < 0:
            return None
        end = _end(text, at)
        if end > start and (found := load(text[at:end])) is not None:
            return found
    return None


def _end(text: bytes, at: int) -> int:
    """Return where the object ends that begins at a brace; -1 without an end."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        depth += {b"{": 1, b"}": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return -1

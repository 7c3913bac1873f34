"""SQLite's functions whose time grows with the product of two lengths, in linear time.

SQLite looks at the clock between the steps of a query alone, never inside a function.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeAlias

Argument: TypeAlias = str | bytes | int | float | None
_DIGITS = 15
"""Of a number with a fraction, as SQLite writes it."""


def replace_slow(connection: sqlite3.Connection, most: int) -> None:
    """Put linear functions in the place of SQLite's own.

    Args:
        connection: where queries run.
        most: bytes of one value.

    """

    def replace(text: Argument, old: Argument, new: Argument) -> Argument:
        return _replaced(text, old, new, most)

    functions: tuple[tuple[str, int, Callable[..., Argument]], ...] = (
        ("instr", 2, _position),
        ("replace", 3, replace),
        *((name, count, _trimmed(name)) for name in ("trim", "ltrim", "rtrim") for count in (1, 2)),
    )
    for name, arguments, function in functions:
        connection.create_function(name, arguments, function, deterministic=True)


def _position(within: Argument, part: Argument) -> int | None:
    """Return where a part begins, from 1; of two blobs in bytes, else in characters."""
    if within is None or part is None:
        return None
    if isinstance(within, bytes) and isinstance(part, bytes):
        return within.find(part) + 1
    return _text(within).find(_text(part)) + 1


def _replaced(text: Argument, old: Argument, new: Argument, most: int) -> Argument:
    """Return a text with each `old` replaced; nothing is made that is too large to return."""
    if text is None or old is None:
        return None
    whole, part = _text(text), _text(old)
    if not part:
        return whole if isinstance(text, bytes) else text
    if new is None:
        return None
    other = _text(new)
    if len(whole) + whole.count(part) * (len(other) - len(part)) > most:
        raise OverflowError
    return whole.replace(part, other)


def _trimmed(name: str) -> Callable[..., str | None]:
    """Return `trim`, or the function of the same kind for one end."""

    def trim(text: Argument, characters: Argument = " ") -> str | None:
        if text is None or characters is None:
            return None
        whole, gone = _text(text), frozenset(_text(characters))
        begin, end = 0, len(whole)
        while name != "rtrim" and begin < end and whole[begin] in gone:
            begin += 1
        while name != "ltrim" and begin < end and whole[end - 1] in gone:
            end -= 1
        return whole[begin:end]

    return trim


def _text(value: str | bytes | float) -> str:
    """Return a value as SQLite writes it."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        digits, mark, power = f"{value:.{_DIGITS}g}".partition("e")
        return f"{digits}{'.0' if digits.lstrip('-').isdigit() else ''}{mark}{power}"
    return str(value)

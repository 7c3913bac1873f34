"""What values of parameters must be beyond their type: a mistake is told before anything is judged.

A reader takes one value, of a list one item, and raises ValueError for what is none.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from ocianalyze.controls._base import Parameter

_DAYS = 100_000
_SHOWN = 60


def day(text: str) -> None:
    """Read a date; none is none."""
    try:
        date.fromisoformat(text or "2026-06-10")
    except ValueError as error:
        raise ValueError(f"{shown(text)} is no date, as 2026-06-10") from error


def count(number: int) -> None:
    """Read a number of days or things."""
    if not 0 <= number <= _DAYS:
        raise ValueError(f"{number:.6g} is not from 0 to {_DAYS:,}")


def pattern(text: str) -> None:
    """Read what names are compared with."""
    if not text.strip():
        raise ValueError("an empty text fits nothing")


def shown(text: str) -> str:
    """Return a value as a message quotes it."""
    return repr(text[:_SHOWN])


def misfits(parameter: Parameter, value: object) -> Iterator[tuple[int | None, str]]:
    """Yield what is wrong with a value of the right type, with its position in a list."""
    if parameter.read is None:
        return
    items: Iterable[tuple[int | None, Any]] = [(None, value)]
    if isinstance(value, list | tuple):
        items = enumerate(value)
    for position, item in items:
        try:
            parameter.read(item)
        except ValueError as error:
            yield position, str(error)

"""What a table is: documented columns, and how to make its rows from a view."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ocianalyze.filesystem.columns import Cell, plain
from ocianalyze.filesystem.view import ImageView

Value: TypeAlias = Cell | float | bytes
Row: TypeAlias = tuple[Value, ...]
_LARGEST = (1 << 63) - 1
Affinity = Literal["INTEGER", "TEXT", "ANY"]


@dataclass(frozen=True, slots=True)
class Masks:
    """What hides values that look secret, so that no query shows them."""

    line: Callable[[str], str]
    """Of a line of the history."""
    variable: Callable[[str], str]
    """Of `NAME=value`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One documented column."""

    name: str
    type: Affinity
    text: str
    """What it says, and its unit."""
    of: Callable[[Any], Any] = lambda record: record
    """Return the value of a record; tables that are made of columns do not use it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `rows` is asked for the columns alone that a query names."""

    name: str
    summary: str
    evidence: Literal["filesystem", "config", "history", "anything"]
    """What must have been read for its rows to be all there are."""
    columns: tuple[Column, ...]
    rows: Callable[[ImageView, Masks, Sequence[str]], Iterable[Row]]


def of_records(
    name: str,
    summary: str,
    evidence: Literal["filesystem", "config", "history", "anything"],
    columns: tuple[Column, ...],
    records: Callable[[ImageView, Masks], Iterable[Any]],
) -> Table:
    """Return a table with a row for each record."""
    getters = {column.name: column.of for column in columns}

    def rows(view: ImageView, masks: Masks, wanted: Sequence[str]) -> Iterable[Row]:
        chosen = [getters[column] for column in wanted]
        return (tuple(_value(get(one)) for get in chosen) for one in records(view, masks))

    return Table(name, summary, evidence, columns, rows)


def _value(value: Any) -> Value:
    """Return what SQLite stores: texts in valid Unicode, truth as 0 or 1, no larger number."""
    if isinstance(value, str):
        return plain(str(value))
    if value is None or isinstance(value, float):
        return value
    return int(value) if -_LARGEST <= value <= _LARGEST else str(value)

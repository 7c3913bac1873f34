"""What a table is: documented columns, and how to make its rows from a view."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.columns import Cell
from ocianalyze.filesystem.view import ImageView, Part
from ocianalyze.model.secret import Secret
from ocianalyze.model.spelling import spelled, unicode

Value: TypeAlias = Cell | float | bytes
Row: TypeAlias = tuple[Value, ...]
_LARGEST = (1 << 63) - 1
_PATHS = frozenset({"path", "inner", "location"})
"""Columns of names, which are spelled as in the tables of files."""
Affinity = Literal["INTEGER", "TEXT", "TEXT COLLATE NOCASE", "ANY"]


class Known(Protocol):
    """All secrets of an image, by what tells none of them."""

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        ...

    def masked(self, text: str) -> str:
        """Return a text with those that are in it masked."""
        ...

    def path(self, path: str) -> str:
        """Return the same of a path."""
        ...


@dataclass(frozen=True, slots=True)
class Masks:
    """What hides values that look secret, so that no query shows them."""

    line: Callable[[str], str]
    """Of a line of the history."""
    variable: Callable[[str], str]
    """Of `NAME=value`."""
    name: Callable[[str, Iterable[Secret]], str]
    """Of a name that one of these secrets may be in."""
    known: Callable[[ImageView], Known]
    """Return what is known of all the secrets of an image."""
    names: Callable[[ImageView], Known]
    """Return the same of what the names of its files tell, which is most often nothing."""


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
    part: Part | None = None
    """What must not have been left out of the analysis."""


def of_records(  # noqa: PLR0913 - a table is declared in one call
    name: str,
    summary: str,
    evidence: Literal["filesystem", "config", "history", "anything"],
    columns: tuple[Column, ...],
    records: Callable[[ImageView, Masks], Iterable[Any]],
    *,
    part: Part | None = None,
) -> Table:
    """Return a table with a row for each record."""
    getters = {
        column.name: (column.of, spelled if column.name in _PATHS else unicode)
        for column in columns
    }

    def rows(view: ImageView, masks: Masks, wanted: Sequence[str]) -> Iterable[Row]:
        chosen = [getters[column] for column in wanted]
        hide = view.once(masks.known).masked
        return (
            tuple(_value(get(one), hide, say) for get, say in chosen)
            for one in records(view, masks)
        )

    return Table(name, summary, evidence, columns, rows, part)


def _value(value: Any, hide: Callable[[str], str], say: Callable[[str], str]) -> Value:
    """Return what SQLite stores: texts in valid Unicode, truth as 0 or 1, no larger number."""
    if isinstance(value, str):
        return say(hide(str(value)))
    if value is None or isinstance(value, float):
        return value
    return int(value) if -_LARGEST <= value <= _LARGEST else str(value)

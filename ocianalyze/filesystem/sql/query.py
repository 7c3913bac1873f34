"""Run queries: read-only, bounded, over tables that are filled as far as a query names them."""

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from time import monotonic

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError
from ocianalyze.filesystem.sql._base import Masks, Row, Table
from ocianalyze.filesystem.sql.connection import (
    TEXT_BYTES,
    Asked,
    asked,
    connect,
    explained,
    reading,
)
from ocianalyze.filesystem.sql.tables import TABLES
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT, MIB, Limits

_STEPS = 100
"""Steps of SQLite's machine between two looks at the clock."""
_ROWS = 64
"""Rows of a table between two such looks while it is filled."""
_ANSWER_BYTES = 64 * MIB
"""All values of one answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query returned."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    cut: bool
    """There were more rows than `limits.sql_rows`, or than fit into memory."""


def reads(query: str, tables: Sequence[Table] = TABLES) -> tuple[Table, ...]:
    """Return the tables that a query names, without running it.

    Raises:
        UsageError: it is no query over these tables.

    """
    known = {table.name: table for table in tables}
    connection = connect(DEFAULT, known)
    try:
        return tuple(known[name] for name in asked(connection, known, query))
    finally:
        connection.close()


class Database:
    """The tables of one image, in memory; nothing is ever written to a disk."""

    def __init__(
        self,
        view: ImageView,
        masks: Masks,
        limits: Limits = DEFAULT,
        tables: Sequence[Table] = TABLES,
    ) -> None:
        """Know the tables; they are empty until a query names them."""
        self._view = view
        self._masks = masks
        self._limits = limits
        self._tables = {table.name: table for table in tables}
        self._filled: Asked = {}
        self._connection = connect(limits, self._tables)

    def close(self) -> None:
        """Free the memory."""
        self._connection.close()

    def ask(self, query: str, limits: Limits | None = None) -> Answer:
        """Run a query.

        Args:
            query: one SELECT.
            limits: bounds of time and rows for this query; by default those of the tables.

        Raises:
            UsageError: it is no query over these tables, fails, or reads what was left out.
            LimitExceeded: it takes too long or too much memory.

        """
        named = asked(self._connection, self._tables, query)
        self._refuse_skipped(named)
        bounds = limits or self._limits
        self._fill_all(named, bounds)
        watch = _Watch(bounds)
        self._connection.set_progress_handler(watch, _STEPS)
        try:
            with reading(self._connection), explained(watch.reason):
                return self._run(query, bounds.sql_rows)
        finally:
            self._connection.set_progress_handler(None, 0)

    def _refuse_skipped(self, named: Iterable[str]) -> None:
        """Refuse a table of which nobody knows what would be in it."""
        for name in named:
            if self._tables[name].part in self._view.skipped:
                said = f"table {name}: {self._tables[name].part} were not looked for"
                raise UsageError(said, place="query", cure="do not --skip them")

    def _fill_all(self, named: Asked, limits: Limits) -> None:
        """Fill what is not there yet."""
        for name, columns in named.items():
            filled = self._filled.get(name)
            if filled is None or not columns <= filled:
                self._fill(self._tables[name], columns | (filled or set()), limits)

    def _fill(self, table: Table, columns: set[str], limits: Limits) -> None:
        """Fill a table with some columns anew; the others stay null."""
        known = [column.name for column in table.columns]
        wanted = [name for name in known if name in columns] or known[:1]
        names = ", ".join(f'"{name}"' for name in wanted)
        marks = ", ".join("?" for _ in wanted)
        insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - our names
        rows = table.rows(self._view, self._masks, wanted)
        watch = _Watch(limits)
        self._filled.pop(table.name, None)

        def reason(error: Exception) -> str:
            return watch.reason(error) or self._too_large(table, error)

        with explained(reason), self._connection:
            self._connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - our names
            self._connection.executemany(insert, watch.passing(rows))
        self._filled[table.name] = set(wanted)

    def _too_large(self, table: Table, error: Exception) -> str:
        if isinstance(error, sqlite3.DataError):
            return f"table {table.name}: a row of more than {TEXT_BYTES} bytes"
        return f"more than {self._limits.sql_bytes} bytes; --limit sql-bytes allows more"

    def _run(self, query: str, most: int) -> Answer:
        cursor = self._connection.execute(query)
        if cursor.description is None:
            raise UsageError("returns no rows", place="query", cure="write a SELECT")
        rows: list[Row] = []
        room, cut = _ANSWER_BYTES, False
        for row in cursor:
            room -= sum(len(value) for value in row if isinstance(value, str | bytes))
            if len(rows) >= most or room < 0:
                cut = True
                break
            rows.append(row)
        columns = tuple(column[0] for column in cursor.description)
        cursor.close()
        return Answer(columns, tuple(rows), cut)


class _Watch:
    """Ends a query that takes too long, or too much memory."""

    def __init__(self, limits: Limits) -> None:
        """Begin now."""
        self._limits = limits
        self._until = monotonic() + limits.sql_seconds
        self._most = _peak() + limits.sql_bytes
        self._ended = ""

    def __call__(self) -> bool:
        """Return true when it must end."""
        if monotonic() > self._until:
            seconds = self._limits.sql_seconds
            self._ended = f"stopped after {seconds:g} s; --limit sql-seconds allows more"
        elif _peak() > self._most:
            self._ended = "stopped: it takes too much memory; --limit sql-bytes allows more"
        return bool(self._ended)

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows as long as there is time; making them takes no steps of SQLite's."""
        for number, row in enumerate(rows):
            if not number % _ROWS and self():
                raise sqlite3.OperationalError("interrupted")
            yield row

    def reason(self, _: Exception) -> str:
        """Return why it was ended."""
        return self._ended


def _peak() -> int:
    """Return the most memory that this process ever had, in bytes; 0 where nobody tells."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 - Windows has none

    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

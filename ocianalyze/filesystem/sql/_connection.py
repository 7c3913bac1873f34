"""The connection under the tables: what may be done with it, and what went wrong in words."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ocianalyze.errors import LimitExceeded, UsageError
from ocianalyze.filesystem.sql._base import Table
from ocianalyze.limits import MIB, Limits

_READS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_PAGE = 16_384
_TEXT_BYTES = 16 * MIB
"""One value; no document of an image is so large."""
_QUERY_CHARACTERS = 1 * MIB
_PATTERN = 1_000
"""Characters of a LIKE pattern."""
_CURE = "`ocianalyze sql --tables` lists tables and columns"

Asked = dict[str, set[str]]
"""Columns by table."""


def connect(limits: Limits, tables: Mapping[str, Table]) -> sqlite3.Connection:
    """Open a database in memory, whose own needs stay there too, with empty tables."""
    connection = sqlite3.connect(":memory:", cached_statements=0)
    for setting in (
        f"page_size = {_PAGE}",
        f"max_page_count = {max(limits.sql_bytes // _PAGE, 64)}",
        "journal_mode = OFF",
        "secure_delete = OFF",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {setting}").close()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _TEXT_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _PATTERN)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for function in ("json_each", "json_tree"):  # first use registers them, which is a write
        connection.execute(f"SELECT * FROM {function}('[]')").close()  # noqa: S608 - our names
    for table in tables.values():
        columns = ", ".join(f'"{c.name}" {c.type.replace("ANY", "")}' for c in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    return connection


def asked(connection: sqlite3.Connection, tables: Mapping[str, Table], query: str) -> Asked:
    """Return what a query reads; compiling it tells, nothing runs.

    SQLite's authorizer names tables and most columns. It is silent on those that join by `USING`
    and `NATURAL`; the program that reads them is not.

    Raises:
        UsageError: it is no query over these tables.

    """
    if len(query) > _QUERY_CHARACTERS:
        raise UsageError("a query of more than 1 MiB", place="query")
    found: Asked = defaultdict(set)

    def note(name: str, column: str) -> None:
        if name in tables:
            found[name] |= {one.name for one in tables[name].columns if one.name == column}

    with reading(connection, note), explained():
        program = connection.execute(f"EXPLAIN {query}").fetchall()
    roots = connection.execute("SELECT rootpage, name FROM sqlite_master").fetchall()
    for name, column in _reads(program, {root: tables[name] for root, name in roots}):
        found[name].add(column)
    return found


def _reads(program: Sequence[Any], roots: Mapping[int, Table]) -> Iterator[tuple[str, str]]:
    """Yield table and column of each instruction that reads one."""
    cursors: dict[int, set[int]] = defaultdict(set)
    for _, code, cursor, operand, *_ in program:
        if code in ("OpenRead", "ReopenIdx") and operand in roots:
            cursors[cursor].add(operand)
    for _, code, cursor, operand, *_ in program:
        for root in cursors.get(cursor, ()) if code in ("Column", "RowData") else ():
            columns = [column.name for column in roots[root].columns]
            named = columns[operand : operand + 1] if code == "Column" else columns
            yield from ((roots[root].name, column) for column in named)


@contextmanager
def reading(
    connection: sqlite3.Connection, note: Callable[[str, str], None] | None = None
) -> Iterator[None]:
    """Allow reading alone, and tell which columns are read."""

    def allow(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and note is not None:
            note(first or "", second or "")
        is_loading = action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
        allowed = action in _READS and not is_loading
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    connection.set_authorizer(allow)
    try:
        yield
    finally:
        connection.set_authorizer(None)


@contextmanager
def explained(reason: Callable[[], str] = str) -> Iterator[None]:
    """Turn what SQLite says into one line; `reason` tells which bound was reached."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, ValueError, MemoryError) as error:
        if reason():
            raise LimitExceeded(reason(), place="query") from error
        said = str(error).rstrip(".") or type(error).__name__
        if said in ("not authorized", "authorization denied"):
            said = "only reading these tables is allowed"
        raise UsageError(said, place="query", cure=_CURE) from error

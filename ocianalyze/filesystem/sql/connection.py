"""The connection under the tables: what may be done with it, and what went wrong in words."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ocianalyze.errors import LimitExceeded, UsageError
from ocianalyze.filesystem.sql._base import Table
from ocianalyze.filesystem.sql._dates import refuse_clock, without_clock
from ocianalyze.filesystem.sql._functions import replace_slow
from ocianalyze.limits import MIB, Limits

_READS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_PAGE = 16_384
TEXT_BYTES = 1 * MIB
"""One row; what a function does with a value of this size, no clock ends."""
_QUERY_CHARACTERS = 1 * MIB
_OWN = "sqlite_"
"""Begins the names of SQLite's own tables, which are no part of an image."""
_PATTERN = 200
"""Bytes of a LIKE or GLOB pattern, whose time is the product of both lengths."""
_CHANGING = frozenset({"random", "randomblob", "current_time", "current_date", "current_timestamp"})
"""Functions that answer by chance or by the clock."""
_REFUSED = frozenset({"load_extension", "json_patch"}) | _CHANGING
"""Functions: one loads code; one takes as long as two objects have pairs of keys."""
_DENIED = re.compile(r"not authorized to use function: (?P<name>\w+)")
_RAISED = "user-defined function raised exception"
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
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, TEXT_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _PATTERN)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.text_factory = _text
    replace_slow(connection, TEXT_BYTES)
    without_clock(connection, TEXT_BYTES)
    for function in ("json_each", "json_tree"):  # first use registers them, which is a write
        connection.execute(f"SELECT * FROM {function}('[]')").close()  # noqa: S608 - our names
    for table in tables.values():
        columns = ", ".join(f'"{c.name}" {c.type.replace("ANY", "")}' for c in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    return connection


def _text(raw: bytes) -> str:
    """Return a text; a cast makes one of any bytes, and EXPLAIN shows blobs as such."""
    return raw.decode("utf-8", "backslashreplace")


def asked(connection: sqlite3.Connection, tables: Mapping[str, Table], query: str) -> Asked:
    """Return what a query reads; compiling it tells, nothing runs.

    SQLite's authorizer names tables and most columns. It is silent on those that join by `USING`
    and `NATURAL`; the program that reads them is not.

    Raises:
        UsageError: it is no query over these tables.

    """
    if len(query) > _QUERY_CHARACTERS:
        raise UsageError("more than 1 MiB", place="query", cure="write a shorter one")
    found: Asked = defaultdict(set)

    def note(name: str, column: str) -> None:
        if name in tables:
            found[name] |= {one.name for one in tables[name].columns if one.name == column}

    with reading(connection, note), explained():
        program = connection.execute(f"EXPLAIN {query}").fetchall()
    refuse_clock(program)
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
        refused = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _REFUSED
        refused |= action == sqlite3.SQLITE_READ and (first or "").startswith(_OWN)
        allowed = action in _READS and not refused
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    connection.set_authorizer(allow)
    try:
        yield
    finally:
        connection.set_authorizer(None)


@contextmanager
def explained(reason: Callable[[Exception], str] = lambda _: "") -> Iterator[None]:
    """Turn what SQLite says into one line; `reason` tells which bound was reached."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, ValueError, MemoryError) as error:
        if why := reason(error):
            reached, _, cure = why.partition("; ")
            raise LimitExceeded(reached, place="query", cure=cure or _CURE) from error
        raise UsageError(_said(error), place="query", cure=_CURE) from error


def _said(error: Exception) -> str:
    """Return what SQLite says, in this project's words where it refuses by our order."""
    said = str(error).rstrip(".") or type(error).__name__
    if said in ("not authorized", "authorization denied"):
        return "only reading these tables is allowed"
    if said == _RAISED:
        return "a function got 'now', a time zone, or text that is no UTF-8"
    if (denied := _DENIED.match(said)) is None:
        return said
    name = denied["name"].lower()
    why = ": the same image must have the same answer" if name in _CHANGING else ""
    return f"{name} is not allowed{why}"

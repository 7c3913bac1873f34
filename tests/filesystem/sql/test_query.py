"""SQL over an image: reading alone, bounded, and filled as far as it is asked."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from ocianalyze.errors import LimitExceeded, UsageError
from ocianalyze.filesystem.sql._base import Column, Masks, Row, Table
from ocianalyze.filesystem.sql.query import Database, reads
from ocianalyze.filesystem.sql.tables import TABLES
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT, KIB, MIB, Limits
from tests.filesystem.sql.asking import MASKS, asked
from tests.images import image

VIEW = image(
    {"etc/passwd": b"root", "tmp/a": b"1"},
    {"tmp/.wh.a": b"", "tmp/b": b"22"},
    history=["FROM x", "COPY y z"],
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def ask(query: str, limits: Limits = DEFAULT, tables: Sequence[Table] = TABLES) -> list[Row]:
    """Return the rows of a query over the small image."""
    return asked(query, VIEW, limits, tables)


class _Spy:
    """A table that remembers what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        columns = (Column("a", "INTEGER", ""), Column("b", "TEXT", ""), Column("c", "ANY", ""))
        self.table = Table("spy", "", "anything", columns, self.rows)

    def rows(self, _view: ImageView, _masks: Masks, wanted: Sequence[str]) -> list[Row]:
        """Return three rows."""
        self.asked.append(tuple(wanted))
        return [tuple(f"{name}{number}" for name in wanted) for number in range(3)]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("SELECT 1", []),
        ("SELECT count(*) FROM layers", []),
        ("SELECT count(*) FROM spy", [("a",)]),
        ("SELECT b FROM spy", [("b",)]),
        ("SELECT s.c FROM SPY AS s WHERE b LIKE 'b%'", [("b", "c")]),
        ("SELECT * FROM spy", [("a", "b", "c")]),
        ("SELECT 1 WHERE EXISTS (SELECT 1 FROM spy WHERE c = 'c1')", [("c",)]),
        ("WITH x AS (SELECT c FROM spy) SELECT count(*) FROM x", [("c",)]),
    ],
)
def test_only_what_a_query_names_is_filled(query: str, asked: list[tuple[str, ...]]) -> None:
    spy = _Spy()
    assert ask(query, tables=(*TABLES, spy.table))
    assert spy.asked == asked


@pytest.mark.parametrize(
    "query",
    [
        "SELECT t.path, h.instruction FROM tree t JOIN history h USING (layer)",
        "SELECT path, instruction FROM tree NATURAL JOIN history",
        "SELECT path FROM files JOIN tree USING (path, member) JOIN layers USING (layer)",
        "SELECT path FROM files WHERE layer IN (SELECT layer FROM layers WHERE entries > 1)",
        "SELECT (SELECT max(path) FROM tree t WHERE t.layer = l.layer) FROM layers l",
        "SELECT name, row_number() OVER (PARTITION BY state ORDER BY size) FROM files",
        "WITH f AS (SELECT * FROM files) SELECT a.path FROM f a JOIN f b ON a.name = b.name",
        "SELECT DISTINCT state FROM files UNION SELECT kind FROM tree ORDER BY 1",
        "SELECT path FROM files GROUP BY layer HAVING max(size) > 0",
        "SELECT path FROM files WHERE (layer, size) = (SELECT layer, size FROM tree LIMIT 1)",
        "SELECT count(*), count(sha256), group_concat(name) FROM files",
        "SELECT path FROM files LEFT JOIN history USING (layer) WHERE instruction = 'COPY'",
        "SELECT f.* FROM files f, layers l WHERE f.layer = l.layer ORDER BY mtime, path",
    ],
)
def test_what_is_not_filled_is_not_missed(query: str) -> None:
    """The same answer as from tables that have everything."""
    lazy, full = Database(VIEW, MASKS), Database(VIEW, MASKS)
    for table in TABLES:
        full.ask(f"SELECT * FROM {table.name}")
    assert lazy.ask(query) == full.ask(query)
    assert lazy.ask(query).rows
    lazy.close()
    full.close()


def test_a_second_query_fills_only_what_is_missing() -> None:
    spy = _Spy()
    database = Database(VIEW, MASKS, DEFAULT, (spy.table,))
    for query in (
        "SELECT a FROM spy",
        "SELECT a FROM spy",
        "SELECT b FROM spy",
        "SELECT * FROM spy",
    ):
        assert len(database.ask(query).rows) == 3
    assert spy.asked == [("a",), ("a", "b"), ("a", "b", "c")]
    assert database.ask("SELECT a, b, c FROM spy").rows[0] == ("a0", "b0", "c0")
    database.close()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_documented_column_is_there(table: Table) -> None:
    names = [column.name for column in table.columns]
    database = Database(VIEW, MASKS)
    assert list(database.ask(f"SELECT * FROM {table.name}").columns) == names
    assert all(database.ask(f'SELECT "{name}" FROM {table.name}') for name in names)
    assert [one.name for one in reads(f"SELECT * FROM {table.name}")] == [table.name]
    assert all(column.text for column in table.columns)
    database.close()


def test_files_has_every_version_and_tree_what_is_left() -> None:
    assert ask("SELECT path, state, ended_by FROM files WHERE kind = 'file' ORDER BY path") == [
        ("etc/passwd", "visible", None),
        ("tmp/a", "deleted", 1),
        ("tmp/b", "visible", None),
    ]
    assert ask("SELECT path, layer FROM tree WHERE kind = 'file' ORDER BY path") == [
        ("etc/passwd", 0),
        ("tmp/b", 1),
    ]


def test_whiteouts_have_no_state() -> None:
    """They are counted neither among what is visible nor among what is gone."""
    assert ask("SELECT DISTINCT state FROM files WHERE kind = 'whiteout'") == [(None,)]
    counts = ask(
        "SELECT (SELECT count(*) FROM files WHERE state = 'visible'), "
        "(SELECT count(*) FROM tree WHERE layer IS NOT NULL)"
    )
    assert counts[0][0] == counts[0][1]


def test_tree_has_directories_that_no_layer_has_an_entry_for() -> None:
    wanted = "path, name, kind, state, mode, uid, size, layer, member, mtime, sha256, package"
    assert ask(f"SELECT {wanted} FROM tree WHERE layer IS NULL ORDER BY path") == [
        (name, name, "directory", "visible", 0o755, 0, 0, None, None, None, None, None)
        for name in ("etc", "tmp")
    ]
    assert ask("SELECT count(*) FROM files WHERE layer IS NULL") == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE files",
        "DELETE FROM files",
        "INSERT INTO files (path) VALUES ('x')",
        "UPDATE files SET path = 'x'",
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x (a)",
        "ATTACH 'x.db' AS x",
        "PRAGMA page_count",
        "SELECT * FROM pragma_table_info('files')",
        "VACUUM",
        "VACUUM INTO 'x.db'",
        "BEGIN",
        "SELECT load_extension('x')",
        "SELECT writefile('x', 'y')",
        "REINDEX",
    ],
)
def test_nothing_but_reading_is_possible(query: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(query)
    assert "\n" not in str(caught.value)
    assert ask("SELECT count(*) FROM files") == [(4,)]


@pytest.mark.parametrize(
    "query",
    ["", " ", "-- nothing", ";", "SELECT", "SELECT 1; SELECT 2", "SELECT x FROM files", "SELECT ?",
     "SELECT * FROM nowhere", "EXPLAIN SELECT 1", "SELECT '\0'", "SELECT '\ud800'", "x" * 2 * MIB,
     "SELECT zeroblob(1000000000)", "SELECT " + "(" * 3000 + "1" + ")" * 3000],
    ids=lambda query: query[:20].encode("unicode_escape").decode(),
)  # fmt: skip
def test_a_wrong_query_is_one_clear_line(query: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(query)
    assert caught.value.place == "query"
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_json_functions_work() -> None:
    assert ask("SELECT value FROM json_each('[1, 2]')") == [(1,), (2,)]


def test_a_query_with_a_blob_is_a_query() -> None:
    assert ask("SELECT count(*) FROM files WHERE path > x'ff'") == [(0,)]
    assert ask("SELECT x'ff', CAST(x'ff' AS TEXT)") == [(b"\xff", "\\xff")]


def test_filling_a_table_ends_when_its_time_does() -> None:
    column = Column("a", "INTEGER", "")
    endless = Table("endless", "", "anything", (column,), lambda *_: ((n,) for n in count()))
    with pytest.raises(LimitExceeded, match=r"stopped after 0\.1 s"):
        ask("SELECT a FROM endless", replace(DEFAULT, sql_seconds=0.1), (endless,))


def test_a_row_too_large_is_named() -> None:
    column = Column("a", "TEXT", "")
    large = Table("large", "", "anything", (column,), lambda *_: [("x" * 2 * MIB,)])
    with pytest.raises(LimitExceeded, match="table large: a row of more than 1048576 bytes"):
        ask("SELECT a FROM large", tables=(large,))


def test_a_query_ends_when_its_time_does() -> None:
    with pytest.raises(LimitExceeded, match=r"stopped after 0\.1 s"):
        ask(ENDLESS, replace(DEFAULT, sql_seconds=0.1))


def test_a_query_ends_when_its_memory_does() -> None:
    hungry = (
        "WITH RECURSIVE n(x, y) AS (SELECT 1, hex(zeroblob(500000)) UNION "
        "SELECT x + 1, hex(zeroblob(500000)) FROM n) SELECT count(*) FROM n"
    )
    with pytest.raises(LimitExceeded, match="memory"):
        ask(hungry, replace(DEFAULT, sql_bytes=64 * MIB))


def test_tables_that_take_too_much_memory_are_refused() -> None:
    rows = [("x" * 1000,)] * 1000
    column = Column("a", "TEXT", "")
    table = Table("big", "", "anything", (column,), lambda _view, _masks, _wanted: rows)
    with pytest.raises(LimitExceeded, match="sql-bytes"):
        ask("SELECT a FROM big", replace(DEFAULT, sql_bytes=512 * KIB), (table,))


@pytest.mark.parametrize(("rows", "cut"), [(3, True), (4, False), (5, False)])
def test_more_rows_than_allowed_are_cut_and_that_is_said(rows: int, *, cut: bool) -> None:
    database = Database(VIEW, MASKS, replace(DEFAULT, sql_rows=rows))
    answer = database.ask("SELECT path FROM files")
    assert (len(answer.rows), answer.cut) == (min(rows, 4), cut)
    database.close()


def test_values_too_large_for_memory_are_cut() -> None:
    query = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 90) "
        "SELECT zeroblob(1000000) FROM n"
    )
    database = Database(VIEW, MASKS)
    answer = database.ask(query)
    assert answer.cut
    assert len(answer.rows) < 70
    database.close()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT random()",
        "SELECT hex(RANDOMBLOB(4))",
        "SELECT path FROM tree ORDER BY random()",
        "SELECT current_timestamp",
        "SELECT CURRENT_DATE",
        "SELECT current_time",
        "SELECT date('now')",
        "SELECT DATETIME('Now', '-1 day')",
        "SELECT path FROM tree WHERE mtime < unixepoch('now')",
        "SELECT julianday()",
        "SELECT strftime('%s')",
        "SELECT strftime('%s', 'now')",
        "SELECT time(0, 'unixepoch', 'localtime')",
        "SELECT CASE WHEN path THEN date('now') END FROM tree",
    ],
)
def test_neither_luck_nor_clock_decides(query: str) -> None:
    for tell in (ask, reads):
        with pytest.raises(UsageError, match=r"same answer|image alone") as caught:
            tell(query)
        assert (caught.value.place, "\n" in str(caught.value)) == ("query", False)


@pytest.mark.parametrize(
    "word",
    ["'n' || 'ow'", "x'6e6f77'", "substr(' now', 2)", "cast(x'6e6f7700' AS TEXT)"],
)
def test_a_clock_that_is_asked_for_while_running_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="'now'"):
        ask(f"SELECT date({word})")


@pytest.mark.parametrize(
    "call",
    [
        "date('2026-06-10', '+1 month')",
        "datetime(86400, 'unixepoch')",
        "strftime('%Y-%j', '2026-06-10T01:02:03Z')",
        "julianday('2026-06-10')",
        "time('12:00')",
        "unixepoch('2026-06-10')",
        "date(NULL)",
        "date('soon')",
    ],
)
def test_dates_that_are_written_are_those_of_sqlite(call: str) -> None:
    """By SQLite itself, on a connection of its own."""
    connection = sqlite3.connect(":memory:")
    try:
        expected = connection.execute(f"SELECT {call}").fetchall()
    finally:
        connection.close()
    assert ask(f"SELECT {call}") == expected


def test_a_word_that_is_no_argument_of_a_date_is_a_word() -> None:
    query = "SELECT {}, date('2026-06-10'), 'now' FROM layers WHERE {} <> 'utc' LIMIT 1"
    assert ask(query.format("'now'", "'now'")) == [("now", "2026-06-10", "now")]

"""Write-ahead logs, against what SQLite reads from both files."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers import _rpm_wal
from ocianalyze.inventory.catalogers.rpm import CATALOGER
from ocianalyze.model.package import Distribution
from tests.inventory.catalogers.rpm_samples import (
    SQLITE,
    WAL,
    create,
    found,
    insert,
    kept,
    package,
    releases,
)

Change = Callable[[sqlite3.Connection], object]


@contextmanager
def _database(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open a database whose log stays as long as it is open."""
    connection = sqlite3.connect(folder / "rpmdb.sqlite")
    try:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        create(connection)
        yield connection
    finally:
        connection.close()


def _layer(folder: Path) -> dict[str, bytes]:
    return {
        SQLITE: (folder / "rpmdb.sqlite").read_bytes(),
        WAL: (folder / "rpmdb.sqlite-wal").read_bytes(),
    }


def _checkpoint(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove(connection: sqlite3.Connection, rows: str) -> None:
    connection.execute(f"DELETE FROM Packages WHERE {rows}")
    connection.commit()


def _names(numbers: range) -> list[tuple[str, str]]:
    return sorted((f"p{n}", "1-1.el9") for n in numbers)


def _packages(numbers: range, size: int = 3_000) -> list[bytes]:
    return [package(f"p{n}", size=size) for n in numbers]


def test_a_log_that_holds_everything_is_read_alone(tmp_path: Path) -> None:
    with _database(tmp_path) as connection:
        insert(connection, _packages(range(30)))
        assert releases(found(_layer(tmp_path))) == _names(range(30))
        only_log = {WAL: _layer(tmp_path)[WAL]}
        assert releases(found(only_log)) == _names(range(30))


def test_a_log_adds_packages(tmp_path: Path) -> None:
    with _database(tmp_path) as connection:
        insert(connection, _packages(range(30)))
        _checkpoint(connection)
        insert(connection, _packages(range(30, 40)))
        packages = found(_layer(tmp_path))
        assert releases(packages) == _names(range(40))
        added = {package.name for package in packages if package.evidence}
        assert added == {f"p{n}" for n in range(30, 40)}


def test_a_log_removes_packages(tmp_path: Path) -> None:
    with _database(tmp_path) as connection:
        insert(connection, _packages(range(60)))
        _checkpoint(connection)
        _remove(connection, "hnum <= 50")
        assert releases(found(_layer(tmp_path))) == _names(range(50, 60))


def test_frames_after_the_last_commit_do_not_count(tmp_path: Path) -> None:
    with _database(tmp_path) as connection:
        insert(connection, _packages(range(5)))
        committed = _layer(tmp_path)
        insert(connection, _packages(range(5, 10)))
        layer = _layer(tmp_path)
        layer[WAL] = layer[WAL][: len(committed[WAL]) + 2_000]
        assert releases(found(layer)) == _names(range(5))


def test_frames_of_an_older_log_do_not_count(tmp_path: Path) -> None:
    """After a checkpoint SQLite writes from the start, with other salts."""
    with _database(tmp_path) as connection:
        insert(connection, _packages(range(30)))
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        insert(connection, _packages(range(30, 31), size=0))
        layer = _layer(tmp_path)
        pages = _rpm_wal.pages_of(memoryview(layer[WAL])).at
        assert pages is not None
        assert len(pages) < 10
        assert releases(found(layer)) == _names(range(31))


@pytest.mark.parametrize("content", [b"\x37\x7f\x06\x82", b"bogus" * 10], ids=["short", "other"])
def test_a_damaged_log_is_a_problem_not_a_package(content: bytes) -> None:
    (value,) = kept({WAL: content})
    with pytest.raises(ValueError, match="not a write-ahead log"):
        list(CATALOGER.read(value, Distribution()))


def test_an_empty_log_says_nothing() -> None:
    assert kept({WAL: b""}) == []


STEP = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 20_000)),
    st.tuples(st.just("remove"), st.integers(0, 40)),
    st.tuples(st.just("checkpoint"), st.integers(0, 3)),
)
MODES = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")


@given(steps=st.lists(STEP, min_size=1, max_size=25))
@settings(max_examples=60)
def test_both_files_together_are_what_sqlite_reads(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("wal")
    with _database(folder) as connection:
        for number, (kind, value) in enumerate(steps):
            _step(connection, number, kind, value)
        layer = _layer(folder)
        query = "SELECT blob FROM Packages"
        wanted = sorted(_name(blob) for (blob,) in connection.execute(query))
    assert [name for name, _ in releases(found(layer))] == wanted


def _step(connection: sqlite3.Connection, number: int, kind: str, value: int) -> None:
    if kind == "add":
        insert(connection, [package(f"p{number}-{n}", size=value) for n in range(3)])
    elif kind == "remove":
        _remove(connection, f"hnum % 40 = {value} OR hnum = (SELECT max(hnum) FROM Packages)")
    else:
        connection.execute(f"PRAGMA wal_checkpoint({MODES[value]})")


def _name(blob: bytes) -> str:
    found = re.search(rb"p\d+-\d", blob)
    assert found is not None
    return found[0].decode()

"""The catalogue: rebuilt when damaged, switched off when it cannot be used, never a crash."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ocianalyze.store import Store, database
from ocianalyze.store.catalogue import NAME
from tests.facts import digest_of, large

ONE, TWO = large(10, "one"), large(10, "two")


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """A store with two layers and a byte range; nothing is open."""
    store = Store(tmp_path / "store", "observers 1")
    store.put(ONE)
    store.put(TWO)
    store.remember("1:2", ONE.digest)
    store.close()
    yield store
    store.close()


def tables(store: Store) -> list[tuple[object, ...]]:
    store.close()
    with closing(sqlite3.connect(store.directory / NAME)) as db:
        columns = "digest, diff_id, facts_version, fingerprint, size, entries, bytes"
        return db.execute(f"SELECT {columns} FROM layers ORDER BY key").fetchall()


def _nonsense(path: Path) -> None:
    path.write_bytes(b"no database at all" * 300)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _scribbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:3000] = b"\xff" * 2900
    path.write_bytes(data)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _removed(path: Path) -> None:
    path.unlink()


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def _without_table(path: Path) -> None:
    _execute(path, "DROP TABLE layers")


def _with_other_columns(path: Path) -> None:
    _execute(path, "DROP TABLE layers", "CREATE TABLE layers(key TEXT)")


def _of_another_version(path: Path) -> None:
    _execute(path, "PRAGMA user_version = 77")


DAMAGES = [
    _nonsense,
    _cut,
    _scribbled,
    _emptied,
    _removed,
    _without_table,
    _with_other_columns,
    _of_another_version,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_catalogue_is_rebuilt_from_the_files(
    filled: Store, damage: Callable[[Path], None]
) -> None:
    before = tables(filled)
    damage(filled.directory / NAME)
    assert filled.info().layers == 2
    assert tables(filled) == before
    assert filled.get(ONE.digest) == ONE
    assert filled.known("1:2") is None
    filled.remember("1:2", ONE.digest)
    assert filled.known("1:2") == ONE.digest
    assert filled.problems == []


def test_what_was_damaged_is_set_aside(filled: Store) -> None:
    _nonsense(filled.directory / NAME)
    filled.info()
    aside = filled.directory / f"{NAME}.damaged"
    assert aside.read_bytes().startswith(b"no database")


def test_a_catalogue_damaged_under_way_is_rebuilt(filled: Store) -> None:
    filled.info()
    for suffix in ("", "-wal", "-shm"):
        path = filled.directory / (NAME + suffix)
        if path.exists():
            path.write_bytes(b"\xff" * path.stat().st_size)
    assert filled.known("1:2") in (None, ONE.digest)
    filled.put(ONE)
    assert filled.get(ONE.digest) == ONE


def test_flipped_bytes_anywhere_never_give_a_wrong_digest(filled: Store) -> None:
    path = filled.directory / NAME
    sound = path.read_bytes()
    for at in range(0, len(sound), 397):
        damaged = bytearray(sound)
        damaged[at] ^= 0x41
        path.write_bytes(damaged)
        store = Store(filled.directory, "observers 1")
        assert store.known("1:2") in (None, ONE.digest)
        store.info()
        store.prune(older_than_days=1)
        assert store.get(ONE.digest) == ONE
        store.close()


def test_a_damaged_facts_file_does_not_stop_the_rebuilding(filled: Store) -> None:
    (filled.directory / NAME).unlink()
    key = filled.key(ONE.digest)
    path = filled.directory / "facts" / key[:2] / f"{key[2:]}.facts"
    path.write_bytes(path.read_bytes()[:40])
    assert filled.info().layers == 1


def test_a_catalogue_that_cannot_be_opened_is_said_once(filled: Store) -> None:
    path = filled.directory / NAME
    path.unlink()
    path.mkdir()
    for _ in range(3):
        filled.remember("1:2", ONE.digest)
        assert filled.known("1:2") is None
        assert filled.get(ONE.digest) == ONE
    assert len(filled.problems) == 1
    assert NAME in filled.problems[0]


def test_a_catalogue_that_stays_locked_is_given_up(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(filled.directory / NAME, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        filled.remember("3:4", ONE.digest)
        db.execute("ROLLBACK")
    assert len(filled.problems) == 1
    assert "locked" in filled.problems[0]
    assert filled.get(ONE.digest) == ONE


def test_a_full_catalogue_is_given_up(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = database._connect

    def tiny(path: Path) -> sqlite3.Connection:
        db = connect(path)
        db.execute("PRAGMA max_page_count = 1")
        return db

    monkeypatch.setattr(database, "_connect", tiny)
    for number in range(400):
        filled.remember(f"{number}:{'x' * 200}", digest_of(str(number)))
    assert len(filled.problems) == 1
    assert "full" in filled.problems[0]
    assert filled.get(ONE.digest) == ONE

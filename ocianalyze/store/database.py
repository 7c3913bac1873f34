"""An SQLite file that many processes share and that nobody needs: trouble switches it off.

Connections belong to one process and are opened again after a fork; a damaged file is set aside
and made anew.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from ocianalyze.dataclass import dataclass
from ocianalyze.store.lockfile import locked

T = TypeVar("T")

_BUSY_SECONDS = 5.0
_TRIES = 3
_BROKEN = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH}
)
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@dataclass(frozen=True, slots=True)
class Schema:
    """What the tables are."""

    version: int
    """A file of another version is set aside."""
    statements: tuple[str, ...]
    probe: str
    """A query that fails when a table or a column is missing."""
    fill: Callable[[sqlite3.Connection], None]
    """Puts the first rows into new tables."""


@dataclass(slots=True)
class _Session:
    """What belongs to one process: SQLite connections must not cross a fork."""

    pid: int
    lock: Lock = field(default_factory=Lock)
    connection: sqlite3.Connection | None = None
    remade: bool = False
    off: bool = False


class Database:
    """One SQLite file, opened when it is first needed."""

    def __init__(self, path: Path, schema: Schema, say: Callable[[str], None]) -> None:
        """Remember how to make it; `say` is told why the file is not used any more."""
        self._path = path
        self._schema = schema
        self._say = say
        self._session = _Session(os.getpid())
        self._inherited: list[_Session] = []

    def write(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Execute a statement with each row, in one transaction."""

        def action(db: sqlite3.Connection) -> None:
            with _transaction(db):
                db.executemany(sql, rows)

        if rows:
            self.run(action, None)

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query, none when the file cannot be used."""
        return self.run(lambda db: db.execute(sql, values).fetchall(), [])

    def run(self, action: Callable[[sqlite3.Connection], T], unknown: T) -> T:
        """Return what an action returns, `unknown` when the file cannot be used."""
        session = self._current()
        with session.lock:
            for _ in range(_TRIES):
                if session.off:
                    return unknown
                try:
                    return action(self._connection(session))
                except (sqlite3.Error, OSError) as error:
                    self._recover(session, error)
            self._switch_off(session, "it stays locked")
            return unknown

    def close(self) -> None:
        """Close what this process opened; the next use opens it again."""
        session = self._current()
        with session.lock:
            _close(session)

    def _current(self) -> _Session:
        if self._session.pid != os.getpid():
            # Closing a parent's connection, or letting it be collected, would break its locks.
            self._inherited.append(self._session)
            self._session = _Session(os.getpid())
        return self._session

    def _connection(self, session: _Session) -> sqlite3.Connection:
        if session.connection is None:
            with locked(self._path.parent, _BUSY_SECONDS):
                session.connection = self._open()
        return session.connection

    def _open(self) -> sqlite3.Connection:
        if not self._path.exists():
            # SQLite gives its journal the same mode.
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        db = _connect(self._path)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        version = _version(db)
        db.execute("PRAGMA synchronous = NORMAL")
        if version == 0:
            db.execute("PRAGMA journal_mode = WAL")
            self._create(db)
        elif version != self._schema.version:
            raise sqlite3.DatabaseError("tables are of another version")
        db.execute(self._schema.probe)

    def _create(self, db: sqlite3.Connection) -> None:
        with _transaction(db):
            for statement in self._schema.statements:
                db.execute(statement)
            self._schema.fill(db)
            db.execute(f"PRAGMA user_version = {self._schema.version}")

    def _recover(self, session: _Session, error: sqlite3.Error | OSError) -> None:
        # Makes the next try possible, or ends the trying.
        code = _code(error)
        if code in _BUSY:
            return
        _close(session)
        if code not in _BROKEN or session.remade:
            self._switch_off(session, str(error))
            return
        session.remade = True
        try:
            self._set_aside()
        except OSError as second:
            self._switch_off(session, str(second))

    def _set_aside(self) -> None:
        with locked(self._path.parent, _BUSY_SECONDS):
            # Another process may have done it already.
            if not self._is_sound():
                self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
                for suffix in ("-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _is_sound(self) -> bool:
        try:
            with closing(_connect(self._path)) as db:
                db.execute(self._schema.probe).fetchall()
                verdict = db.execute("PRAGMA quick_check(1)").fetchall()
                return verdict == [("ok",)] and _version(db) == self._schema.version
        except sqlite3.Error as error:
            return _code(error) in _BUSY

    def _switch_off(self, session: _Session, reason: str) -> None:
        session.off = True
        _close(session)
        self._say(f"{self._path.name} cannot be used: {reason}")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _code(error: sqlite3.Error | OSError) -> int:
    if isinstance(error, OSError):
        return sqlite3.SQLITE_IOERR
    # Errors of the module itself carry no code: a value of the wrong type was read.
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def _close(session: _Session) -> None:
    if session.connection is not None:
        with suppress(sqlite3.Error):
            session.connection.close()
        session.connection = None

"""What the store knows beside its files: when facts were used, which byte ranges were hashed.

Nothing here is needed: every answer can be "unknown", and the analysis goes on in any case.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from ocianalyze.errors import MalformedImage
from ocianalyze.model.digest import Digest
from ocianalyze.store.database import Database, Schema

SCHEMA_VERSION = 1
"""Raise it whenever a table changes; a catalogue of another version is set aside."""

NAME = "catalogue.sqlite"

_USED_SECONDS = 3600.0
"""Uses within that time are one use: reading facts seldom writes."""

_TABLES = (
    """CREATE TABLE layers(
        key TEXT PRIMARY KEY, digest TEXT NOT NULL, diff_id TEXT NOT NULL,
        facts_version INTEGER NOT NULL, fingerprint TEXT NOT NULL, size INTEGER NOT NULL,
        entries INTEGER NOT NULL, bytes INTEGER NOT NULL,
        created REAL NOT NULL, last_used REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE verified(
        identity BLOB PRIMARY KEY, digest TEXT NOT NULL, seal BLOB NOT NULL,
        created REAL NOT NULL) WITHOUT ROWID""",
)
_PROBE = "SELECT layers.key, layers.last_used, verified.seal FROM layers, verified WHERE 0"
_INSERT = "INSERT OR REPLACE INTO layers VALUES(?,?,?,?,?,?,?,?,?,?)"


class Row(NamedTuple):
    """One line of the table of layers."""

    key: str
    digest: str
    diff_id: str
    facts_version: int
    fingerprint: str
    size: int
    entries: int
    bytes: int
    """Of the facts file."""
    created: float
    last_used: float
    """Seconds since 1970."""


class Catalogue:
    """The catalogue of one store directory."""

    def __init__(
        self, directory: Path, rows: Callable[[], Iterable[Row]], say: Callable[[str], None]
    ) -> None:
        """Remember where it is; nothing is opened before it is needed.

        Args:
            directory: the store, which exists.
            rows: what the facts files themselves say, for new tables.
            say: told why the catalogue is not used any more.

        """

        def fill(db: sqlite3.Connection) -> None:
            db.executemany(_INSERT, rows())

        schema = Schema(SCHEMA_VERSION, _TABLES, _PROBE, fill)
        self._database = Database(directory / NAME, schema, say)

    def record(self, row: Row) -> None:
        """Add a facts file."""
        self._database.write(_INSERT, [row])

    def touch(self, key: str) -> None:
        """Note that facts were used."""
        now = time.time()
        sql = "SELECT 1 FROM layers WHERE key=? AND last_used<?"
        if self._database.read(sql, key, now - _USED_SECONDS):
            self._database.write("UPDATE layers SET last_used=? WHERE key=?", [(now, key)])

    def forget(self, keys: Iterable[str]) -> None:
        """Drop facts files that are gone."""
        self._database.write("DELETE FROM layers WHERE key=?", [(key,) for key in keys])

    def uses(self) -> dict[str, float]:
        """Return when each facts file was last used."""
        sql = "SELECT key, last_used FROM layers WHERE typeof(last_used)='real'"
        return dict(self._database.read(sql))

    def known(self, identity: str) -> Digest | None:
        """Return the digest that a byte range had when it was hashed."""
        key = _raw(identity)
        rows = self._database.read("SELECT digest, seal FROM verified WHERE identity=?", key)
        if not rows or rows[0][1] != _seal(key, rows[0][0]):
            return None
        try:
            return Digest.parse(rows[0][0])
        except MalformedImage:
            return None

    def remember(self, identity: str, digest: Digest) -> None:
        """Note the digest of a byte range."""
        key = _raw(identity)
        row = (key, str(digest), _seal(key, digest), time.time())
        self._database.write("INSERT OR REPLACE INTO verified VALUES(?,?,?,?)", [row])

    def forget_verified(self, before: float) -> None:
        """Drop byte ranges that were hashed before a time."""
        self._database.write("DELETE FROM verified WHERE created<?", [(before,)])

    def counts(self) -> tuple[int, int]:
        """Return how many layers and how many verified byte ranges there are."""
        rows = self._database.read(
            "SELECT (SELECT count(*) FROM layers), (SELECT count(*) FROM verified)"
        )
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    def close(self) -> None:
        """Close what this process opened; the next use opens it again."""
        self._database.close()


def _raw(identity: str) -> bytes:
    return identity.encode("utf-8", "surrogatepass")


def _seal(identity: bytes, digest: object) -> bytes:
    # SQLite has no checksums: a damaged row must not vouch for bytes.
    text = str(digest).encode("utf-8", "surrogatepass")
    return blake2b(identity + b"\0" + text, digest_size=16).digest()

"""Install reasons of dnf 5 and dnf 4, against a TOML library and SQLite."""

import sqlite3
import tomllib

import pytest

from tests.inventory.catalogers.rpm_samples import (
    HISTORY,
    SQLITE,
    STATE,
    found,
    kept,
    package,
    sqlite,
)

INLINE = """\
version = "1.0"
[packages]
"bash.x86_64" = {reason = "Dependency"}
"curl.x86_64" = { reason = "User" }
"weak.noarch" = {reason="Weak Dependency"}
"odd.noarch" = {reason = "Because"}
"""
TABLES = """\
[packages]
[packages."bash.x86_64"]
reason = "Dependency"
[packages."curl.x86_64"]
reason = "External User"
[elsewhere]
reason = "User"
"""
_SCHEMA = """
CREATE TABLE item (id INTEGER PRIMARY KEY, item_type INTEGER NOT NULL);
CREATE TABLE trans_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, trans_id INTEGER, item_id INTEGER, repo_id INTEGER,
    replaced_by INTEGER, action INTEGER NOT NULL, reason INTEGER NOT NULL, state INTEGER NOT NULL
);
CREATE TABLE rpm (
    item_id INTEGER UNIQUE NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL,
    version TEXT NOT NULL, release TEXT NOT NULL, arch TEXT NOT NULL
);
INSERT INTO rpm VALUES (7, 'bash', 0, '5', '1', 'x86_64'), (9, 'curl', 0, '8', '1', 'x86_64'),
    (12, 'curl', 0, '9', '1', 'x86_64');
INSERT INTO trans_item VALUES (1, 1, 7, 1, NULL, 1, 1, 1), (2, 1, 9, 1, NULL, 1, 1, 1),
    (3, 2, 12, 1, NULL, 6, 2, 1), (4, 2, 99, 1, NULL, 6, 2, 1);
"""


def _history() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(_SCHEMA)
    data = connection.serialize()
    connection.close()
    return data


def _reasons(path: str, content: bytes) -> dict[str, str]:
    database = sqlite([package("bash"), package("curl"), package("other")])
    return {one.name: one.reason for one in found({SQLITE: database, path: content})}


@pytest.mark.parametrize(
    ("path", "content"),
    [(STATE, INLINE.encode()), (STATE, TABLES.encode()), (HISTORY, _history())],
    ids=["dnf5-inline", "dnf5-tables", "dnf4"],
)
def test_what_somebody_asked_for_is_manual(path: str, content: bytes) -> None:
    assert _reasons(path, content) == {"bash": "automatic", "curl": "manual", "other": ""}


@pytest.mark.parametrize("text", [INLINE, TABLES], ids=["inline", "tables"])
def test_the_samples_are_toml(text: str) -> None:
    assert tomllib.loads(text)["packages"]["bash.x86_64"] == {"reason": "Dependency"}


@pytest.mark.parametrize(
    ("path", "content"),
    [(STATE, b"\xff\xfe"), (HISTORY, b"SQLite format 3\0"), (HISTORY, b"\xff")],
    ids=["no-text", "cut", "other"],
)
def test_what_is_no_state_of_dnf_says_nothing(path: str, content: bytes) -> None:
    assert kept({path: content}) == []

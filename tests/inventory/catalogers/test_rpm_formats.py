"""The readers of rpm's database formats, against the libraries that write them."""

import sqlite3
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers import _rpm_bdb, _rpm_ndb
from ocianalyze.inventory.catalogers._rpm_record import Record
from ocianalyze.inventory.catalogers._rpm_sqlite import (
    pages_of,
    payload,
    root_of,
    values,
    walk,
)
from ocianalyze.inventory.catalogers._rpm_value import head_of
from tests.inventory.catalogers.rpm_samples import (
    BDB,
    SQLITE,
    found,
    genuine,
    kept,
    ndb,
    package,
    sqlite,
)

COLUMN = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=3_000),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
)


def _rows(data: bytes, table: str) -> list[tuple[int, list[object]]]:
    pages = pages_of(memoryview(data))
    found: list[tuple[int, list[object]]] = []
    for node in walk(pages, root_of(pages, table)):
        assert not isinstance(node, str)
        for cell in node.cells:
            content = payload(pages, node, cell)
            assert content is not None
            found.append((cell.row, list(values(content))))
    return found


def _stored(value: object) -> object:
    """Return a value as SQLite stores it: texts as bytes, whole floats as integers."""
    if isinstance(value, str):
        return value.encode()
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**47
    return int(str(value).partition(".")[0]) if whole and str(value) != "-0.0" else value


@given(
    rows=st.lists(st.tuples(COLUMN, COLUMN), max_size=30),
    size=st.sampled_from([512, 1024, 4096, 65536]),
)
@settings(max_examples=60)
def test_tables_are_read_as_sqlite_reads_them(rows: list[tuple[object, object]], size: int) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA page_size = {size}")
    connection.execute("CREATE TABLE other (x)")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)")
    connection.executemany("INSERT INTO t(a, b) VALUES (?, ?)", rows)
    connection.commit()
    wanted = [
        (row, [None, _stored(a), _stored(b)])
        for row, a, b in connection.execute("SELECT id, a, b FROM t ORDER BY id")
    ]
    data = connection.serialize()
    connection.close()
    assert [(row, list(map(_stored, got))) for row, got in _rows(data, "t")] == wanted


@pytest.mark.parametrize("size", [512, 4096, 65536])
def test_long_headers_of_sqlite_are_read_through_their_overflow_pages(size: int) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA page_size = {size}")
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)")
    wanted = [package(f"p{n}", size=n * 997) for n in range(80)]
    connection.executemany("INSERT INTO Packages(blob) VALUES (?)", [(x,) for x in wanted])
    connection.commit()
    data = connection.serialize()
    connection.close()
    assert [row[1][1] for row in _rows(data, "Packages")] == wanted


@pytest.mark.oracle
@pytest.mark.parametrize("order", [1234, 4321], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("size", [512, 4096, 65536])
def test_hash_files_that_berkeley_db_wrote_are_read(
    tool: Callable[[str], str], tmp_path: Path, order: int, size: int
) -> None:
    """Both kinds of value: on the page, and in overflow pages."""
    headers = {n: package(f"p{n}", size=n * n * 11) for n in range(1, 60)}
    text = f"VERSION=3\nformat=bytevalue\ntype=hash\ndb_lorder={order}\ndb_pagesize={size}\n"
    text += "HEADER=END\n 00000000\n 3c000000\n"
    for number, header in headers.items():
        text += f" {struct.pack('<I', number).hex()}\n {header.hex()}\n"
    path = tmp_path / "Packages"
    command = [tool("db5.3_load"), str(path)]
    subprocess.run(command, input=text + "DATA=END\n", text=True, check=True)
    read = list(_rpm_bdb.records(memoryview(path.read_bytes())))
    assert sorted(record.header for record in read if isinstance(record, Record)) == sorted(
        headers.values()
    )
    assert len(read) == len(headers)


@pytest.mark.corpus
def test_a_hash_file_in_the_other_byte_order_says_the_same(
    corpus: Path, tool: Callable[[str], str], tmp_path: Path
) -> None:
    """Berkeley DB converts the real database to the order of an s390x machine."""
    original, path = tmp_path / "Packages", tmp_path / "converted"
    original.write_bytes(genuine(corpus, "libuuid_Packages"))
    dump = [tool("db5.3_dump"), str(original)]
    text = subprocess.run(dump, capture_output=True, text=True, check=True).stdout
    lines = [line for line in text.splitlines() if not line.startswith("db_lorder")]
    lines.insert(1, "db_lorder=4321")
    load = [tool("db5.3_load"), str(path)]
    subprocess.run(load, input="\n".join([*lines, ""]), text=True, check=True)
    assert found({BDB: path.read_bytes()}) == found({BDB: original.read_bytes()})


def test_ndb_blobs_are_read_in_the_order_of_their_slots() -> None:
    headers = [package(f"p{n}", size=n * 37) for n in range(1, 100)]
    records = list(_rpm_ndb.records(memoryview(ndb(headers))))
    assert records == [Record(header, n) for n, header in enumerate(headers, 1)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"BlbS", b"Blob", "has no marks"),
        (b"BlbE", b"Blob", "has no marks"),
        (b"x86_64", b"x86_65", "wrong Adler-32"),
        (b"RpmP\0", b"RpmP\1", "not an ndb database"),
        (b"Slot\1", b"slot\1", "slot without its mark"),
    ],
    ids=["start", "end", "content", "version", "slot"],
)
def test_damage_of_ndb_is_told(old: bytes, new: bytes, problem: str) -> None:
    damaged = ndb([package("a")]).replace(old, new, 1)
    (told,) = (x for x in _rpm_ndb.records(memoryview(damaged)) if isinstance(x, str))
    assert problem in told


def test_a_hash_chain_that_loops_ends(corpus: Path) -> None:
    data = bytearray(genuine(corpus, "libuuid_Packages"))
    for page in range(1, len(data) // 4096):
        if data[page * 4096 + 25] == 7:
            struct.pack_into("<I", data, page * 4096 + 16, page)
            struct.pack_into("<H", data, page * 4096 + 22, 1)
    (told,) = _rpm_bdb.records(memoryview(data))
    assert "used twice" in str(told)


def test_a_table_whose_pages_loop_ends() -> None:
    """An interior page that names itself as its child."""
    data = bytearray(sqlite([package(f"p{n}", size=9_000) for n in range(40)]))
    pages = pages_of(memoryview(data))
    root = root_of(pages, "Packages")
    struct.pack_into(">I", data, (root - 1) * 4096 + 8, root)
    fresh = pages_of(memoryview(data))
    told = [node for node in walk(fresh, root) if isinstance(node, str)]
    assert told == [f"page {root} is missing or no part of a table"]


def test_a_database_cut_short_keeps_what_is_whole() -> None:
    data = sqlite([package(f"p{n}", size=9_000) for n in range(40)])
    (value,) = kept({SQLITE: data[: len(data) // 2]})
    head = head_of(value.value)
    assert 10 < len(head["packages"]) < 30
    assert head["problems"]

"""Compressed values among other bytes: PDF streams, SQLite values."""

import base64
import gzip
import sqlite3
import zlib
from pathlib import Path

import pytest

from tests.detectors.secrets.inside.conftest import TEXT, TOKEN, Look, zipped


def pdf(*streams: tuple[bytes, bytes]) -> bytes:
    """Return a PDF of streams, each given by its filter and its bytes."""
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    for number, (named, data) in enumerate(streams):
        out += b"%d 0 obj\n<</Length %d%b>>\nstream\r\n" % (number, len(data), named)
        out += data + b"\nendstream\nendobj\n"
    return out + b"trailer\n<<>>\n%%EOF\n"


FLATE = b"/Filter/FlateDecode"


@pytest.mark.parametrize("step", [1 << 20, 1, 13])
@pytest.mark.parametrize("size", [10, 100_000])
def test_deflated_streams_of_a_pdf_are_read(step: int, size: int, look: Look) -> None:
    step = step if size < 1_000 else max(step, 511)
    text = bytes(size) + TEXT
    data = pdf((b"", b"plain"), (FLATE, zlib.compress(text)), (FLATE, zlib.compress(b"stream")))
    found = look("a.pdf", data, step=step)
    assert [(one.inner, one.offset) for one in found.hits] == [("stream 1", size + 4)]
    assert not found.unread


def test_a_small_window_is_read_too(look: Look) -> None:
    packer = zlib.compressobj(9, wbits=12)
    data = pdf((b" /Filter [ /FlateDecode ] ", packer.compress(TEXT) + packer.flush()))
    assert [one.inner for one in look("a.ai", data).hits] == ["stream 0"]


@pytest.mark.parametrize("step", [1 << 20, 1, 13])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 90_000])
def test_text_of_ascii85_is_read(step: int, size: int, look: Look) -> None:
    """Wrapped, and with its sign for four zeros."""
    step = step if size < 1_000 else max(step, 511)
    packed = zlib.compress(TEXT + bytes(size), 0 if size < 1_000 else 6)
    coded = base64.a85encode(packed, wrapcol=60) + b"~>"
    found = look("a.pdf", pdf((b"/Filter[/ASCII85Decode/FlateDecode]", coded)), step=step)
    assert [(one.inner, one.offset) for one in found.hits] == [("stream 0", 4)]
    assert not found.unread


def test_what_is_attached_to_a_pdf_is_looked_into(look: Look) -> None:
    found = look("a.pdf", pdf((FLATE, zlib.compress(zipped({"b": TEXT})))))
    assert [one.inner for one in found.hits] == ["stream 0!/b"]


@pytest.mark.parametrize(
    ("named", "data", "reason"),
    [
        (FLATE, b"\x01\x02\x03\x04" * 20, "is encrypted or damaged"),
        (b"/Filter/LZWDecode", b"x", "is packed as LZWDecode, which is not read"),
        (b"/Filter[/A85/Fl]", b"\xff" * 9 + b"~>", "is encrypted or damaged"),
        (FLATE, zlib.compress(TEXT * 9)[:-6] + bytes(20), "is damaged"),
    ],
    ids=["encrypted", "other", "no digits", "damaged"],
)
def test_streams_that_are_not_read_are_told(
    named: bytes, data: bytes, reason: str, look: Look
) -> None:
    found = look("a.pdf", pdf((named, data)))
    assert [(one.reason, one.inner) for one in found.unread] == [(reason, "stream 0")]


def test_pictures_of_a_pdf_are_no_secrets(look: Look) -> None:
    assert not look("a.pdf", pdf((b"/Filter/DCTDecode", b"\xff\xd8\xff"))).unread


def database(folder: Path, *values: object, size: int = 4096) -> bytes:
    """Return a database with one row for each value; the last one is deleted again."""
    file = folder / "x.db"
    with sqlite3.connect(file) as connection:
        connection.execute(f"pragma page_size={size}")
        connection.execute("pragma secure_delete=off")
        connection.execute("create table t(a)")
        connection.executemany("insert into t values(?)", [(value,) for value in values])
        connection.commit()
        connection.execute("delete from t where rowid = ?", (len(values),))
    connection.close()
    return file.read_bytes()


@pytest.mark.parametrize("step", [1 << 20, 13])
@pytest.mark.parametrize("size", [512, 4096, 65536])
@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress], ids=["zlib", "gzip"])
def test_compressed_values_of_a_database_are_read(
    pack: object, size: int, step: int, look: Look, tmp_path: Path
) -> None:
    assert callable(pack)
    packed = pack(TEXT)
    data = database(tmp_path, "x" * 300, packed, "y", size=size)
    found = look("x.db", data, step=step)
    assert [one.inner for one in found.hits] == [f"value at {data.index(packed)}"]
    assert not found.unread


def log(folder: Path, *values: bytes, size: int) -> bytes:
    """Return the write-ahead log of a database that has got nothing of it yet."""
    connection = sqlite3.connect(folder / "x.db")
    connection.execute(f"pragma page_size={size}")
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table t(a)")
    connection.executemany("insert into t values(?)", [(value,) for value in values])
    connection.commit()
    data = (folder / "x.db-wal").read_bytes()
    connection.close()
    return data


@pytest.mark.parametrize("step", [1 << 20, 13])
@pytest.mark.parametrize("size", [512, 4096, 65536])
def test_compressed_values_that_wait_in_a_log_are_read(
    size: int, step: int, look: Look, tmp_path: Path
) -> None:
    packed = zlib.compress(TEXT)
    fill = [bytes([number]) * (size // 2) for number in range(1, 90)]
    data = log(tmp_path, *fill, packed, size=size)
    found = look("x.db-wal", data, step=step)
    assert f"value at {data.index(packed)}" in {one.inner for one in found.hits}
    assert not found.unread


def test_a_value_that_ends_with_its_frame_is_told(look: Look, tmp_path: Path) -> None:
    data = log(tmp_path, zlib.compress(TEXT + bytes(range(256)) * 40, 0), size=4096)
    found = look("x.db-wal", data)
    assert found.hits
    assert [one.reason for one in found.unread] == [
        "is packed and goes on in other pages, which are not read"
    ]


def test_a_deleted_value_is_read_as_well(look: Look, tmp_path: Path) -> None:
    assert look("x.db", database(tmp_path, "x", zlib.compress(TEXT))).hits


def test_a_deleted_row_is_among_the_bytes_that_everybody_sees(tmp_path: Path) -> None:
    assert TOKEN in database(tmp_path, "x", TEXT.decode())


def test_a_value_of_several_pages_is_told(look: Look, tmp_path: Path) -> None:
    long = zlib.compress(TEXT + bytes(range(256)) * 40, 0)
    found = look("x.db", database(tmp_path, long, "y"))
    assert [one.reason for one in found.unread] == [
        "is packed and goes on in other pages, which are not read"
    ]
    assert found.hits


def test_bytes_that_begin_no_value_are_passed_over(look: Look, tmp_path: Path) -> None:
    found = look("x.db", database(tmp_path, b"x\x9c\xff\xff", b"\x1f\x8b\x08zz", b"x\xda" * 99))
    assert not found.hits
    assert not found.unread


def test_a_database_in_an_archive_is_searched_as_it_is_too(look: Look, tmp_path: Path) -> None:
    data = database(tmp_path, TEXT.decode(), zlib.compress(b"y" + TEXT), "z")
    found = look("x.zip", zipped({"x.db": data}))
    assert [one.inner.partition("!")[0] for one in found.hits] == ["x.db", "x.db"]


def test_a_header_that_cannot_be_is_told(look: Look) -> None:
    data = b"SQLite format 3\0" + b"\x03\x01" + bytes(900)
    assert [one.reason for one in look("x", data).unread] == ["has an unreadable SQLite header"]

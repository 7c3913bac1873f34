"""What lies between headers and after the end of an archive."""

import io
import tarfile

import pytest

from tests.tars import BLOCK, END, codes, header, member, padded, pax, read, rows


def paths(data: bytes) -> list[bytes]:
    """Return the paths of all entries."""
    return [row.path for row in rows(read(data).entries)]


def broken(size: int = 0) -> bytes:
    """Return a header whose checksum is wrong."""
    block = bytearray(header(b"broken", size=size))
    block[0] ^= 1
    return bytes(block)


def test_after_a_broken_header_the_next_one_is_found() -> None:
    data = member(b"a", b"1") + broken() + member(b"b", b"2") + END
    found = read(data)
    assert [(row.path, row.offset) for row in rows(found.entries)] == [(b"a", 0), (b"b", 3 * BLOCK)]
    assert codes(found) == ["tar.bad-checksum", "tar.gap"]
    assert found.partial == f"unreadable blocks were skipped to the next header: {BLOCK} bytes"


def test_the_content_of_a_lost_member_may_hold_zeros() -> None:
    """A program has pages of them; they are not the end of the archive."""
    content = b"\x7fELF".ljust(BLOCK, b"x") + bytes(8 * BLOCK) + b"end"
    data = broken(size=len(content)) + padded(content) + member(b"after", b"1") + END
    assert paths(data) == [b"after"]


def test_a_broken_header_at_the_end_loses_nothing_else() -> None:
    found = read(member(b"a", b"1") + broken() + END)
    assert len(found.entries) == 1
    assert codes(found) == ["tar.bad-checksum", "tar.gap"]
    assert "nothing readable" in found.partial


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"{}", id="json"),
        pytest.param(b"junk" * 1000, id="text"),
        pytest.param(bytes(range(256)) * 20, id="bytes"),
        pytest.param(b"junk" * 128 + END, id="one-block"),
    ],
)
def test_what_is_no_tar_is_said(data: bytes) -> None:
    found = read(data)
    assert not found.entries
    assert found.partial == "no tar header in the whole layer"
    assert codes(found)[-1] == "tar.not-a-tar"


def test_a_lone_block_of_zeros_does_not_end_the_archive() -> None:
    found = read(header(b"a") + bytes(BLOCK) + header(b"b") + END)
    assert [row.path for row in rows(found.entries)] == [b"a", b"b"]
    assert codes(found) == ["tar.gap"]


@pytest.mark.parametrize("end", [b"", bytes(100), bytes(BLOCK), bytes(BLOCK + 100)], ids=len)
def test_a_missing_end_mark_is_no_failure(end: bytes) -> None:
    """Old Go tools wrote none."""
    found = read(header(b"a") + end)
    assert len(found.entries) == 1
    assert not found.partial
    assert codes(found) == (["tar.no-end-mark"] if len(end) < BLOCK else [])


@pytest.mark.parametrize("zeros", [0, 1, 7, 400], ids=lambda n: f"{n}-blocks")
def test_bytes_after_the_end_are_said(zeros: int) -> None:
    start = header(b"a") + END + bytes(zeros * BLOCK)
    found = read(start + bytes(10) + b"hidden")
    assert [(a.code, a.offset) for a in found.anomalies] == [("tar.data-after-end", len(start))]
    assert not found.partial


def test_bytes_after_a_single_block_of_zeros_are_said() -> None:
    assert codes(read(header(b"a") + bytes(BLOCK) + b"hidden")) == ["tar.data-after-end"]


@pytest.mark.parametrize("zeros", [0, 3, 130, 1000], ids=lambda n: f"{n}-blocks")
def test_a_second_archive_is_said_and_not_read(zeros: int) -> None:
    """No runtime reads it."""
    first = header(b"a") + END + bytes(zeros * BLOCK)
    found = read(first + header(b"b") + END)
    assert [row.path for row in rows(found.entries)] == [b"a"]
    assert [(a.code, a.offset) for a in found.anomalies] == [("tar.concatenated", len(first))]


def test_padding_of_any_length_is_ordinary() -> None:
    assert not read(header(b"a") + END + bytes(1 << 20)).anomalies


@pytest.mark.parametrize("at", range(0, 2 * BLOCK + 1, 37))
def test_an_archive_cut_anywhere_is_partial_or_whole(at: int) -> None:
    """Never something else than it was."""
    data = pax({b"path": b"long"}) + member(b"short", b"content")
    found = read(member(b"first", b"1") + data[:at])
    names = [row.path for row in rows(found.entries)]
    assert names[0] == b"first"
    assert found.partial or names == [b"first"]
    assert not found.partial or found.anomalies


def test_tarfile_made_archives_have_no_anomaly() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    assert not read(buffer.getvalue()).anomalies

"""Sparse files: the same content, however it is stored."""

import hashlib
from dataclasses import dataclass, field, replace

import pytest

from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.observer import Interest
from ocianalyze.layers.pax import Extended
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.layers.sieve import Members, Sieving, Sifted, Spot
from ocianalyze.layers.sparse import read_sparse
from ocianalyze.layers.tar import Numbers, parse
from ocianalyze.limits import DEFAULT, MIB
from tests.images import Bytes
from tests.tars import (
    END,
    GNU,
    base256,
    by_head,
    codes,
    cut,
    header,
    keeper,
    member,
    octal,
    padded,
    pax,
    read,
    record,
    rows,
    summed,
)

_SIZE = 100_000
_SEGMENTS = [(0, 600), (50_000, 10), (99_000, 1000)]
_STORED = [bytes([65 + n]) * length for n, (_, length) in enumerate(_SEGMENTS)]


@dataclass
class _Spots:
    """Looks up every byte of a layer."""

    size: int = 0
    spots: list[Spot] = field(default_factory=list)

    def feed(self, piece: bytes) -> None:
        """Count."""
        self.size += len(piece)

    def aside(self, data: bytes) -> None:
        """Take nothing."""

    def close(self, members: Members) -> Sifted:
        """Look up."""
        self.spots = [members.at(at) for at in range(self.size)]
        return Sifted({})


def content() -> bytes:
    """Return what the file is."""
    whole = bytearray(_SIZE)
    for (offset, length), data in zip(_SEGMENTS, _STORED, strict=True):
        whole[offset : offset + length] = data
    return bytes(whole)


def old_gnu(
    segments: list[tuple[int, int]], stored: bytes, size: int | bytes, *, extensions: int = 0
) -> bytes:
    """Return a member of type `S`; the map goes on in as many extension blocks."""
    pairs = [octal(offset, 12) + octal(length, 12) for offset, length in segments]
    block = bytearray(header(b"sparse", size=len(stored), flag=b"S", magic=GNU))
    block[345:500] = bytes(155)
    block[386 : 386 + 96] = b"".join(pairs[:4]).ljust(96, b"\0")
    block[482] = 1 if extensions else 0
    block[483:495] = size if isinstance(size, bytes) else octal(size, 12)
    more = b""
    for number in range(extensions):
        part = b"".join(pairs[4 + 21 * number : 25 + 21 * number])
        more += (part.ljust(504, b"\0") + bytes([number + 1 < extensions])).ljust(512, b"\0")
    return summed(block) + more + padded(stored)


def version_0_0() -> bytes:
    """Return the format that gives each number a record."""
    records = record(b"GNU.sparse.size", b"%d" % _SIZE)
    records += record(b"GNU.sparse.numblocks", b"3")
    for offset, length in _SEGMENTS:
        records += record(b"GNU.sparse.offset", b"%d" % offset)
        records += record(b"GNU.sparse.numbytes", b"%d" % length)
    stored = b"".join(_STORED)
    return pax(records) + header(b"sparse", size=len(stored)) + padded(stored)


def version_0_1() -> bytes:
    """Return the format that has one record for the map."""
    stored = b"".join(_STORED)
    records = {
        b"GNU.sparse.size": b"%d" % _SIZE,
        b"GNU.sparse.map": b",".join(b"%d,%d" % pair for pair in _SEGMENTS),
        b"GNU.sparse.name": b"sparse",
    }
    return pax(records) + header(b"GNUSparseFile.0/sparse", size=len(stored)) + padded(stored)


def version_1_0(lines: bytes | None = None, size: int = _SIZE, flag: bytes = b"0") -> bytes:
    """Return the format that has the map before the data."""
    if lines is None:
        lines = b"3\n" + b"".join(b"%d\n%d\n" % pair for pair in _SEGMENTS)
    stored = padded(lines) + b"".join(_STORED)
    records = {
        b"GNU.sparse.major": b"1",
        b"GNU.sparse.minor": b"0",
        b"GNU.sparse.name": b"sparse",
        b"GNU.sparse.realsize": b"%d" % size,
    }
    stem = header(b"GNUSparseFile.0/sparse", size=len(stored), flag=flag)
    return pax(records) + stem + padded(stored)


FORMATS = pytest.mark.parametrize(
    "data",
    [
        pytest.param(old_gnu(_SEGMENTS, b"".join(_STORED), _SIZE), id="old-gnu"),
        pytest.param(old_gnu(_SEGMENTS, b"".join(_STORED), base256(_SIZE, 12)), id="base-256"),
        pytest.param(version_0_0(), id="0.0"),
        pytest.param(version_0_1(), id="0.1"),
        pytest.param(version_1_0(), id="1.0"),
    ],
)


@FORMATS
def test_all_formats_give_the_same_file(data: bytes) -> None:
    observer = keeper("all", Interest(names=frozenset({b"sparse"})))
    found = read(data + header(b"next") + END, (observer,))
    first, second = rows(found.entries)
    assert (first.path, first.size, second.path) == (b"sparse", _SIZE, b"next")
    assert first.sha256 == hashlib.sha256(content()).hexdigest()
    assert found.observations["all"][0].value == content()
    assert not found.anomalies
    assert not found.partial


@FORMATS
def test_a_sieve_learns_where_in_the_file_a_stored_byte_is(data: bytes) -> None:
    wanted, seen = content(), _Spots()
    raw = data + header(b"next", size=5) + padded(b"plain") + END
    sieving = Sieving("seen", "1", lambda _: seen)
    read_layer(Bytes(raw), Reading((), by_head, sieving=sieving))
    stored = [(spot, raw[at]) for at, spot in enumerate(seen.spots) if spot.part == "content"]
    assert all(wanted[spot.offset] == byte for spot, byte in stored if spot.entry == 0)
    assert [x.offset for x, _ in stored if x.entry == 0] == [
        at for begin, length in _SEGMENTS for at in range(begin, begin + length)
    ]
    assert [x.offset for x, _ in stored if x.entry == 1] == [*range(5)]


def test_the_places_of_segments_count_among_the_memory_of_a_layer() -> None:
    count = 4 + 21 * 40
    data = old_gnu([(n * 1024, 512) for n in range(count)], bytes(512 * count), count * 1024,
                   extensions=40)  # fmt: skip
    found = read(data + header(b"next") + END, limits=replace(DEFAULT, facts_bytes=count * 16))
    assert "facts_bytes" in found.partial


@pytest.mark.parametrize("extensions", [1, 2, 5])
def test_the_map_goes_on_in_extension_blocks(extensions: int) -> None:
    count = 4 + 21 * extensions
    segments = [(n * 1024, 512) for n in range(count)]
    stored = b"".join(bytes([n % 251]) * 512 for n in range(count))
    data = old_gnu(segments, stored, count * 1024, extensions=extensions)
    found = read(data + header(b"next") + END)
    wanted = b"".join(bytes([n % 251]) * 512 + bytes(512) for n in range(count))
    assert rows(found.entries)[0].sha256 == hashlib.sha256(wanted).hexdigest()
    assert len(found.entries) == 2


def test_a_file_of_holes_alone() -> None:
    found = read(old_gnu([(_SIZE, 0)], b"", _SIZE) + header(b"next") + END)
    assert rows(found.entries)[0].sha256 == hashlib.sha256(bytes(_SIZE)).hexdigest()
    assert not found.anomalies


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(old_gnu([(0, 512), (100, 512)], bytes(1024), 2000), id="overlap"),
        pytest.param(old_gnu([(900, 10), (0, 10)], bytes(20), 2000), id="backwards"),
        pytest.param(old_gnu([(0, 600)], bytes(600), 500), id="beyond-the-end"),
        pytest.param(old_gnu([(0, 100)], bytes(600), 700), id="more-stored-than-mapped"),
        pytest.param(old_gnu([(0, 600)], bytes(100), 700), id="less-stored-than-mapped"),
        pytest.param(old_gnu([(0, 9)], bytes(9), base256(-1, 12)), id="negative-size"),
        pytest.param(old_gnu([(0, 9)], bytes(9), base256(1 << 80, 12)), id="size-beyond-64-bits"),
        pytest.param(version_1_0(b"x\n"), id="count-is-no-number"),
        pytest.param(version_1_0(b"3\n0\n600\n-5\n10\n1\n1\n"), id="negative-offset"),
        pytest.param(version_1_0(b"99999999999\n"), id="claims-too-many"),
        pytest.param(version_1_0(b"1" * 512), id="no-end-of-line"),
        pytest.param(version_1_0(size=1000), id="map-leaves-the-file"),
    ],
)
def test_a_damaged_map_gives_no_digest_and_is_said(data: bytes) -> None:
    """The next member is found all the same."""
    found = read(data + header(b"next") + END)
    entries = rows(found.entries)
    assert "tar.sparse-damaged" in codes(found)
    assert entries[0].sha256 == ""
    assert entries[-1].path == b"next"


@pytest.mark.parametrize("count", [b"9", b"500000"])
def test_a_map_ends_with_its_member(count: bytes) -> None:
    """A count that is too large must not take the next members for numbers, or fill memory."""
    data = version_1_0(count + b"\n0\n10\n") + member(b"next", b"1\n" * 600)
    found = read(data + member(b"last", b"1\n") + END)
    assert [row.path for row in rows(found.entries)][1:] == [b"next", b"last"]
    assert "tar.sparse-damaged" in codes(found)


def test_a_map_is_read_up_to_a_limit() -> None:
    """Lines without end would be collected as long as the layer inflates."""
    text = b"500000\n" + b"1" * (17 * MIB)
    block = header(size=len(text))
    records = {b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0"}
    cursor = Cursor(cut(text, MIB))
    found = read_sparse(parse(block, Numbers()), block, Extended(records), cursor)
    assert found is not None
    assert (found.valid, found.consumed) == (False, 16 * MIB)


def test_a_lost_end_of_the_map_is_partial() -> None:
    whole = old_gnu([(n * 1024, 512) for n in range(25)], b"", 1 << 20, extensions=1)
    found = read(whole[:700])
    assert "tar.sparse-damaged" in codes(found)


@pytest.mark.parametrize(
    "records",
    [
        pytest.param({b"GNU.sparse.size": b"0"}, id="size-alone"),
        pytest.param({b"GNU.sparse.name": b"innocent"}, id="name-alone"),
        pytest.param({b"GNU.sparse.major": b"2", b"GNU.sparse.minor": b"0"}, id="unknown-version"),
        pytest.param({b"GNU.sparse.realsize": b"0", b"GNU.sparse.x": b""}, id="unknown-record"),
    ],
)
def test_stray_records_do_not_make_a_file_sparse(records: dict[bytes, bytes]) -> None:
    """Runtimes read it as it is; a reader that did not would not see the content."""
    found = read(pax(records) + header(b"evil", size=6) + padded(b"secret") + END)
    (row,) = rows(found.entries)
    assert (row.path, row.size) == (b"evil", 6)
    assert row.sha256 == hashlib.sha256(b"secret").hexdigest()


def test_holes_are_hashed_up_to_a_budget() -> None:
    """What is beyond it is listed with its size and without a digest."""
    limits = replace(DEFAULT, hole_bytes=150_000)
    found = read(version_1_0() + version_1_0() + END, limits=limits)
    first, second = rows(found.entries)
    assert first.sha256
    assert (second.size, second.sha256) == (_SIZE, "")
    assert codes(found) == ["tar.file-too-large"]


def test_petabytes_of_holes_cost_nothing() -> None:
    found = read(old_gnu([(0, 9)], bytes(9), base256(1 << 50, 12)) + header(b"next") + END)
    assert rows(found.entries)[0].size == 1 << 50
    assert codes(found) == ["tar.file-too-large"]
    assert len(found.entries) == 2

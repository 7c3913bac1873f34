"""Header blocks: fields, formats and checksums."""

import pytest

from ocianalyze.layers import tar
from tests.tars import (
    END,
    GNU,
    USTAR,
    V7,
    base256,
    codes,
    header,
    member,
    octal,
    read,
    rows,
    summed,
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param(b"0000644\0", 0o644, id="octal"),
        pytest.param(b"   644 \0", 0o644, id="spaces-around"),
        pytest.param(b"644\0junk", 0o644, id="ends-at-nul"),
        pytest.param(b"77777777", 0o77777777, id="fills-the-field"),
        pytest.param(b"\0" * 8, 0, id="nul"),
        pytest.param(b" " * 8, 0, id="blank"),
        pytest.param(b"-0000001", -1, id="minus"),
        pytest.param(b"0000008\0", None, id="no-octal-digit"),
        pytest.param(b"12 34\0\0\0", None, id="two-numbers"),
        pytest.param(b"0x1F\0\0\0\0", None, id="hexadecimal"),
        pytest.param(b"+644\0\0\0\0", None, id="plus"),
        pytest.param(b"6_4\0\0\0\0\0", None, id="underscore"),
        pytest.param(base256(1 << 40, 8), 1 << 40, id="base-256"),
        pytest.param(base256(-2, 8), -2, id="base-256-negative"),
        pytest.param(b"\x80" + b"\xff" * 11, (1 << 88) - 1, id="base-256-huge"),
    ],
)
def test_numeric_fields(field: bytes, value: int | None) -> None:
    """Octal text and GNU's binary numbers; anything else is no number."""
    assert tar.number(field) == value


def test_numbers_are_remembered_up_to_a_bound() -> None:
    """A layer of ever new numbers does not fill memory."""
    numbers = tar.Numbers()
    for value in range(1 << 15):
        assert numbers[b"%011o\0" % value] == value
    assert len(numbers) <= 1 << 14


@pytest.mark.parametrize(
    ("block", "path"),
    [
        pytest.param(header(b"name"), b"name", id="short"),
        pytest.param(header(b"n" * 100), b"n" * 100, id="fills-the-field"),
        pytest.param(header(b"name", prefix=b"above"), b"above/name", id="ustar-prefix"),
        pytest.param(header(b"n", prefix=b"p" * 155), b"p" * 155 + b"/n", id="longest-prefix"),
        pytest.param(
            header(b"name", prefix=b"12345", magic=GNU), b"name", id="gnu-has-times-there"
        ),
        pytest.param(
            header(b"name", prefix=octal(1, 12) + octal(2, 12), magic=GNU), b"name", id="gnu-times"
        ),
        pytest.param(
            header(b"name", prefix=base256(-1, 12) + base256(1, 12), magic=GNU),
            b"name",
            id="gnu-binary-times",
        ),
        pytest.param(
            header(b"name", prefix=b"etc/above", magic=GNU), b"etc/above/name", id="gnu-of-old-go"
        ),
        pytest.param(
            header(b"name", prefix=octal(1, 12) + b"no time", magic=GNU),
            b"00000000001/name",
            id="gnu-half-a-time",
        ),
        pytest.param(
            header(b"name", prefix=b"above\xc3\xa9", magic=GNU),
            b"name",
            id="gnu-prefix-of-no-ascii",
        ),
        pytest.param(
            header(b"name", prefix=b"12345\0" + b"7" * 6 + base256(1 << 64, 12), magic=GNU),
            b"12345/name",
            id="gnu-binary-time-too-long",
        ),
        pytest.param(header(b"name", prefix=b"junk", magic=V7), b"name", id="v7-has-no-prefix"),
        pytest.param(
            header(b"name", prefix=b"junk", magic=b"ustar 00"), b"name", id="unknown-has-no-prefix"
        ),
        pytest.param(
            header(b"name", prefix=b"above", magic=b"ustar\0\0\0"), b"above/name", id="any-version"
        ),
        pytest.param(
            header(b"name", prefix=b"above".ljust(131, b"\0") + b"00000000000 ", tail=b"tar\0"),
            b"above/name",
            id="star-prefix-is-shorter",
        ),
        pytest.param(header(b"name\0junk"), b"name", id="ends-at-nul"),
    ],
)
def test_paths_of_all_formats(block: bytes, path: bytes) -> None:
    assert [row.path for row in rows(read(block + END).entries)] == [path]


@pytest.mark.parametrize(
    ("magic", "uname"), [(V7, b""), (b"ustar 00", b""), (USTAR, b"root"), (GNU, b"root")]
)
def test_owner_names_are_only_in_newer_formats(magic: bytes, uname: bytes) -> None:
    (row,) = rows(read(header(magic=magic, uname=b"root\0junk", gname=b"root") + END).entries)
    assert (row.uname, row.gname) == (uname, uname)


def test_all_numbers_of_a_header() -> None:
    block = header(mode=0o104755, uid=1000, gid=100, mtime=0o77777777777)
    (row,) = rows(read(block + END).entries)
    assert (row.mode, row.uid, row.gid, row.mtime) == (0o4755, 1000, 100, 0o77777777777)


def test_numbers_beyond_octal() -> None:
    """GNU writes large ids and early times as base-256."""
    block = header(uid=base256(3_000_000_000, 8), gid=base256(1 << 21, 8), mtime=base256(-5, 12))
    found = read(block + END)
    (row,) = rows(found.entries)
    assert (row.uid, row.gid, row.mtime) == (3_000_000_000, 1 << 21, -5)
    assert not found.anomalies


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"uid": base256(1 << 40, 8)}, "tar.number-clamped", id="uid-too-large"),
        pytest.param({"gid": base256(-1, 8)}, "tar.number-clamped", id="gid-negative"),
        pytest.param({"mtime": b"\x80" + b"\xff" * 11}, "tar.number-clamped", id="time-too-far"),
        pytest.param({"mtime": b"\xff" + bytes(11)}, "tar.number-clamped", id="time-too-early"),
        pytest.param({"mode": b"rwxr-xr"}, "tar.bad-number", id="mode-unreadable"),
        pytest.param({"mtime": b"yesterday"}, "tar.bad-number", id="time-unreadable"),
        pytest.param({"size": b"huge"}, "tar.bad-number", id="size-unreadable"),
        pytest.param({"size": base256(-1, 12)}, "tar.negative-size", id="size-negative"),
    ],
)
def test_numbers_that_fit_nowhere_are_said(fields: dict[str, bytes], code: str) -> None:
    """The entry is kept, and so is the one after it."""
    found = read(member(b"odd", **fields) + header(b"next") + END)
    assert [row.path for row in rows(found.entries)] == [b"odd", b"next"]
    assert codes(found) == [code]


@pytest.mark.parametrize(
    ("field", "low"),
    [
        pytest.param(base256((1 << 40) + 0o4755, 8), 0o4755, id="too-large"),
        pytest.param(base256(0o4755 - (1 << 20), 8), 0o4755, id="negative"),
        pytest.param(base256(1 << 32, 8), 0, id="two-to-the-32"),
    ],
)
def test_runtimes_keep_the_low_bits_of_modes_and_owners(field: bytes, low: int) -> None:
    """As umoci unpacks them: no number hides a set-id bit, or that root owns a file."""
    (row,) = rows(read(header(mode=field, uid=field, gid=field) + END).entries)
    assert (row.mode, row.uid & 0o7777, row.gid & 0o7777) == (low, low, low)


@pytest.mark.parametrize("field", [base256((1 << 32) - 1, 8), base256(-1, 8)])
def test_the_largest_owner_leaves_roots(field: bytes) -> None:
    """`chown(2)` takes it as no owner."""
    found = read(header(uid=field, gid=field) + END)
    assert [(row.uid, row.gid) for row in rows(found.entries)] == [(0, 0)]
    assert codes(found) == ["tar.number-clamped"] * 2


def test_a_checksum_may_be_summed_over_signed_bytes() -> None:
    """Old Sun tars did; it differs for names with bytes above 127."""
    block = bytearray(header(b"\xff\xfe\xfd"))
    block[148:156] = b" " * 8
    signed = sum(byte - 256 if byte > 127 else byte for byte in block)
    found = read(summed(block, octal(signed, 7)) + END)
    assert len(found.entries) == 1
    assert codes(found) == ["tar.odd-name"]


@pytest.mark.parametrize("wrong", [1, -1, 256, 65_521, -65_521])
def test_a_wrong_checksum_is_no_header(wrong: int) -> None:
    """Not even when it is wrong by the modulus of the quick sum."""
    block = bytearray(header(b"victim"))
    block[148:156] = b" " * 8
    value = sum(block) + wrong
    field = octal(value, 7) if value >= 0 else b"%07o" % value
    found = read(summed(block, field) + header(b"next") + END)
    assert [row.path for row in rows(found.entries)] == [b"next"]
    assert codes(found) == ["tar.bad-checksum", "tar.gap"]


@pytest.mark.parametrize("checksum", [b"", b"\0" * 8, b"zzzzzzzz", b"\xff" * 8])
def test_a_checksum_that_is_no_number_is_no_header(checksum: bytes) -> None:
    found = read(header(checksum=checksum) + header(b"next") + END)
    assert [row.path for row in rows(found.entries)] == [b"next"]

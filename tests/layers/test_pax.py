"""Extended headers: PAX records, GNU's long names, global headers."""

import base64
from dataclasses import replace

import pytest

from ocianalyze.layers.pax import Extended, decimal_time, read_pax
from ocianalyze.limits import DEFAULT, KIB
from tests.tars import END, GNU, codes, header, member, padded, pax, read, record, rows

_LONG = b"directory/" * 30 + b"name"


def test_local_records_replace_the_fields_of_one_member() -> None:
    records = {
        b"path": _LONG,
        b"uid": b"4000000000",
        b"gid": b"7",
        b"uname": "jos\u00e9".encode(),
        b"gname": b"staff",
        b"mtime": b"1700000000.25",
        b"size": b"3",
    }
    found = read(pax(records) + member(b"short", b"abc", size=0) + header(b"next") + END)
    first, second = rows(found.entries)
    assert (first.path, first.uid, first.gid, first.size) == (_LONG, 4_000_000_000, 7, 3)
    assert (first.uname, first.gname) == ("jos\u00e9".encode(), b"staff")
    assert (first.mtime, first.nanos) == (1_700_000_000, 250_000_000)
    assert (second.path, second.uid, second.uname) == (b"next", 0, b"")
    assert not found.anomalies


def test_a_member_begins_at_its_first_extended_header() -> None:
    found = read(header() + pax({b"path": b"long"}) + header() + END)
    assert list(found.entries.offset) == [0, 512]


@pytest.mark.parametrize("flag", [b"1", b"2"])
def test_long_link_targets(flag: bytes) -> None:
    found = read(pax({b"linkpath": _LONG}) + header(flag=flag, link=b"short") + END)
    assert found.entries.links.get(0) == _LONG


@pytest.mark.parametrize(
    ("raw", "time"),
    [
        (b"0", (0, 0)),
        (b"1.5", (1, 500_000_000)),
        (b"1.", (1, 0)),
        (b"1.123456789987", (1, 123_456_789)),
        (b"-1", (-1, 0)),
        (b"-1.25", (-2, 750_000_000)),
        (b"-0.5", (-1, 500_000_000)),
        (b"-0", (0, 0)),
        (b"+1.5", (1, 500_000_000)),
        (b"", (None, 0)),
        (b".5", (None, 0)),
        (b"1e9", (None, 0)),
        (b"nan", (None, 0)),
        (b" 1", (None, 0)),
        (b"1" * 40, (None, 0)),
    ],
)
def test_times(raw: bytes, time: tuple[int | None, int]) -> None:
    """Sub-second and negative ones, rounded down."""
    assert decimal_time(raw) == time


@pytest.mark.parametrize(
    ("time", "seconds", "odd"),
    [
        (b"-1.25", -2, []),
        (b"9223372036854775807", (1 << 63) - 1, []),
        (b"9999999999999999999", (1 << 63) - 1, ["tar.number-clamped"]),
        (b"-9999999999999999999", -(1 << 63) + 1, ["tar.number-clamped"]),
        (b"tomorrow", 0, ["tar.bad-number"]),
    ],
)
def test_times_of_members(time: bytes, seconds: int, odd: list[str]) -> None:
    found = read(pax({b"mtime": time}) + header() + END)
    assert list(found.entries.mtime) == [seconds]
    assert codes(found) == odd


@pytest.mark.parametrize(
    ("data", "records", "problem"),
    [
        pytest.param(record(b"a", b"1") + record(b"b", b""), {b"a": b"1", b"b": b""}, "", id="two"),
        pytest.param(record(b"a", b"x=y\nz"), {b"a": b"x=y\nz"}, "", id="value-with-anything"),
        pytest.param(record(b"a", b"1") + bytes(9), {b"a": b"1"}, "", id="nul-at-the-end"),
        pytest.param(b"", {}, "", id="empty"),
        pytest.param(b"+7 a=1\n", {b"a": b"1"}, "", id="plus"),
        pytest.param(b"0" * 30 + b"37 a=1\n", {b"a": b"1"}, "", id="zeros-before"),
        pytest.param(b"99 a=1\n", {}, "record of a wrong length", id="too-long"),
        pytest.param(b"5 a=1\n", {}, "record of a wrong length", id="too-short"),
        pytest.param(b"0 a=1\n", {}, "record of a wrong length", id="no-length"),
        pytest.param(b"2 a=1\n", {}, "record of a wrong length", id="shorter-than-itself"),
        pytest.param(b"6 abc\n", {}, "record of a wrong length", id="no-equals"),
        pytest.param(b"5 =1\n", {}, "record of a wrong length", id="no-key"),
        pytest.param(b"6 a=12", {}, "record of a wrong length", id="no-newline"),
        pytest.param(b"-6 a=1\n", {}, "record without a length", id="negative"),
        pytest.param(b" 6 a=1\n", {}, "record without a length", id="blank-first"),
        pytest.param(b"9" * 30 + b" a=1\n", {}, "record without a length", id="huge"),
        pytest.param(
            record(b"a", b"1") + b"junk", {b"a": b"1"}, "record without a length", id="junk-after"
        ),
    ],
)
def test_records(data: bytes, records: dict[bytes, bytes], problem: str) -> None:
    """What was read before a wrong record is kept."""
    found: dict[bytes, bytes] = {}
    assert read_pax(data, found, []) == problem
    assert found == records


def test_a_wrong_record_is_said() -> None:
    found = read(pax(b"99 path=x\n") + header(b"name") + END)
    assert rows(found.entries)[0].path == b"name"
    assert codes(found) == ["tar.bad-pax"]


@pytest.mark.parametrize("number", [b"+5", b"0" * 5000 + b"5", b"+0005"])
def test_numbers_may_have_a_sign_and_zeros(number: bytes) -> None:
    """Go takes them so; a size that is read otherwise moves all members after it."""
    data = pax({b"uid": number, b"size": number}) + header(size=600) + bytes(512) + header() + END
    found = read(data)
    assert [(row.size, row.uid) for row in rows(found.entries)] == [(5, 5), (0, 0)]
    assert not found.anomalies


@pytest.mark.parametrize("key", [b"path", b"linkpath", b"size", b"uid", b"mtime", b"uname"])
def test_an_empty_value_leaves_the_headers_own(key: bytes) -> None:
    plain = header(b"name", flag=b"2", link=b"to", uid=5, mtime=6, uname=b"u") + END
    (row,) = rows(read(plain).entries)
    assert rows(read(pax({key: b""}) + plain).entries) == [replace(row, offset=0)]


def test_extended_attributes_of_both_spellings() -> None:
    coded = base64.b64encode(b"\0\1cap").rstrip(b"=")
    records = {
        b"SCHILY.xattr.security.capability": b"\1\0\0\2=\n\0",
        b"LIBARCHIVE.xattr.user.a%20b": coded,
        b"LIBARCHIVE.xattr.security.capability": b"AAAA",
        b"SCHILY.xattr.user.empty": b"",
        b"SCHILY.acl.access": b"ignored",
    }
    found = read(pax(records) + header() + END)
    assert dict(rows(found.entries)[0].xattrs) == {
        b"security.capability": b"\1\0\0\2=\n\0",
        b"user.a b": b"\0\1cap",
        b"user.empty": b"",
    }
    assert not found.anomalies


def test_an_attribute_that_is_no_base64_is_kept_and_said() -> None:
    found = read(pax({b"LIBARCHIVE.xattr.user.x": b"A"}) + header() + END)
    assert dict(rows(found.entries)[0].xattrs) == {b"user.x": b"A"}
    assert codes(found) == ["tar.bad-pax"]


def test_large_attributes_do_not_hide_a_capability() -> None:
    """Beyond the limit the smallest are kept."""
    records = {
        b"SCHILY.xattr.user.junk": bytes(70 * KIB),
        b"SCHILY.xattr.security.capability": b"\1\0\0\2",
    }
    found = read(pax(records) + header() + END)
    assert dict(rows(found.entries)[0].xattrs) == {b"security.capability": b"\1\0\0\2"}
    assert codes(found) == ["tar.header-too-large"]


def test_a_nul_in_an_attributes_name_does_not_break_the_column() -> None:
    found = read(pax({b"SCHILY.xattr.user.a\0b": b"1"}) + header() + END)
    assert dict(rows(found.entries)[0].xattrs) == {b"user.a?b": b"1"}


@pytest.mark.parametrize("key", [b"path", b"linkpath"])
def test_a_nul_ends_a_path(key: bytes) -> None:
    found = read(pax({key: b"etc/passwd\0.txt"}) + header(flag=b"2") + END)
    (row,) = rows(found.entries)
    assert b"etc/passwd" in (row.path, row.link)
    assert codes(found) == ["tar.odd-name"]


def test_of_two_extended_headers_the_last_counts() -> None:
    """As in Go; GNU tar and Python merge them, so that it is said."""
    found = read(pax({b"uid": b"5", b"path": b"a"}) + pax({b"gid": b"6"}) + header(b"b") + END)
    (row,) = rows(found.entries)
    assert (row.path, row.uid, row.gid) == (b"b", 0, 6)
    assert codes(found) == ["tar.bad-pax"]


@pytest.mark.parametrize(
    "records",
    [{b"path": b"hidden"}, {b"size": b"0"}, {b"uid": b"7"}, {b"GNU.sparse.map": b"0,0"}],
    ids=lambda records: next(iter(records)).decode(),
)
def test_global_headers_change_nothing(records: dict[bytes, bytes]) -> None:
    """Go does not apply them, so a runtime sees what is below; that there is one is said."""
    found = read(pax(records, b"g") + member(b"seen", b"content") + END)
    (row,) = rows(found.entries)
    assert (row.path, row.size, row.uid, row.offset) == (b"seen", 7, 0, 1024)
    assert codes(found) == ["tar.global-header"]


def test_a_global_header_with_a_comment_alone_is_ordinary() -> None:
    """`git archive` writes the commit there."""
    found = read(pax({b"comment": b"0123abcd"}, b"g") + header() + END)
    assert len(found.entries) == 1
    assert not found.anomalies


def test_gnu_long_names() -> None:
    long = member(b"././@LongLink", _LONG + b"\0junk", flag=b"L", magic=GNU)
    link = member(b"././@LongLink", _LONG + b"2\0", flag=b"K", magic=GNU)
    found = read(long + link + header(b"short", flag=b"2", link=b"short", magic=GNU) + END)
    (row,) = rows(found.entries)
    assert (row.path, row.link) == (_LONG, _LONG + b"2")
    assert not found.anomalies


@pytest.mark.parametrize("first", ["gnu", "pax"])
def test_gnu_long_names_win_over_pax(first: str) -> None:
    """In whatever order they come."""
    both = [member(b"x", b"by-gnu\0", flag=b"L"), pax({b"path": b"by-pax"})]
    data = b"".join(both if first == "gnu" else reversed(both))
    assert rows(read(data + header(b"short") + END).entries)[0].path == b"by-gnu"


def test_an_empty_long_name_is_none() -> None:
    found = read(member(b"x", b"\0", flag=b"L") + header(b"short") + END)
    assert rows(found.entries)[0].path == b"short"


@pytest.mark.parametrize("flag", [b"x", b"g", b"L", b"K", b"X"])
def test_a_claimed_gigabyte_of_header_is_not_collected(flag: bytes) -> None:
    found = read(header(size=1 << 30, flag=flag) + bytes(4096))
    assert not found.entries
    assert codes(found)[0] == "tar.header-too-large"


def test_a_header_above_the_limit_is_passed_over() -> None:
    limits = replace(DEFAULT, header_bytes=1000)
    found = read(pax({b"comment": bytes(2000)}) + member(b"next", b"x") + END, limits=limits)
    assert [row.path for row in rows(found.entries)] == [b"next"]
    assert codes(found) == ["tar.header-too-large"]


def test_an_extended_header_without_a_member_is_said() -> None:
    found = read(header() + pax({b"path": b"lost"}) + END)
    assert len(found.entries) == 1
    assert codes(found) == ["tar.bad-pax"]


def test_an_archive_that_ends_in_an_extended_header_is_partial() -> None:
    found = read(header() + header(size=900, flag=b"x") + padded(b"30 path=abc\n"))
    assert found.partial
    assert "tar.truncated" in codes(found)


def test_records_that_are_absent_leave_what_is_there() -> None:
    extended = Extended()
    assert extended.number(b"size", 7) == 7
    assert extended.path(b"p") == b"p"
    assert extended.xattrs() == ({}, "")

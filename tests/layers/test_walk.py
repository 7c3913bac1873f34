"""Members of every kind become entries; limits end a walk honestly."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, count
from unittest.mock import patch

import pytest

from ocianalyze.layers.observer import Interest
from ocianalyze.limits import DEFAULT, Limits
from tests.tars import (
    END,
    GNU,
    USTAR,
    V7,
    base256,
    by_head,
    codes,
    cut,
    header,
    keeper,
    member,
    pax,
    read,
    rows,
    walk,
)


@pytest.mark.parametrize("magic", [V7, USTAR, GNU], ids=["v7", "ustar", "gnu"])
@pytest.mark.parametrize(
    ("flag", "kind"),
    [
        (b"0", "f"),
        (b"\0", "f"),
        (b"7", "f"),
        (b"1", "h"),
        (b"2", "l"),
        (b"3", "c"),
        (b"4", "b"),
        (b"5", "d"),
        (b"6", "p"),
        (b"D", "d"),
        (b"V", "u"),
        (b"M", "u"),
        (b"\xff", "u"),
    ],
)
def test_kinds(flag: bytes, kind: str, magic: bytes) -> None:
    found = read(header(b"name", flag=flag, magic=magic, minor=1) + END)
    (row,) = rows(found.entries)
    assert (row.path, row.kind) == (b"name", kind)
    odd = {
        "u": ["tar.unknown-type"],
        "f": ["tar.unknown-type"] * (flag == b"7"),
        "c": ["merge.overlay-whiteout"] if magic == V7 else [],
    }
    assert codes(found) == odd.get(kind, []), "headers of v7 have no device numbers"


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 512, b"x" * 513, b"y" * 5000])
def test_contents_have_digest_size_and_type(content: bytes) -> None:
    found = read(member(b"file", content) + header(b"next") + END)
    first, second = rows(found.entries)
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert (first.size, first.file_type) == (len(content), by_head(content[:512]))
    assert second.path == b"next"


@pytest.mark.parametrize("flag", [b"1", b"2", b"3", b"4", b"5", b"6"])
def test_what_is_no_file_has_no_content(flag: bytes) -> None:
    """Its size field does not count, as in Go and GNU tar: the next header follows at once."""
    found = read(header(b"name", flag=flag, size=4096) + header(b"next") + END)
    first, second = rows(found.entries)
    assert (first.size, first.sha256, first.file_type) == (0, "", 0)
    assert second.path == b"next"


@pytest.mark.parametrize(
    ("members", "told"),
    [
        pytest.param(header(b"etc/passwd", flag=b"3"), True, id="0:0"),
        pytest.param(header(b"dev/null", flag=b"3", major=1, minor=3), False, id="1:3"),
        pytest.param(header(b"dev/x", flag=b"4"), False, id="block"),
        pytest.param(
            pax({b"SCHILY.xattr.trusted.overlay.opaque": b"y"}) + header(b"etc/", flag=b"5"),
            True,
            id="opaque",
        ),
        pytest.param(
            pax({b"LIBARCHIVE.xattr.user.overlay.whiteout": b"eQ"}) + header(b"etc/x"),
            True,
            id="user",
        ),
        pytest.param(
            pax({b"SCHILY.xattr.user.note": b"y"}) + header(b"etc/", flag=b"5"), False, id="other"
        ),
    ],
)
def test_what_overlay_file_systems_hide_by_is_told(members: bytes, told: bool) -> None:  # noqa: FBT001
    """The specification knows names alone, so the tree keeps what is below."""
    assert ("merge.overlay-whiteout" in codes(read(members + END))) is told


@pytest.mark.parametrize("flag", [b"D", b"V", b"Z"])
def test_the_data_of_other_types_is_passed_over(flag: bytes) -> None:
    found = read(member(b"name", b"Yfile\0\0", flag=flag) + header(b"next") + END)
    assert [row.path for row in rows(found.entries)] == [b"name", b"next"]


@pytest.mark.parametrize(
    ("flag", "kind"), [pytest.param(b"\0", "d", id="v7"), pytest.param(b"0", "f", id="posix")]
)
def test_a_slash_makes_a_directory_in_old_archives_only(flag: bytes, kind: str) -> None:
    """Go and tarfile agree; a file that looked like a directory would keep its content unseen."""
    found = read(member(b"name/", b"", flag=flag) + END)
    assert rows(found.entries)[0].kind == kind


def test_a_directory_of_old_archives_has_no_data() -> None:
    """Go sees the members there that a reader would take as its content."""
    inner = member(b"inner", b"content", mode=0o4755)
    found = read(header(b"name/", flag=b"\0", size=len(inner)) + inner + header(b"next") + END)
    assert [row.path for row in rows(found.entries)] == [b"name", b"inner", b"next"]


def test_devices_have_their_numbers() -> None:
    data = header(b"c", flag=b"3", major=1, minor=3)
    data += header(b"b", flag=b"4", major=base256(1 << 20, 8), minor=0o7777777)
    devices = [row.device for row in rows(read(data + END).entries)]
    assert devices == [b"1:3", b"1048576:2097151"]


@pytest.mark.parametrize(
    ("flag", "raw", "link", "odd"),
    [
        (b"2", b"/etc/passwd", b"/etc/passwd", []),
        (b"2", b"../../x", b"../../x", []),
        (b"2", b"", b"", []),
        (b"1", b"./usr/bin/a", b"usr/bin/a", []),
        (b"1", b"/usr/bin/a", b"usr/bin/a", []),
        (b"1", b"../../etc/shadow", b"etc/shadow", ["tar.link-outside"]),
    ],
)
def test_links(flag: bytes, raw: bytes, link: bytes, odd: list[str]) -> None:
    """Symbolic ones as stored; targets of hard ones are paths in the root."""
    found = read(header(b"name", flag=flag, link=raw) + END)
    assert rows(found.entries)[0].link == link
    assert codes(found) == odd


def test_a_path_may_occur_twice() -> None:
    """The merge decides; the walk keeps both."""
    found = read(member(b"a", b"1") + member(b"a", b"2") + END)
    assert [row.path for row in rows(found.entries)] == [b"a", b"a"]
    assert len({row.sha256 for row in rows(found.entries)}) == 2


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        (b".wh.gone", "w", b"gone"),
        (b"etc/.wh.gone", "w", b"etc/gone"),
        (b"etc/.wh..wh..opq", "o", b"etc"),
        (b".wh..wh..opq", "o", b""),
        (b"etc/.wh..wh.plnk", "u", b"etc/.wh..wh.plnk"),
        (b"etc/.wh.", "u", b"etc/.wh."),
        (b"etc/.wh...", "u", b"etc/.wh..."),
    ],
)
def test_whiteouts(name: bytes, kind: str, path: bytes) -> None:
    (row,) = rows(read(header(name) + END).entries)
    assert (row.kind, row.path) == (kind, path)


def test_windows_layers_are_listed_as_they_are() -> None:
    records = {
        b"MSWINDOWS.fileattr": b"32",
        b"MSWINDOWS.rawsd": b"AQAE",
        b"LIBARCHIVE.creationtime": b"1.5",
    }
    data = header(b"Files", flag=b"5") + header(b"Hives", flag=b"5")
    data += pax(records) + member(b"Files/Windows/notepad.exe", b"MZ") + header(b"Hives/Sam_Delta")
    found = read(data + END)
    assert [row.path for row in rows(found.entries)] == [
        b"Files",
        b"Hives",
        b"Files/Windows/notepad.exe",
        b"Hives/Sam_Delta",
    ]
    assert not found.anomalies


@pytest.mark.parametrize(
    ("fields", "odd"),
    [
        pytest.param({"size": base256(-1, 12)}, "tar.negative-size", id="negative"),
        pytest.param({"size": b"x" * 12}, "tar.bad-number", id="unreadable"),
    ],
)
def test_a_size_that_is_none_counts_as_zero(fields: dict[str, bytes], odd: str) -> None:
    found = read(header(b"a", **fields) + member(b"b", b"1") + END)
    assert [row.path for row in rows(found.entries)] == [b"a", b"b"]
    assert codes(found) == [odd]


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(5000, id="a-little-too-much"),
        pytest.param(base256(1 << 62, 12), id="exabytes"),
        pytest.param(base256(1 << 80, 12), id="beyond-64-bits"),
    ],
)
def test_a_size_beyond_the_archive_is_truncation(size: int | bytes) -> None:
    found = read(header(b"a", size=size) + bytes(1024))
    (row,) = rows(found.entries)
    assert row.sha256 == ""
    assert found.partial
    assert "tar.truncated" in codes(found)


def test_a_member_may_swallow_what_looks_like_members() -> None:
    """A size that covers the next headers makes them content, for every reader."""
    inner = member(b"hidden", b"1")
    found = read(member(b"outer", inner) + header(b"next") + END)
    assert [row.path for row in rows(found.entries)] == [b"outer", b"next"]


@pytest.mark.parametrize(("limit", "partial"), [(2, True), (3, False), (4, False)])
def test_the_limit_of_entries(limit: int, partial: bool) -> None:  # noqa: FBT001 - a parameter
    """As many entries as are allowed are no reason to complain."""
    data = header(b"a") + header(b"b") + header(b"c") + END
    found = read(data, limits=replace(DEFAULT, layer_entries=limit))
    assert len(found.entries) == min(limit, 3)
    assert bool(found.partial) is partial
    assert codes(found) == (["tar.limit"] if partial else [])
    assert found.diff_id == f"sha256:{hashlib.sha256(data).hexdigest()}"


def _endless() -> Iterator[bytes]:
    for number in count():
        yield member(b"d%d/f" % number, b"x")


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(_endless, id="members"),
        pytest.param(lambda: chain([header(size=1 << 40)], _endless()), id="content"),
        pytest.param(lambda: chain([header(flag=b"Z", size=1 << 40)], _endless()), id="skipped"),
        pytest.param(lambda: (pax({b"path": b"x"}) for _ in count()), id="extended-headers"),
        pytest.param(lambda: (b"junk" * 1024 for _ in count()), id="no-tar"),
        pytest.param(lambda: chain([END], (bytes(1024) for _ in count())), id="zeros-at-the-end"),
    ],
)
def test_time_ends_every_loop(chunks: object) -> None:
    """Whatever the walk is doing."""
    assert callable(chunks)
    with patch("time.monotonic", count().__next__):
        outcome = walk(chunks(), limits=replace(DEFAULT, layer_seconds=50))
    assert outcome.partial == "limit layer_seconds (50) reached"
    assert outcome.anomalies[-1].code == "tar.limit"


def test_memory_for_facts_is_bounded() -> None:
    data = b"".join(header(b"directory-%d/" % n * 5 + b"name") for n in range(2000)) + END
    outcome = walk(cut(data, 4096), limits=replace(DEFAULT, facts_bytes=100_000))
    assert "facts_bytes" in outcome.partial
    assert 10 < len(outcome.rows) < 1000


def test_anomalies_are_counted_beyond_their_limit() -> None:
    data = b"".join(header(b"../%d" % n) for n in range(50)) + END
    found = read(data, limits=replace(DEFAULT, anomalies=10))
    assert (len(found.anomalies), found.anomalies_dropped) == (10, 40)


def test_captured_bytes_are_bounded_and_the_facts_say_so() -> None:
    observer = keeper("all", Interest(directories=frozenset({b""})))
    data = b"".join(member(b"f%d" % n, bytes(100)) for n in range(10)) + END
    found = read(data, (observer,), replace(DEFAULT, capture_bytes=350))
    assert [seen.entry for seen in found.observations["all"]] == [0, 1, 2]
    assert "capture_bytes" in found.partial
    assert len(found.entries) == 10


@pytest.mark.parametrize("data", [b"", bytes(512), END, bytes(10_240)], ids=len)
def test_an_empty_archive_is_no_failure(data: bytes) -> None:
    found = read(data)
    assert not found.entries
    assert not found.partial


def test_limits_are_not_needed_for_a_large_file() -> None:
    """A quarter of a gigabyte passes without being kept."""
    megabyte = bytes(1 << 20)
    chunks = chain([header(b"big", size=1 << 28)], (megabyte for _ in range(256)), [END])
    outcome = walk(chunks, limits=Limits())
    assert outcome.rows[0].size == 1 << 28
    assert outcome.rows[0].sha256
    assert not outcome.partial

"""Paths stay inside the root, are normal, and are bounded."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.layers.paths import normalise
from ocianalyze.limits import DEFAULT
from tests.tars import END, codes, header, pax, read, rows

ESCAPES, NOT_NORMAL = "tar.path-escapes", "tar.path-not-normal"


@pytest.mark.parametrize(
    ("raw", "path", "code"),
    [
        (b"etc/passwd", b"etc/passwd", ""),
        (b"./etc/passwd", b"etc/passwd", ""),
        (b"/etc/passwd", b"etc/passwd", ""),
        (b"//etc/passwd", b"etc/passwd", ""),
        (b"etc/", b"etc", ""),
        (b".", b"", ""),
        (b"./", b"", ""),
        (b"/", b"", ""),
        (b"", b"", ""),
        (b"etc//passwd", b"etc/passwd", NOT_NORMAL),
        (b"etc/./passwd", b"etc/passwd", NOT_NORMAL),
        (b"etc/x/../passwd", b"etc/passwd", NOT_NORMAL),
        (b"a/b/../../c", b"c", NOT_NORMAL),
        (b"..", b"", ESCAPES),
        (b"../etc/passwd", b"etc/passwd", ESCAPES),
        (b"/../etc/passwd", b"etc/passwd", ESCAPES),
        (b"a/../../etc/passwd", b"etc/passwd", ESCAPES),
        (b"..../x", b"..../x", ""),
        (b"a\\..\\b", b"a\\..\\b", ""),
    ],
)
def test_paths_are_taken_as_inside_the_root(raw: bytes, path: bytes, code: str) -> None:
    assert normalise(raw) == (path, code)
    found = read(header(raw, flag=b"5") + END)
    assert rows(found.entries)[0].path == path
    assert codes(found) == ([code] if code else [])


@given(st.lists(st.sampled_from([b"", b".", b"..", b"a", b"bc", b"..."]), max_size=12))
def test_a_normal_path_has_no_part_that_moves(parts: list[bytes]) -> None:
    path, _ = normalise(b"/".join(parts))
    assert not set(path.split(b"/")) & {b".", b".."}
    assert b"//" not in path
    assert normalise(path) == (path, "")


def test_every_path_that_escapes_is_said() -> None:
    found = read(header(b"../a") + header(b"../b") + header(b"../b") + END)
    assert [(a.code, a.path, a.offset) for a in found.anomalies] == [
        (ESCAPES, b"../a", 0),
        (ESCAPES, b"../b", 512),
        (ESCAPES, b"../b", 1024),
    ]


def test_an_odd_spelling_of_a_directory_is_said_once() -> None:
    """A tool that writes two slashes writes them a million times."""
    found = read(header(b"usr//a") + header(b"usr//b") + header(b"usr/c") + END)
    assert [row.path for row in rows(found.entries)] == [b"usr/a", b"usr/b", b"usr/c"]
    assert codes(found) == [NOT_NORMAL]
    assert found.entries.directories == [b"", b"usr"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"bell\x07", id="control"),
        pytest.param(b"line\nbreak", id="newline"),
        pytest.param(b"\x1b[31mred", id="escape-sequence"),
        pytest.param(b"delete\x7f", id="delete"),
        pytest.param(b"latin-\xe9", id="not-utf-8"),
        pytest.param(b"\xed\xa0\x80", id="surrogate"),
        pytest.param("photo\u202egpj.exe".encode(), id="right-to-left"),
        pytest.param("zero\u200bwidth".encode(), id="zero-width"),
        pytest.param("mark\ufeff".encode(), id="byte-order-mark"),
        pytest.param("no\u00a0break".encode(), id="space-that-is-none"),
        pytest.param("c1\u009b31m".encode(), id="c1-control"),
    ],
)
def test_odd_names_are_kept_and_said(name: bytes) -> None:
    found = read(header(b"etc/" + name) + END)
    assert rows(found.entries)[0].path == b"etc/" + name
    assert [(a.code, a.path) for a in found.anomalies] == [("tar.odd-name", b"etc/" + name)]


def test_names_in_other_scripts_are_not_odd() -> None:
    name = "caf\u00e9-\u65e5\u672c".encode()
    assert not read(header(name) + END).anomalies


@pytest.mark.parametrize(
    ("path", "limits"),
    [
        pytest.param(b"n" * 5000, DEFAULT, id="name"),
        pytest.param(b"d/" * 2500 + b"n", DEFAULT, id="directories"),
        pytest.param(b"d/" * 300 + b"n", DEFAULT, id="depth"),
        pytest.param(b"n" * 101, replace(DEFAULT, path_bytes=100), id="given-limit"),
    ],
)
def test_paths_beyond_the_limits_are_cut_and_said(path: bytes, limits: object) -> None:
    assert isinstance(limits, type(DEFAULT))
    found = read(pax({b"path": path}) + header(b"short") + header(b"next") + END, limits=limits)
    first, second = rows(found.entries)
    assert len(first.path) <= limits.path_bytes
    assert first.path.count(b"/") <= limits.path_depth
    assert second.path == b"next"
    assert "tar.path-too-long" in codes(found)


@pytest.mark.parametrize("flag", [b"1", b"2"])
def test_link_targets_beyond_the_limit_are_cut_and_said(flag: bytes) -> None:
    found = read(pax({b"linkpath": b"t" * 5000}) + header(b"name", flag=flag) + END)
    assert len(rows(found.entries)[0].link) == DEFAULT.path_bytes
    assert codes(found) == ["tar.path-too-long"]


def test_owner_names_are_numbered_up_to_a_bound() -> None:
    data = b"".join(header(b"f", uname=b"u%d" % n, gname=b"g%d" % n) for n in range(40_000)) + END
    found = read(data)
    assert len(found.entries.owners) == 1 << 16
    assert rows(found.entries)[-1].uname == b""


def test_a_long_owner_name_is_cut() -> None:
    found = read(pax({b"uname": b"u" * 100_000}) + header() + END)
    assert len(rows(found.entries)[0].uname) == 256

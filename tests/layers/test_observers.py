"""Observers see exactly the contents that they asked for."""

import pytest

from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from tests.tars import END, Keep, cut, header, keeper, member, pax, read, rows, walk

_ELF = b"\x7fELF" + bytes(100)
_FILES = {
    b"etc/passwd": b"root:x:0:0::/:/bin/sh\n",
    b"opt/passwd": b"other",
    b"etc/key.pem": b"-----BEGIN",
    b"usr/bin/prog": _ELF,
    b"usr/bin/script": b"#!/bin/sh\n",
    b"pem": b"no suffix",
    b"etc/deep/file": b"deeper",
    b"etc/empty.pem": b"",
}
_DATA = b"".join(member(path, content) for path, content in _FILES.items()) + END


@pytest.mark.parametrize(
    ("interest", "wanted"),
    [
        pytest.param(Interest(), [], id="nothing"),
        pytest.param(Interest(paths=frozenset({b"etc/passwd"})), [b"etc/passwd"], id="path"),
        pytest.param(
            Interest(names=frozenset({b"passwd"})), [b"etc/passwd", b"opt/passwd"], id="name"
        ),
        pytest.param(Interest(suffixes=frozenset({b".pem"})), [b"etc/key.pem"], id="suffix"),
        pytest.param(
            Interest(directories=frozenset({b"etc"})), [b"etc/passwd", b"etc/key.pem"], id="place"
        ),
        pytest.param(Interest(directories=frozenset({b""})), [b"pem"], id="root"),
        pytest.param(Interest(magics=frozenset({b"\x7fELF"})), [b"usr/bin/prog"], id="magic"),
        pytest.param(Interest(magics=frozenset({b"#!"})), [b"usr/bin/script"], id="two-bytes"),
        pytest.param(
            Interest(names=frozenset({b"passwd"}), magics=frozenset({b"#!"})),
            [b"etc/passwd", b"opt/passwd", b"usr/bin/script"],
            id="any-of-them",
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 512, 700, 1 << 20])
def test_interests(interest: Interest, wanted: list[bytes], size: int) -> None:
    """Whole contents, wherever chunks end; what is empty has nothing to show."""
    outcome = walk(cut(_DATA, size), (keeper("eye", interest),))
    seen = {outcome.rows[found.entry].path: found for found in outcome.observations["eye"]}
    assert list(seen) == wanted
    assert all(found.value == _FILES[path] for path, found in seen.items())
    assert all(found.complete for found in seen.values())


@pytest.mark.parametrize("prefix", [b"./", b"/", b""])
def test_observers_are_told_normal_paths(prefix: bytes) -> None:
    told: list[tuple[Seen, bytes]] = []

    def start(seen: Seen, head: memoryview) -> Tap | None:
        told.append((seen, bytes(head)))
        return None

    observer = Observer("eye", 1, Interest(names=frozenset({b"a"})), start)
    for data in (member(prefix + b"a", b"x" * 900, mode=0o4755), member(prefix + b"b/a", b"y")):
        for plain in (True, False):
            walk(iter([data + END]), (observer,), plain=plain)
    assert told == [
        *[(Seen(b"a", 900, 0o4755), b"x" * 512)] * 2,
        *[(Seen(b"b/a", 1, 0o644), b"y")] * 2,
    ]


def test_a_tap_that_had_enough_sees_no_more() -> None:
    taps: list[Keep] = []

    def start(_: Seen, __: memoryview) -> Tap:
        taps.append(Keep([], room=3))
        return taps[-1]

    observer = Observer("eye", 1, Interest(names=frozenset({b"a"})), start)
    outcome = walk(cut(member(b"a", b"0123456789" * 100) + END, 2), (observer,))
    assert outcome.observations["eye"][0].value == b"012"
    assert outcome.observations["eye"][0].complete
    assert b"".join(taps[0].pieces) == b"012"


def test_a_content_that_ends_early_is_not_complete() -> None:
    observer = keeper("eye", Interest(names=frozenset({b"a"})))
    found = read(member(b"a", b"x" * 3000)[:1024], (observer,))
    assert [(seen.value, seen.complete) for seen in found.observations["eye"]] == [
        (b"x" * 512, False)
    ]
    assert found.partial


def test_a_tap_may_find_nothing_worth_keeping() -> None:
    class Nothing:
        """A tap without a result."""

        def feed(self, _: bytes | memoryview) -> bool:
            return False

        def close(self) -> bytes | None:
            return None

    observer = Observer("eye", 1, Interest(names=frozenset({b"a"})), lambda _, __: Nothing())
    assert read(member(b"a", b"x") + END, (observer,)).observations == {"eye": ()}


def test_several_observers_see_the_same_file() -> None:
    first = keeper("first", Interest(names=frozenset({b"a"})))
    second = keeper("second", Interest(magics=frozenset({b"#!"})))
    found = read(member(b"a", b"#!x") + END, (first, second))
    assert found.observations["first"] == found.observations["second"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(header(b".wh.passwd"), id="whiteout"),
        pytest.param(header(b"passwd", flag=b"5"), id="directory"),
        pytest.param(header(b"passwd", flag=b"2", link=b"x"), id="symbolic-link"),
    ],
)
def test_only_files_are_shown(data: bytes) -> None:
    observer = keeper("eye", Interest(names=frozenset({b"passwd"}), directories=frozenset({b""})))
    assert not read(data + END, (observer,)).observations["eye"]


def test_long_paths_of_extended_headers_count() -> None:
    observer = keeper("eye", Interest(paths=frozenset({b"etc/passwd"})))
    found = read(pax({b"path": b"etc/passwd"}) + member(b"short", b"x") + END, (observer,))
    assert [rows(found.entries)[seen.entry].path for seen in found.observations["eye"]] == [
        b"etc/passwd"
    ]

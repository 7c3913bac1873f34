"""The facts of a tar depend on its bytes alone: not on chunks, not on which loop read a member."""

import io
import random
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.layers.observer import Interest
from tests.tars import (
    END,
    GNU,
    USTAR,
    V7,
    cut,
    header,
    keeper,
    member,
    pax,
    random_sizes,
    walk,
)

OBSERVERS = (
    keeper("names", Interest(names=frozenset({b"passwd", b"f3"}))),
    keeper("magics", Interest(magics=frozenset({b"\x7fELF", b"#!"})), room=700),
    keeper("places", Interest(directories=frozenset({b"", b"etc"}), paths=frozenset({b"usr/f1"}))),
    keeper("suffixes", Interest(suffixes=frozenset({b".pem"}))),
)
_NAMES = (b"passwd", b"f1", b"f3", b"a.pem", b".wh.gone", b".wh..wh..opq", b"caf\xc3\xa9", b"x\x01")
_PLACES = (b"", b"etc/", b"./usr/", b"usr/", b"usr//", b"a/../usr/", b"../", b"/", b"..//x/", b"./")
_HEADS = (b"", b"#!/bin/sh\n", b"\x7fELF\2\1", b"root:x:0:0\n")
_NUMBERS: st.SearchStrategy[int | bytes] = st.sampled_from(
    [0, 1, 0o644, 0o7777, b"0000755 ", b" 644 \0", b"zz", b"", b"\x80" + bytes(7)]
)

_TIMES: st.SearchStrategy[int | bytes] = st.sampled_from([0, 1_700_000_000, b"bad", b"\xff" * 12])


_BEFORE = (
    pax({b"mtime": b"12.5", b"atime": b"1"}),
    pax({b"path": b"etc/passwd", b"linkpath": b"a/../target"}),
    pax({b"mtime": b"-1.25"}),
    pax({b"path": b"etc//passwd"}),
    pax({b"path": b"etc/pass\0wd"}),
    pax({b"linkpath": b"../../x"}),
    pax({b"SCHILY.xattr.user.a": b"1"}),
    pax({b"uid": b"70000"}) + pax({b"gid": b"3"}),
    pax({b"mtime": b"1.5"}) + pax({b"mtime": b"2.5"}),
    pax(b"9 junk"),
    member(b"././@LongLink", b"usr/" + b"n" * 120 + b"\0", flag=b"L"),
    pax({b"mtime": b"bad"}),
    pax({b"path": b"global"}, b"g"),
    b"junk".ljust(512, b"!"),
    bytes(512),
)
_LINKS = (b"", b"etc/passwd", b"../../up", b"/abs", b"a//b")


@st.composite
def ordinary(draw: st.DrawFn) -> bytes:
    """A member for the quick loop, or with one thing that is not."""
    flag = draw(st.sampled_from([b"0", b"0", b"0", b"\0", b"5", b"2", b"1"]))
    content = draw(st.sampled_from(_HEADS)) + bytes(draw(st.integers(0, 1500)))
    return draw(st.sampled_from([b"", b"", b"", *_BEFORE[:2]])) + member(
        draw(st.sampled_from(_PLACES)) + draw(st.sampled_from(_NAMES)),
        content if flag in b"0\0" else b"",
        flag=flag,
        magic=draw(st.sampled_from([USTAR, GNU])),
        link=draw(st.sampled_from(_LINKS)),
        uname=draw(st.sampled_from([b"", b"root", b"root\0junk"])),
    )


@st.composite
def odd(draw: st.DrawFn) -> bytes:
    """A member with several things that are not plain."""
    name = draw(st.sampled_from(_PLACES)) + draw(st.sampled_from(_NAMES))
    flag = draw(st.sampled_from([b"0", b"\0", b"5", b"2", b"1", b"3", b"6", b"7", b"Z"]))
    magic = draw(st.sampled_from([USTAR, GNU, V7]))
    return draw(st.sampled_from([b"", *_BEFORE])) + member(
        name,
        draw(st.sampled_from(_HEADS)) if flag not in b"123456" else b"",
        flag=flag,
        magic=magic,
        link=draw(st.sampled_from(_LINKS)),
        mode=draw(_NUMBERS),
        uid=draw(_NUMBERS),
        mtime=draw(_TIMES),
        prefix=b"" if magic == GNU else draw(st.sampled_from([b"", b"deep/er"])),
        tail=draw(st.sampled_from([b"", b"", b"tar\0"])),
    )


def members() -> st.SearchStrategy[bytes]:
    """Return members of any kind, most of them ordinary."""
    return st.one_of(ordinary(), ordinary(), ordinary(), odd())


ARCHIVES = st.lists(members(), max_size=16).map(lambda parts: b"".join(parts) + END)


@settings(max_examples=60)
@given(ARCHIVES, st.integers(0, 2**32), st.sampled_from([1, 600, 3000, 1 << 20]))
def test_chunks_and_loops_do_not_matter(archive: bytes, seed: int, largest: int) -> None:
    """The quick loop on one big chunk equals the slow path on crumbs."""
    whole = walk(iter([archive]), OBSERVERS)
    assert walk(iter([archive]), OBSERVERS, plain=False) == whole
    assert walk(cut(archive, random_sizes(seed, largest)), OBSERVERS) == whole
    assert walk(cut(archive, random_sizes(seed, largest)), OBSERVERS, plain=False) == whole


@settings(max_examples=40)
@given(ARCHIVES, st.integers(0, 2**32), st.data())
def test_a_damaged_archive_is_read_alike_in_all_chunks(
    archive: bytes, seed: int, data: st.DataObject
) -> None:
    """Flipped bytes and a lost end change the facts, and change them always in the same way."""
    damaged = bytearray(archive[: data.draw(st.integers(0, len(archive)))])
    for at in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=3)):
        if damaged:
            damaged[at] ^= 1 << seed % 8
    whole = walk(iter([bytes(damaged)]), OBSERVERS)
    assert walk(cut(bytes(damaged), random_sizes(seed, 900)), OBSERVERS) == whole
    assert walk(iter([bytes(damaged)]), OBSERVERS, plain=False) == whole


@pytest.mark.parametrize("format_", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_every_alignment_against_the_chunk_borders(format_: int) -> None:
    """A header, a content and its padding are cut at every byte."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format_) as archive:
        for name, content in (("etc/passwd", b"root:x:0:0\n"), ("run.sh", b"#!/bin/sh\n" * 70)):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1.5 if format_ == tarfile.PAX_FORMAT else 1
            archive.addfile(info, io.BytesIO(content))
    data = buffer.getvalue()[: 8 * 512]
    whole = walk(iter([data]), OBSERVERS)
    assert [row.path for row in whole.rows] == [b"etc/passwd", b"run.sh"]
    for at in range(len(data)):
        assert walk(iter([data[:at], data[at:]]), OBSERVERS) == whole, at


def test_large_contents_reach_their_digest_in_any_pieces() -> None:
    content = random.Random(7).randbytes(70_000)
    archive = member(b"big", content) + header(b"after") + END
    whole = walk(iter([archive]), OBSERVERS)
    for size in (1, 511, 512, 513, 65_536):
        assert walk(cut(archive, size), OBSERVERS) == whole

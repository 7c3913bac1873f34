"""Bombs, damage, encryption, depth: something honest is said, in bounded time and memory."""

import bz2
import gzip
import io
import lzma
import struct
import tracemalloc
import zipfile
import zlib

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.inner import Inside, unpacked
from ocianalyze.detectors.secrets.inside.observer import observer
from ocianalyze.layers.observer import Seen
from ocianalyze.limits import DEFAULT, MIB, Limits
from tests.detectors.secrets.inside.conftest import TEXT, Look, arred, cpioed, rpm, tarred, zipped

PIECE = b"\0" * MIB
SMALL = {"inner_free_bytes": 8 * MIB, "inner_bytes": 64 * MIB}


def bomb(compressor: "zlib._Compress | bz2.BZ2Compressor | lzma.LZMACompressor", mib: int) -> bytes:
    return b"".join(compressor.compress(PIECE) for _ in range(mib)) + compressor.flush()


def reasons(found: Inside) -> list[str]:
    return [one.reason for one in found.unread]


class TestBombs:
    """Little that becomes much."""

    @pytest.mark.parametrize(
        "data",
        [
            bomb(zlib.compressobj(9, wbits=31), 100),
            bomb(bz2.BZ2Compressor(), 100),
            bomb(lzma.LZMACompressor(), 100),
            zstandard.compress(bytes(100 * MIB)),
            zipped({"a": bytes(100 * MIB)}),
            zipped({"a": bytes(100 * MIB)}, zipfile.ZIP_BZIP2),
        ],
        ids=["gzip", "bzip2", "xz", "zstd", "zip", "zip bzip2"],
    )
    def test_a_bomb_is_stopped_in_little_memory(self, data: bytes, look: Look) -> None:
        tracemalloc.start()
        try:
            found = look("x", data, **SMALL)
            assert tracemalloc.get_traced_memory()[1] < 40 * MIB
        finally:
            tracemalloc.stop()
        assert any(reason.startswith("limit in") for reason in reasons(found))

    def test_zstd_blocks_that_repeat_one_byte_are_stopped(self, look: Look) -> None:
        block = ((128 << 10) << 3 | 1 << 1).to_bytes(3, "little") + b"x"
        data = b"\x28\xb5\x2f\xfd\x00\x58" + block * 100_000
        assert reasons(look("x.zst", data, **SMALL))[0].startswith("limit in")

    def test_what_came_before_the_bound_is_kept(self, look: Look) -> None:
        found = look("x.zip", zipped({"a": TEXT, "b": bytes(100 * MIB)}), **SMALL)
        assert [one.inner for one in found.hits] == ["a"]

    def test_overlapping_members_cannot_multiply(self, look: Look) -> None:
        """The directory of a bomb by Fifield names one content often; bytes pass once."""
        data = zipped({"a": TEXT})
        directory = data.index(b"PK\1\2")
        many = data[:directory] + data[directory : data.index(b"PK\5\6")] * 1_000
        assert len(look("x.zip", many).hits) == 1

    def test_members_are_bounded(self, look: Look) -> None:
        data = zipped({str(number): b"x" for number in range(50)})
        found = look("x.zip", data, inner_members=20)
        assert reasons(found) == ["limit inner_members (20) reached"]

    def test_the_bound_of_a_layer_is_shared_by_its_files(self, made: Engine) -> None:
        allowance = Allowance(Limits(layer_inner_bytes=3 * MIB))
        eye = observer(made, allowance)
        data = gzip.compress(bytes(MIB) + TEXT)

        def inside() -> Inside:
            tap = eye.open(Seen(b"x.gz", len(data), 0), memoryview(data[:512]))
            assert tap
            tap.feed(data)
            value = tap.close()
            return unpacked(value) if value else Inside()

        assert [len(inside().hits) for _ in range(4)] == [1, 1, 0, 0]
        assert reasons(inside()) == [f"limit layer_inner_bytes ({3 * MIB}) reached"]
        allowance.begin(DEFAULT)
        assert len(inside().hits) == 1

    def test_time_is_bounded(self, look: Look) -> None:
        found = look("x.zip", zipped({str(n): b"x" for n in range(500)}), layer_inner_seconds=0.0)
        assert reasons(found) == ["limit layer_inner_seconds (0) reached"]


class TestDepth:
    """Archives in archives."""

    def nested(self, depth: int) -> bytes:
        data = TEXT
        for _ in range(depth):
            data = zipped({"a.zip": data})
        return data

    def test_three_archives_in_archives_are_entered(self, look: Look) -> None:
        assert look("x.zip", self.nested(3)).hits

    def test_a_fourth_is_told(self, look: Look) -> None:
        found = look("x.zip", self.nested(4))
        assert not found.hits
        assert reasons(found) == ["lies deeper than limit inner_depth (3) and 5 compressions allow"]
        assert found.unread[0].inner == "a.zip!/a.zip!/a.zip"

    def test_a_file_in_itself_ends(self, look: Look) -> None:
        """As a quine does: every content is packed again."""
        data = b"end"
        for _ in range(200):
            data = gzip.compress(data, 1)
        assert "lies deeper" in reasons(look("x.gz", data))[0]


def encrypted() -> bytes:
    """A zip archive whose first member says that it is encrypted."""
    data = bytearray(zipped({"secret.txt": b"nothing to see" * 9, "open.txt": TEXT}))
    data[6] |= 1
    return bytes(data)


class TestUnread:
    """What is not looked at is told."""

    def test_an_encrypted_member_is_told_and_the_others_are_read(self, look: Look) -> None:
        found = look("x.zip", encrypted())
        assert [(x.reason, x.times, x.inner) for x in found.unread] == [
            ("is encrypted", 1, "secret.txt")
        ]
        assert [one.inner for one in found.hits] == ["open.txt"]

    def test_a_damaged_member_is_told_and_the_others_are_read(self, look: Look) -> None:
        data = bytearray(zipped({"a": b"some text " * 90, "b": TEXT}))
        data[31 : 31 + 8] = b"\xff" * 8
        found = look("x.zip", bytes(data))
        assert [(x.reason, x.inner) for x in found.unread] == [("is damaged", "a")]
        assert [one.inner for one in found.hits] == ["b"]

    def test_an_unknown_method_is_told(self, look: Look) -> None:
        data = bytearray(zipped({"a": b"x" * 99, "b": TEXT}))
        struct.pack_into("<H", data, 8, 99)
        found = look("x.zip", bytes(data))
        assert reasons(found) == ["is packed in an unknown way"]
        assert found.hits

    @pytest.mark.parametrize(
        ("magic", "name"),
        [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\7", "rar"), (b"hsqs", "squashfs")],
    )
    def test_formats_that_are_not_read_are_named(self, magic: bytes, name: str, look: Look) -> None:
        assert reasons(look("x", magic + bytes(99))) == [f"is packed as {name}, which is not read"]
        inner = look("x.gz", gzip.compress(magic + bytes(99)))
        assert reasons(inner) == [f"is packed as {name}, which is not read"]

    @pytest.mark.parametrize(
        "data",
        [
            gzip.compress(TEXT * 4_000)[:-30],
            lzma.compress(bytes(range(256)) * 400 + TEXT)[:-30],
            zipped({"a": bytes(range(256)) * 90})[:150],
            gzip.compress(tarred({"a": TEXT * 400})[:3_000]),
        ],
        ids=["gzip", "xz", "zip", "tar"],
    )
    def test_what_is_cut_off_or_odd_is_told(self, data: bytes, look: Look) -> None:
        assert reasons(look("x", data))

    def test_what_was_there_before_the_cut_is_searched(self, look: Look) -> None:
        assert look("x.gz", gzip.compress(TEXT + bytes(99_999))[:-30]).hits
        assert look("x.tgz", gzip.compress(tarred({"a": TEXT + bytes(9_999)})[:5_000])).hits


VALID = (
    zipped({"a": TEXT, "b/c": b"x" * 3_000}),
    gzip.compress(tarred({"a": TEXT})),
    zstandard.compress(cpioed({"a": TEXT})),
    arred({"debian-binary": b"2.0\n", "data.tar.gz": gzip.compress(tarred({"a": TEXT}))}),
    rpm(gzip.compress(cpioed({"a": TEXT}))),
    lzma.compress(TEXT),
    bz2.compress(TEXT),
)


@settings(max_examples=150)
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.integers(0, 4_000), st.binary(min_size=1, max_size=6)), max_size=6),
    st.integers(1, 5_000),
    st.integers(0, 4_000),
)
def test_changed_bytes_never_raise(
    made: Engine, data: bytes, changes: list[tuple[int, bytes]], step: int, cut: int
) -> None:
    changed = bytearray(data[: len(data) - cut] if cut < len(data) // 2 else data)
    for at, more in changes:
        changed[10 + at % len(changed) : 10 + at % len(changed) + len(more)] = more
    tap = observer(made, Allowance()).open(
        Seen(b"x", len(changed), 0), memoryview(bytes(changed[:512]))
    )
    file = io.BytesIO(changed)
    while tap and (piece := file.read(step)):
        if not tap.feed(piece):
            break
    value = tap.close() if tap else None
    assert value is None or unpacked(value)

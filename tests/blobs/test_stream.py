"""A blob read once: digests, limits, threads."""

import gzip
import hashlib
import io
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from typing import Any, BinaryIO
from unittest.mock import patch

import pytest
import zstandard

from ocianalyze.blobs.stream import RawStream
from ocianalyze.limits import DEFAULT, KIB, MIB, Limits
from ocianalyze.model.media_type import Compression
from tests import archives
from tests.images import Bytes

_NUMBERS = random.Random(9)
SMALL = _NUMBERS.randbytes(100_000) + bytes(100_000)
LARGE = _NUMBERS.randbytes(3 * MIB) + bytes(5 * MIB)
ALL: list[Compression] = ["none", "gzip", "zstd", "xz", "bzip2"]


@cache
def compress(content: bytes, compression: Compression) -> bytes:
    """Compress once what several tests read."""
    return archives.compress(content, compression)


def sha256(data: bytes) -> str:
    """Return the digest that hashlib computes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def read(data: bytes, limits: Limits = DEFAULT) -> tuple[bytes, RawStream]:
    """Return the uncompressed bytes and the stream, read to its end."""
    stream = RawStream(Bytes(data), limits)
    return b"".join(stream), stream


@dataclass
class Drip:
    """A blob whose reads return few bytes at a time."""

    data: bytes
    step: int

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    def open(self) -> BinaryIO:
        """Return a reader of few bytes."""
        step = self.step

        class Reader(io.BytesIO):
            """Short reads."""

            def read(self, _: int | None = -1) -> bytes:
                return super().read(step)

        return Reader(self.data)


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """Fail when a test leaves a thread behind."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["in-this-thread", "in-others"])
@pytest.mark.parametrize("compression", ALL)
def test_digests_are_hashlibs(compression: Compression, content: bytes) -> None:
    """Of the stored and of the raw bytes, whichever way they are read."""
    data = compress(content, compression)
    out, stream = read(data)
    assert out == content
    assert (stream.digests[0], stream.diff_ids[0]) == (sha256(data), sha256(content))
    assert (stream.size, stream.raw_size) == (len(data), len(content))
    assert stream.compression == compression
    assert not stream.partial
    assert not stream.anomalies


@pytest.mark.parametrize("threshold", [0, 1 << 40], ids=["threads", "no-threads"])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(SMALL), id="whole"),
        pytest.param(gzip.compress(SMALL)[:-500], id="truncated"),
        pytest.param(gzip.compress(SMALL) + b"garbage", id="trailing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"x", id="one-byte"),
    ],
)
def test_both_ways_give_the_same(data: bytes, threshold: int) -> None:
    plain_out, plain = read(data)
    with patch("ocianalyze.blobs.stream._THREADED", threshold):
        out, stream = read(data)
    assert out == plain_out
    assert (stream.digests[0], stream.diff_ids[0]) == (plain.digests[0], plain.diff_ids[0])
    assert (stream.anomalies, stream.partial) == (plain.anomalies, plain.partial)


@pytest.mark.parametrize("step", [1, 3, 63, 65])
@pytest.mark.parametrize("compression", ALL)
def test_short_reads_change_nothing(compression: Compression, step: int) -> None:
    data = compress(SMALL[90_000:101_000], compression)
    stream = RawStream(Drip(data, step), DEFAULT)
    assert b"".join(stream) == SMALL[90_000:101_000]
    assert (stream.digests[0], stream.compression) == (sha256(data), compression)


@pytest.mark.parametrize("step", [1, 7, 64, 1 << 20])
def test_flavours_are_found_in_the_last_bytes(step: int) -> None:
    footer = b"\x50\x2a\x4d\x18\x38\0\0\0" + bytes(48) + b"GNUlInUx"
    stream = RawStream(Drip(zstandard.compress(b"x" * 500) + footer, step), DEFAULT)
    assert b"".join(stream) == b"x" * 500
    assert stream.flavour == "zstd:chunked"


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("compression", ALL[1:])
def test_damage_does_not_spoil_the_stored_digest(compression: Compression, content: bytes) -> None:
    """All stored bytes are read; the rest of the content is said to be missing."""
    whole = compress(content, compression)
    middle = len(whole) // 2
    if compression == "zstd":
        whole = zstandard.ZstdCompressor(write_checksum=True).compress(content)
    for data in (whole[:middle], whole[:middle] + b"\xff" * 64 + whole[middle + 64 :]):
        out, stream = read(data)
        assert stream.digests[0] == sha256(data)
        assert stream.diff_ids[0] == sha256(out)
        assert stream.partial.startswith(compression)
        assert stream.anomalies[0].code in {"blob.truncated", "blob.corrupt"}


def test_trailing_bytes_are_no_lost_content() -> None:
    data = gzip.compress(SMALL) + b"garbage" * 100_000
    out, stream = read(data)
    assert out == SMALL
    assert stream.digests[0] == sha256(data)
    assert not stream.partial
    assert [anomaly.code for anomaly in stream.anomalies] == ["blob.trailing-bytes"]


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        pytest.param(replace(DEFAULT, layer_bytes=4 * MIB), "layer_bytes", id="bytes"),
        pytest.param(
            replace(DEFAULT, inflate_ratio=20, inflate_free_bytes=MIB), "inflate_ratio", id="ratio"
        ),
    ],
)
@pytest.mark.parametrize("level", [1, 9])
def test_a_bomb_stops_at_the_limit_and_says_so(limits: Limits, word: str, level: int) -> None:
    data = gzip.compress(bytes(64 * MIB), level)
    out, stream = read(data, limits)
    assert len(out) < 16 * MIB
    assert word in stream.partial
    assert [anomaly.code for anomaly in stream.anomalies] == ["blob.limit"]
    assert stream.digests[0] == sha256(data)


def test_uncompressed_bytes_have_no_ratio() -> None:
    limits = replace(DEFAULT, inflate_ratio=1, inflate_free_bytes=0)
    assert not read(LARGE, limits)[1].partial


def test_input_that_inflates_to_nothing_ends_with_the_time() -> None:
    data = gzip.compress(b"") * 50_000
    with patch("time.monotonic", count().__next__):
        _, stream = read(data, replace(DEFAULT, layer_seconds=1))
    assert "layer_seconds" in stream.partial
    assert stream.digests[0] == sha256(data)


@pytest.mark.parametrize("compression", ALL)
def test_leaving_early_leaves_no_thread(compression: Compression) -> None:
    stream = RawStream(Bytes(compress(LARGE, compression)), DEFAULT)
    with closing(iter(stream)) as pieces:
        next(pieces)


def test_a_stream_that_nobody_reads_starts_no_thread() -> None:
    before = threading.active_count()
    RawStream(Bytes(LARGE), DEFAULT)
    assert threading.active_count() == before


def test_an_error_of_the_reader_leaves_no_thread() -> None:

    def consume(pieces: Iterator[bytes]) -> None:
        with closing(pieces):  # type: ignore[type-var] # it is a generator
            raise ZeroDivisionError(next(pieces)[:1])

    with pytest.raises(ZeroDivisionError):
        consume(iter(RawStream(Bytes(LARGE), DEFAULT)))


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["in-this-thread", "in-others"])
@pytest.mark.parametrize("compression", ALL)
def test_an_unreadable_file_surfaces(compression: Compression, content: bytes) -> None:
    """Also where a decompressor's own error would be an OSError."""
    data = compress(content, compression)

    class Broken(io.BytesIO):
        """Fails in the middle."""

        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 64 * KIB:
                raise OSError(5, "Input/output error")
            return super().read(min(size or 0, 64 * KIB))

    class Disk(Bytes):
        """A blob on a bad disk."""

        def open(self) -> Any:
            return Broken(self.data)

    with pytest.raises(OSError, match="Input/output error"):
        list(RawStream(Disk(data + bytes(64 * KIB)), DEFAULT))


def test_stop_reads_the_stored_bytes_to_their_end() -> None:
    data = gzip.compress(LARGE)
    stream = RawStream(Bytes(data), DEFAULT)
    pieces = iter(stream)
    next(pieces)
    stream.stop()
    rest = sum(map(len, pieces))
    assert rest < len(LARGE)
    assert (stream.size, stream.digests[0]) == (len(data), sha256(data))


def test_progress_is_told() -> None:
    told: list[int] = []
    stream = RawStream(Bytes(LARGE), DEFAULT, told.append)
    for _ in stream:
        pass
    assert told == sorted(told)
    assert told[-1] == len(LARGE)

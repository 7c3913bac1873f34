"""Every compression, whole and damaged, in chunks of any size."""

import bz2
import gzip
import lzma
import random
import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.blobs.compression import decompress, flavour, recognise
from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.limits import MIB
from ocianalyze.model.media_type import Compression
from tests.archives import compress
from tests.tars import cut

_NUMBERS = random.Random(5)
CONTENT = _NUMBERS.randbytes(40_000) + bytes(200_000) + b"some text over and over " * 4000
PACKED: list[Compression] = ["gzip", "zstd", "xz", "bzip2"]
packed = pytest.mark.parametrize("compression", PACKED)
SKIPPABLE = b"\x50\x2a\x4d\x18" + (100).to_bytes(4, "little") + bytes(100)


def inflate(data: bytes, compression: Compression, size: int = 4096) -> bytes:
    """Return the uncompressed bytes, read in chunks."""
    return b"".join(decompress(cut(data, size), compression))


def damaged(data: bytes, compression: Compression, size: int = 4096) -> tuple[bytes, str]:
    """Return what came out before the stream was found damaged, and the code."""
    out: list[bytes] = []
    with pytest.raises(DamagedStreamError) as caught:
        out.extend(decompress(cut(data, size), compression))
    return b"".join(out), caught.value.code


@packed
def test_what_was_compressed_comes_out(compression: Compression) -> None:
    data = compress(CONTENT, compression)
    assert recognise(data[:10]) == compression
    for size in (1, 7, 4096, len(data)):
        assert inflate(data, compression, size) == CONTENT


@packed
def test_members_follow_one_another(compression: Compression) -> None:
    """Concatenated streams are one, as their tools say; empty ones are members too."""
    parts = [CONTENT[:1000], b"", CONTENT[1000:]]
    data = b"".join(compress(part, compression) for part in parts)
    for size in (1, 100, len(data)):
        assert inflate(data, compression, size) == CONTENT


@packed
@pytest.mark.parametrize("zeros", [4, 512, 100_000])
def test_padding_of_zeros_is_no_trailing_data(compression: Compression, zeros: int) -> None:
    data = compress(CONTENT, compression) + bytes(zeros)
    assert inflate(data, compression) == CONTENT
    again = data + compress(b"more", compression)
    assert inflate(again, compression) == CONTENT + b"more"


@packed
@pytest.mark.parametrize("rest", [b"garbage", b"x", b"{}", b"\0\0\0\0hidden"], ids=repr)
@pytest.mark.parametrize("size", [1, 4096])
def test_trailing_bytes_are_said_after_all_content(
    compression: Compression, rest: bytes, size: int
) -> None:
    data = compress(CONTENT, compression) + rest
    assert damaged(data, compression, size) == (CONTENT, "blob.trailing-bytes")


@packed
def test_a_cut_second_member_is_truncation(compression: Compression) -> None:
    whole = compress(CONTENT, compression)
    for length in (1, 2, 5):
        assert damaged(whole + whole[:length], compression) == (CONTENT, "blob.truncated")


@packed
def test_a_stream_cut_anywhere_is_truncated(compression: Compression) -> None:
    """In its header, its data and its trailer; what came out is a beginning of the content."""
    data = compress(CONTENT, compression)
    places = {*range(11, 40), *range(40, len(data), 997), *range(len(data) - 12, len(data))}
    for at in places:
        out, code = damaged(data[:at], compression)
        assert code == "blob.truncated", at
        assert CONTENT.startswith(out)


@packed
def test_flipped_bits_never_give_other_content_silently(compression: Compression) -> None:
    """Formats have checksums, zstd when it is asked; headers have bits that mean nothing."""
    content = CONTENT[:3000] + bytes(3000)
    data = compress(content, compression)
    if compression == "zstd":
        data = zstandard.ZstdCompressor(write_checksum=True).compress(content)
    wanted = inflate(data, compression)
    for at in range(len(data)):
        for bit in (1, 128):
            flipped = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            try:
                assert inflate(flipped, compression) == wanted, at
            except DamagedStreamError as error:
                assert error.code.startswith("blob.")  # noqa: PT017 - raising is one of two laws


@pytest.mark.parametrize("flags", range(0, 32, 2), ids=lambda flags: f"{flags:05b}")
def test_gzip_headers_may_be_split_anywhere(flags: int) -> None:
    """With extra field, name, comment and header checksum, across two chunks."""
    head = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\xff"
    head += struct.pack("<H", 5) + b"extra" if flags & 4 else b""
    head += (b"name\0" if flags & 8 else b"") + (b"comment\0" if flags & 16 else b"")
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF) if flags & 2 else b""
    raw = zlib.compressobj(wbits=-15)
    body = raw.compress(b"content" * 50) + raw.flush()
    tail = struct.pack("<II", zlib.crc32(b"content" * 50), 350)
    member = head + body + tail
    for data in (member, member + member):
        for at in range(1, len(data)):
            out = b"".join(decompress(iter([data[:at], data[at:]]), "gzip"))
            assert out == b"content" * (50 * len(data) // len(member)), at


@pytest.mark.parametrize("field", ["crc", "length"])
def test_the_gzip_trailer_is_verified(field: str) -> None:
    data = bytearray(gzip.compress(CONTENT))
    data[-8 if field == "crc" else -4] ^= 1
    out, code = damaged(bytes(data), "gzip")
    assert (out, code) == (CONTENT[: len(out)], "blob.corrupt")


@pytest.mark.parametrize("level", [1, 6, 9])
@settings(max_examples=20)
@given(st.binary(max_size=3000), st.integers(1, 300))
def test_gzip_of_all_levels(level: int, content: bytes, size: int) -> None:
    assert inflate(gzip.compress(content, level), "gzip", size) == content


def test_an_xz_stream_that_wants_much_memory_is_a_limit() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(b"x", filters=filters))
    assert inflate(bytes(data), "xz") == b"x"
    data[16] = 40  # the dictionary size: 4 GiB
    data[20:24] = struct.pack("<I", zlib.crc32(data[12:20]))
    assert damaged(bytes(data), "xz") == (b"", "blob.limit")


@pytest.mark.parametrize(
    ("head", "compression"),
    [
        (b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "gzip"),
        (b"\x1f\x8b\x07\0\0\0\0\0\0\xff", "none"),
        (b"\x28\xb5\x2f\xfd\x04\x58", "zstd"),
        (SKIPPABLE[:10], "zstd"),
        (b"\x5f\x2a\x4d\x18", "zstd"),
        (b"\xfd7zXZ\0\0\4", "xz"),
        (bz2.compress(b"x")[:10], "bzip2"),
        (bz2.compress(b"")[:10], "bzip2"),
        (b"BZhome/file", "none"),
        (b"BZh9home/f", "none"),
        (b"", "none"),
        (b"etc/passwd", "none"),
    ],
)
def test_recognition(head: bytes, compression: Compression) -> None:
    """A tar whose first member is called `BZh9...` is a tar."""
    assert recognise(head) == compression


@pytest.mark.parametrize(
    ("tail", "compression", "wanted"),
    [
        (
            b"\x1f\x8b\x08\x04".ljust(16, b"\0") + b"0" * 16 + b"STARGZ" + bytes(13),
            "gzip",
            "estargz",
        ),
        (b"STARGZ" + bytes(60), "gzip", ""),
        (b"STARGZ" + bytes(13), "zstd", ""),
        (bytes(56) + b"GNUlInUx", "zstd", "zstd:chunked"),
        (bytes(56) + b"GNUlInUx", "gzip", ""),
        (b"", "gzip", ""),
    ],
)
def test_flavours(tail: bytes, compression: Compression, wanted: str) -> None:
    assert flavour(tail, compression) == wanted


@pytest.mark.parametrize("between", [b"", SKIPPABLE, SKIPPABLE * 3, bytes(8)], ids=len)
@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_skippable_frames_are_passed_over(between: bytes, size: int) -> None:
    one = zstandard.compress(b"one" * 1000)
    data = SKIPPABLE + one + between + one + SKIPPABLE
    assert inflate(data, "zstd", size) == b"one" * 2000


def test_a_cut_skippable_frame_is_truncated() -> None:
    one = zstandard.compress(b"one")
    for length in (2, 6, 50):
        assert damaged(one + SKIPPABLE[:length], "zstd") == (b"one", "blob.truncated")
    claims = b"\x50\x2a\x4d\x18\xff\xff\xff\xff"
    assert damaged(one + claims, "zstd") == (b"one", "blob.truncated")


@pytest.mark.parametrize(
    "options",
    [
        {"write_checksum": True},
        {"write_content_size": False},
        {"write_checksum": True, "write_content_size": False},
        {"level": 19},
        {"level": 1, "threads": 2},
    ],
    ids=str,
)
def test_zstd_frames_of_all_kinds(options: dict[str, int]) -> None:
    compressor = zstandard.ZstdCompressor(**options)  # type: ignore[arg-type]
    stream = compressor.compressobj()
    streamed = stream.compress(CONTENT) + stream.flush()
    for data in (compressor.compress(CONTENT), streamed):
        assert inflate(data, "zstd") == CONTENT


def _frame(*blocks: tuple[int, bytes], window: int = 0x58) -> bytes:
    """Return a frame of raw (0), run-length (1) or other blocks; run-length ones of 128 KiB."""
    data = b"\x28\xb5\x2f\xfd\0" + bytes([window])
    for number, (kind, content) in enumerate(blocks):
        size = 128 * 1024 if kind == 1 else len(content)
        last = number + 1 == len(blocks)
        data += (size << 3 | kind << 1 | last).to_bytes(3, "little") + content
    return data


@pytest.mark.parametrize("kind", [3, 2])
def test_blocks_that_no_encoder_writes_are_corrupt(kind: int) -> None:
    assert damaged(_frame((0, b"fine"), (kind, b"?")), "zstd")[1] == "blob.corrupt"


def test_a_block_above_the_largest_size_is_corrupt() -> None:
    assert damaged(_frame((0, bytes(200_000))), "zstd") == (b"", "blob.corrupt")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_frame((0, b"x"), window=0xF8), id="window-descriptor"),
        pytest.param(b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little"), id="one-segment"),
        pytest.param(_frame((0, b"x"), window=18 << 3), id="just-above"),
    ],
)
def test_a_window_that_is_too_large_is_a_limit(data: bytes) -> None:
    assert damaged(data, "zstd") == (b"", "blob.limit")


def test_a_window_of_128_mib_is_read() -> None:
    assert inflate(_frame((0, b"x"), window=17 << 3), "zstd") == b"x"


def _drain(pieces: Iterator[bytes]) -> tuple[int, int]:
    """Return the sum and the maximum of the lengths."""
    total = largest = 0
    for piece in pieces:
        total += len(piece)
        largest = max(largest, len(piece))
    return total, largest


_BOMBS: dict[str, tuple[Compression, bytes, int]] = {
    "zstd-runs": ("zstd", _frame(*[(1, b"\0")] * 4000), 4000 << 17),
    "zstd-library": ("zstd", zstandard.compress(bytes(300 * MIB)), 300 * MIB),
    "zstd-nothing": ("zstd", _frame(*[(0, b"")] * 100_000, (0, b"x")), 1),
    "gzip": ("gzip", gzip.compress(bytes(200 * MIB)), 200 * MIB),
    "gzip-members": ("gzip", gzip.compress(b"") * 5000, 0),
    "bzip2": ("bzip2", bz2.compress(bytes(50 * MIB)), 50 * MIB),
    "xz": ("xz", lzma.compress(bytes(100 * MIB), preset=0), 100 * MIB),
}


@pytest.mark.parametrize("name", _BOMBS)
def test_bombs_do_not_fill_memory(name: str) -> None:
    """Whatever the ratio, output comes in small pieces."""
    compression, data, size = _BOMBS[name]
    tracemalloc.start()
    try:
        total, largest = _drain(decompress(cut(data, 256 * 1024), compression))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total == size
    assert largest <= 2 * MIB
    assert peak <= 24 * MIB


def _gzip_with(flags: int, fields: bytes) -> bytes:
    """Return a member whose header says more than numbers (RFC 1952, 2.3)."""
    plain = gzip.compress(CONTENT)
    return plain[:3] + bytes((flags,)) + plain[4:10] + fields + plain[10:]


EXTRA = b"\x08\0XX\4\0left"
HEADERS = {
    "name": (8, b"name\0", [b"name"]),
    "comment": (16, b"comment\0", [b"comment"]),
    "extra field": (4, EXTRA, [EXTRA[2:]]),
    "all of them": (28, EXTRA + b"name\0comment\0", [EXTRA[2:], b"name", b"comment"]),
    "none": (0, b"", []),
}


@pytest.mark.parametrize(("flags", "fields", "texts"), HEADERS.values(), ids=HEADERS)
def test_texts_of_gzip_headers_are_shown(flags: int, fields: bytes, texts: list[bytes]) -> None:
    for size in (1, 7, 4096):
        shown: list[bytes] = []
        data = _gzip_with(flags, fields) + gzip.compress(b"more")
        out = b"".join(decompress(cut(data, size), "gzip", shown.append))
        assert out == CONTENT + b"more"
        assert [text.removesuffix(b"\n\0\n") for text in shown] == texts


def test_a_gzip_header_without_end_is_shown_whole_and_is_damage() -> None:
    shown: list[bytes] = []
    data = _gzip_with(8, b"x" * (3 * MIB))
    with pytest.raises(DamagedStreamError) as caught:
        list(decompress(cut(data, 1 << 18), "gzip", shown.append))
    assert caught.value.code == "blob.limit"
    assert b"".join(shown) == data

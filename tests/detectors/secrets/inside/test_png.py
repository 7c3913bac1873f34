"""Compressed texts of pictures are read; what else a picture has is looked at as before."""

import struct
import zlib

import pytest

from tests.detectors.secrets.inside.conftest import TEXT, Look, tarred, zipped

MAGIC = b"\x89PNG\r\n\x1a\n"
HEADER = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def small(data: bytes) -> bytes:
    """Return a stream as libpng writes short ones: in a window of 256 bytes."""
    made = zlib.compressobj(9, zlib.DEFLATED, 9)
    return made.compress(data) + made.flush()


PICTURE = chunk(b"IDAT", zlib.compress(bytes(40))) + chunk(b"tEXt", b"Author\0somebody")
OLD = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(TEXT))
NEW = chunk(b"iTXt", b"Comment\0\1\0en-GB\0Kommentar\0" + zlib.compress(TEXT))
SHORT = chunk(b"zTXt", b"c\0\0" + small(TEXT))
END = chunk(b"IEND", b"")


def png(*chunks: bytes) -> bytes:
    return MAGIC + chunk(b"IHDR", HEADER) + b"".join(chunks)


@pytest.mark.parametrize("step", [1 << 20, 1, 13, 511])
@pytest.mark.parametrize("text", [OLD, NEW, SHORT], ids=["zTXt", "iTXt", "short"])
@pytest.mark.parametrize("before", [b"", PICTURE, PICTURE * 40], ids=["first", "behind", "far"])
def test_a_compressed_text_is_read(before: bytes, text: bytes, step: int, look: Look) -> None:
    found = look("a.png", png(before, text, PICTURE, END), step=step)
    assert [one.inner for one in found.hits] == ["text 0"]
    assert not found.unread


def test_every_one_is_read_and_an_archive_among_and_behind_them(look: Look) -> None:
    found = look("a.png", png(OLD, PICTURE, NEW, END) + zipped({"b/c": TEXT}))
    assert [one.inner for one in found.hits] == ["text 0", "text 1", "b/c"]
    hidden = chunk(b"prVt", zipped({"b/c": TEXT}))
    assert [one.inner for one in look("a.png", png(OLD, hidden, END)).hits] == ["text 0", "b/c"]


def test_one_in_an_archive_is_read(look: Look) -> None:
    found = look("a.tar", tarred({"a.png": png(OLD, PICTURE, END)}))
    assert [one.inner for one in found.hits] == ["a.png!/text 0"]


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (png(chunk(b"zTXt", b"c\0\0x\x9c" + b"\xff" * 40), END), "is damaged"),
        (png(chunk(b"zTXt", b"c\0\0" + zlib.compress(TEXT)[:-9]), END), "is cut off"),
        (
            png(chunk(b"zTXt", b"c\0\0x\x9c" + bytes(1 << 20)), END),
            "is a compressed text of more than 1048576 bytes",
        ),
    ],
    ids=["damaged", "cut-off", "large"],
)
def test_one_that_is_not_read_is_told(picture: bytes, reason: str, look: Look) -> None:
    assert [(one.reason, one.inner) for one in look("a.png", picture).unread] == [
        (reason, "text 0")
    ]


@pytest.mark.parametrize("cut", [9, 40, 60, 80])
def test_a_picture_that_is_cut_off_does_no_harm(cut: int, look: Look) -> None:
    look("a.png", png(OLD, PICTURE, END)[:cut])


def test_sizes_that_lie_do_no_harm(look: Look) -> None:
    lies = b"\xff\xff\xff\xffIDAT" + b"x" * 99
    assert len(look("a.png", png(OLD) + lies).hits) == 1


@pytest.mark.parametrize(
    "chunks",
    [[PICTURE], [chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>")], [b"xyzTXt" * 40]],
    ids=["plain", "not-compressed", "words"],
)
def test_what_has_none_is_not_said_to_have_one(chunks: list[bytes], look: Look) -> None:
    found = look("a.png", png(*chunks, END))
    assert not found.hits
    assert not found.unread

"""A token in compiled Python or Java is found whatever numbers and letters stand beside it."""

import marshal
import struct
import zipfile

import pytest

from tests.detectors.secrets.inside.conftest import TOKEN, Look, zipped

HEAD = b"\xcb\x0d\r\n" + bytes(12)
"""Of a compiled Python file: the magic number of 3.12, flags, time and size of the source."""
TEXT = TOKEN.decode()


def short(text: bytes, letter: bytes = b"z") -> bytes:
    return letter + bytes((len(text),)) + text


def long(text: bytes, letter: bytes = b"s") -> bytes:
    return letter + struct.pack("<I", len(text)) + text


def java(text: bytes) -> bytes:
    """A pool of constants: a tag, two bytes of length, the text."""
    return b"\xca\xfe\xba\xbe\0\0\0\x41\0\3\1" + struct.pack(">H", len(text)) + text + b"\x0c\0\1"


PYTHON = {
    "before None": short(TOKEN) + b"N",
    "before a text": short(TOKEN) + short(b"abc"),
    "before a reference": short(TOKEN, b"\xfa") + b"r\1\0\0\0",
    "before a number": short(TOKEN, b"Z") + b"i\1\0\0\0",
    "behind a length that is a letter": short(TOKEN + b" " * (0x61 - len(TOKEN))) + b"N",
    "at the end of more text": short(b"Bearer " + TOKEN) + b"r\0\0\0\0",
    "bytes": long(TOKEN) + b"N",
    "a long text": long(b"x " * 400 + TOKEN, b"a") + b"N",
    "text that is not ASCII": long("\N{EURO SIGN} ".encode() + TOKEN, b"u") + b"z\0",
}


@pytest.mark.parametrize("data", PYTHON.values(), ids=PYTHON)
def test_a_text_of_compiled_python_has_borders(look: Look, data: bytes) -> None:
    content = HEAD + b"\xe3" + bytes(20) + b")\2" + data
    found = look("a/x.pyc", content)
    assert [(one.inner, content[one.offset :][: len(TOKEN)]) for one in found.hits] == [("", TOKEN)]


def test_what_python_writes_is_read(look: Look) -> None:
    code = compile(f"a = {TEXT!r}\nb = None\nc = ({TEXT!r}, 'x', 1)", "x.py", "exec")
    assert {one.masked for one in look("x.pyc", HEAD + marshal.dumps(code)).hits}


@pytest.mark.parametrize("length", [len(TOKEN), 0x30, 0x41, 0x5A, 0x5F, 0x7A])
def test_a_text_of_compiled_java_has_borders(look: Look, length: int) -> None:
    """A letter as the lower byte of the length is none of the text."""
    content = java(TOKEN.ljust(length))
    found = look("x.class", content)
    assert len(found.hits) == (length != len(TOKEN)), "what no neighbour hides, all bytes give"
    assert all(content[one.offset :].startswith(TOKEN) for one in found.hits)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_compiled_members_of_archives_are_looked_at(look: Look, method: int) -> None:
    members = {"a.class": java(TOKEN.ljust(0x41)), "b.pyc": HEAD + b")\2" + short(TOKEN) + b"N"}
    found = look("x.jar", zipped(members, method))
    assert [one.inner for one in found.hits] == ["a.class", "b.pyc"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(short(TOKEN)[:-4], id="cut off"),
        pytest.param(b"z\xff" + TOKEN + b"N", id="a length beyond the end"),
        pytest.param(b"s\xff\xff\xff\xff" + TOKEN + b"N", id="the largest length"),
        pytest.param(b"zz" * 40_000 + TOKEN + b"N", id="many letters"),
        pytest.param((b"z\x11" + TOKEN[:-1]) * 5_000, id="many beginnings"),
    ],
)
def test_odd_lengths_do_no_harm(look: Look, data: bytes) -> None:
    look("x.pyc", HEAD + data)

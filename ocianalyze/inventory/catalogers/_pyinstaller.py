"""The table of contents that PyInstaller appends to a program, from the program's last bytes.

Modules are compiled and packed without versions; distributions whose metadata were collected are
named by their directories. Source: PyInstaller's documentation, "Advanced Topics, CArchive".
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.inventory.catalogers._gathered import ROWS
from ocianalyze.inventory.catalogers.python import directory_names

_MAGIC = b"MEI\x0c\x0b\x0a\x0b\x0e"
_COOKIE = struct.Struct(">8sIIII")
_COOKIE_BYTES = 88
"""With the name of Python's library; PyInstaller before 2.1 has none."""
_ENTRY = struct.Struct(">IIIIBc")
_LARGEST = 4096
"""Bytes of one entry: a name and what it is padded with."""
_INFO = (".dist-info", ".egg-info")


class Contents(NamedTuple):
    """What a frozen program tells of itself."""

    python: str
    """Version of its interpreter: `3.11`."""
    distributions: list[list[str]]
    """Directory, name and version of each."""
    is_whole: bool
    """Whether all of the table was at hand."""


def contents(tail: bytes) -> Contents | None:
    """Return what the end of a program tells; None for one that PyInstaller did not make."""
    at = tail.rfind(_MAGIC)
    if at < 0 or at + _COOKIE.size > len(tail):
        return None
    _, size, offset, length, python = _COOKIE.unpack_from(tail, at)
    gap = size - offset - length
    if not (length and python) or gap not in (_COOKIE.size, _COOKIE_BYTES):
        return None
    begin = at + gap - size + offset
    is_whole = begin >= 0
    names = _names(tail[begin : begin + length]) if is_whole else ()
    return Contents(_python(python), list(_distributions(names)), is_whole)


def _python(number: int) -> str:
    """Return `3.11` of 311 and `3.7` of 37."""
    text = str(number)
    return f"{text[0]}.{text[1:]}" if text[1:] else text


def _names(table: bytes) -> Iterator[str]:
    at = 0
    while at + _ENTRY.size <= len(table):
        length = _ENTRY.unpack_from(table, at)[0]
        if not _ENTRY.size <= length <= _LARGEST:
            return
        name = table[at + _ENTRY.size : at + length].split(b"\0", 1)[0]
        yield name.decode("utf-8", "replace").replace("\\", "/")
        at += length


def _distributions(names: Iterator[str] | tuple[()]) -> Iterator[list[str]]:
    known: set[str] = set()
    for name in names:
        directory = name.rpartition("/")[0]
        if directory.endswith(_INFO) and directory not in known and len(known) < ROWS:
            known.add(directory)
            own, version = directory_names(directory)
            yield [directory, own, version]

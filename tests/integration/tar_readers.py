"""What other readers list of a tar, each entry brought into one form."""

import ast
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

from tests.tars import Row

_PERMISSIONS = "rwxrwxrwx"
_SPECIAL = {2: 0o4000, 5: 0o2000, 8: 0o1000}
_GNU = re.compile(rb'(\S{10}) \S+/\S+ +(\d+(?:,\d+)?) \S+ \S+ +("(?:[^"\\]|\\.)*")(.*)', re.DOTALL)
_BSD = re.compile(rb"(\S{10})[ +@]?\s+\d+ +\S* +\S* +(\d+(?:, *\d+)?) +\w{3} +\d+ +[\d:]+ (.*)")
_GNU_LINK = re.compile(rb' (?:->|link to) ("(?:[^"\\]|\\.)*")')
_KINDS = {"-": "f", "d": "d", "l": "l", "h": "h", "c": "c", "b": "b", "p": "p", "C": "f"}


class Listed(NamedTuple):
    """One entry as one reader sees it."""

    path: bytes
    kind: str
    mode: int
    size: int
    """0 for what is no file: readers differ on what they show."""
    link: bytes


def ours(rows: list[Row]) -> list[Listed]:
    """Return our entries, whiteouts spelled as in the tar."""
    return [_ours(row) for row in rows]


def _ours(row: Row) -> Listed:
    path, kind = row.path, row.kind
    directory, slash, name = path.rpartition(b"/")
    if kind == "w":
        path, kind = directory + slash + b".wh." + name, "f"
    elif kind == "o":
        path, kind = (path + b"/").lstrip(b"/") + b".wh..wh..opq", "f"
    elif name.startswith(b".wh."):
        kind = "f"
    link = normal(row.link) if kind == "h" else row.link
    return Listed(path, kind, row.mode, row.size if row.kind == "f" else 0, link)


def python(path: Path) -> list[Listed] | None:
    """Return what Python's tarfile lists; None when it refuses."""
    try:
        with tarfile.open(path, errors="surrogateescape") as archive:
            return [listed_by_python(member) for member in archive]
    except (tarfile.TarError, OSError, ValueError, EOFError):
        return None


def listed_by_python(member: tarfile.TarInfo) -> Listed:
    """Return one member as tarfile sees it."""
    kind = "fhlcbdp"[[
        member.isreg(), member.islnk(), member.issym(), member.ischr(), member.isblk(),
        member.isdir(), True,
    ].index(True)]  # fmt: skip
    name, link = os.fsencode(member.name), os.fsencode(member.linkname)
    if kind == "h":
        link = normal(link)
    size = member.size if kind == "f" else 0
    return Listed(normal(name), kind, member.mode & 0o7777, size, link if kind in "hl" else b"")


def gnu(program: str, path: Path) -> list[Listed] | None:
    """Return what GNU tar lists; None when it complains."""
    flags = ["--numeric-owner", "--full-time", "--quoting-style=c", "-tvf", str(path)]
    lines = _run([program, *flags])
    return None if lines is None else [_gnu(line) for line in lines]


def _gnu(line: bytes) -> Listed:
    found = _GNU.fullmatch(line)
    assert found, line
    mode, size, name, rest = found.groups()
    link = _GNU_LINK.match(rest)
    target = _unquoted(link[1]) if link else b""
    return _listed(mode.decode(), size, _unquoted(name), target)


def _unquoted(text: bytes) -> bytes:
    """Undo C quoting."""
    value = ast.literal_eval("b" + text.decode("ascii"))
    assert isinstance(value, bytes)
    return value


def bsd(program: str, path: Path) -> list[Listed] | None:
    """Return what bsdtar lists; None when it complains."""
    lines = _run([program, "--numeric-owner", "-tvf", str(path)])
    return None if lines is None else [_bsd(line) for line in lines]


def _bsd(line: bytes) -> Listed:
    found = _BSD.fullmatch(line)
    assert found, line
    mode, size, rest = found.groups()
    separator = b" -> " if mode[:1] == b"l" else b" link to "
    name, _, target = rest.partition(separator)
    return _listed(mode.decode(), size, _unescaped(name), _unescaped(target))


def _unescaped(text: bytes) -> bytes:
    return text.decode("unicode_escape").encode("latin-1") if b"\\" in text else text


def _listed(mode: str, size: bytes, name: bytes, link: bytes) -> Listed:
    kind = "h" if link and mode[0] != "l" else _KINDS.get(mode[0], mode[0])
    bits = sum(
        1 << 8 - at
        for at, letter in enumerate(mode[1:])
        if letter in _PERMISSIONS or letter in "st"
    )
    bits |= sum(bit for at, bit in _SPECIAL.items() if mode[1 + at] in "sStT")
    length = int(size) if kind == "f" else 0
    return Listed(normal(name), kind, bits, length, normal(link) if kind == "h" else link)


def normal(path: bytes) -> bytes:
    """Return a path without the spellings that readers keep and we do not."""
    found = os.path.normpath(b"/" + path.lstrip(b"/"))[1:]
    return found.lstrip(b"/")


def _run(command: list[str]) -> list[bytes] | None:
    environment = {"LC_ALL": "C", "PATH": os.environ["PATH"], "TZ": "UTC"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=60)
    return None if done.returncode else done.stdout.splitlines()

"""Digests that dpkg's database has of files (deb-md5sums(5), deb822(5)), and where they lie."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from ocianalyze.inventory._base import Kept, Recorded, Records
from ocianalyze.inventory.catalogers._lines import LINES, lines
from ocianalyze.inventory.catalogers._paths import inflated, relative, split
from ocianalyze.inventory.catalogers._table import rows
from ocianalyze.model.verification import RecordKind

_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_PLAIN_SUM = re.compile(r"^([0-9a-fA-F]{32})  ([^\0- /.*][^\r\n]*)(?<!/)$", re.MULTILINE)
"""A line of deb-md5sums(5) whose path needs no second look."""
_MAY_BE_EXCLUDED = (
    *("usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/"),
    *("usr/share/help/", "usr/share/gnome/help/", "usr/share/lintian/", "usr/share/linda/"),
    "usr/share/omf/",
)
"""What `path-exclude` of slim images leaves out (dpkg.cfg(5))."""
_NO_LONGER = frozenset({"obsolete", "remove-on-upgrade"})
Moves = Mapping[str, tuple[str, str]]
"""Where diversions put paths, and which package's own stay."""


def digests(value: bytes) -> Iterator[tuple[str, str]]:
    """Yield paths with their MD5 from a value of `dpkg-digests` (deb-md5sums(5))."""
    for line in lines(inflated(value)):
        digest, _, name = line.partition(b" ")
        if path := relative(name.lstrip(b" *")):
            yield path.decode("utf-8", "surrogateescape"), digest.decode("latin-1")


def moves_of(beside: Iterable[Kept]) -> dict[str, tuple[str, str]]:
    """Return where the diversions among some values put paths."""
    moves: dict[str, tuple[str, str]] = {}
    for kept in beside:
        if kept.observer == "dpkg-diversions":
            moves |= _diversions(kept.value)
    return moves


def _diversions(value: bytes) -> dict[str, tuple[str, str]]:
    """Return where paths were moved, and by which package: three lines each; `:` is none."""
    names = split(b"\n".join(map(relative, lines(value))))
    records = zip(names[::3], names[1::3], names[2::3], strict=False)
    return {path: (to, by) for path, to, by in records}


def place(path: str, package: str, moves: Moves) -> str:
    """Return where a path of a package lies (dpkg-divert(1))."""
    to, by = moves.get(path, (path, ""))
    return path if by == package else to


def records(kept: Sequence[Kept]) -> Iterator[Records]:
    """Yield the MD5 of each package's files (deb-md5sums(5)) and of its conffiles (deb822)."""
    moves = moves_of(kept)
    for each in kept:
        if each.observer == "dpkg-digests":
            stem = each.path.rpartition("/")[2].removesuffix(".md5sums")
            name, _, arch = stem.partition(":")
            yield _records(name, arch, partial(_sums, each.value, name, moves))
        elif each.observer == "dpkg":
            for row in rows(each.value):
                name, arch = str(row.get("package", "")), str(row.get("architecture", ""))
                if told := str(row.get("conffiles", "")):
                    yield _records(name, arch, partial(_conffiles, told, name, moves))


def _records(
    name: str, arch: str, files: Callable[[], Iterable[tuple[str, bytes, RecordKind]]]
) -> Records:
    try:
        return Records("deb", name, arch, files=list(files()))
    except ValueError as damage:
        return Records("deb", name, arch, problem=str(damage))


def _sums(value: bytes, name: str, moves: Moves) -> Iterable[tuple[str, bytes, RecordKind]]:
    """Return the digests of a file; one that dh_md5sums wrote is read at once."""
    text = inflated(value).decode("utf-8", "surrogateescape")
    rows = _PLAIN_SUM.findall(text)
    count = len(rows)
    if count != text.count("\n") or not text.endswith("\n") or count > LINES:
        return _odd_sums(value, name, moves)
    paths = [path for _, path in rows]
    if not moves.keys().isdisjoint(paths):
        paths = [place(path, name, moves) for path in paths]
    raw = bytes.fromhex("".join([digest for digest, _ in rows]))
    split_ = [raw[at : at + 16] for at in range(0, len(raw), 16)]
    kinds: list[RecordKind] = [
        "documentation" if path.startswith(_MAY_BE_EXCLUDED) else "" for _, path in rows
    ]
    return zip(paths, split_, kinds, strict=True)


def _odd_sums(value: bytes, name: str, moves: Moves) -> Iterator[Recorded]:
    for path, digest in digests(value):
        if _MD5.fullmatch(digest):
            left_out = path.startswith(_MAY_BE_EXCLUDED)
            where = place(path, name, moves) if moves else path
            yield Recorded(where, bytes.fromhex(digest), "documentation" if left_out else "")


def _conffiles(told: str, name: str, moves: Moves) -> Iterator[Recorded]:
    """Yield conffiles; one that the package no longer has, or never brought, has no digest."""
    for line in told.split("\n", LINES)[:LINES]:
        path, _, rest = line.strip().partition(" ")
        words = rest.split()
        if words and _MD5.fullmatch(words[0]) and not _NO_LONGER.intersection(words[1:]):
            where = place(path.lstrip("/"), name, moves)
            yield Recorded(where, bytes.fromhex(words[0]), "configuration")

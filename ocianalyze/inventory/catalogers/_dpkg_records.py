"""Digests that dpkg's database has of files (deb-md5sums(5), deb822(5)), and where they lie."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import iter_unpack

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Kept, Recorded, Records
from ocianalyze.inventory.catalogers._lines import LINES, lines
from ocianalyze.inventory.catalogers._paths import inflated, relative, split
from ocianalyze.inventory.catalogers._table import rows
from ocianalyze.model.verification import RecordKind

_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_FIRST_OF_ODD = frozenset(["", "/", ".", "*", *map(chr, range(33))])
"""How a path begins that needs a second look."""
_MAY_BE_EXCLUDED = (
    *("usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/"),
    *("usr/share/help/", "usr/share/gnome/help/", "usr/share/lintian/", "usr/share/linda/"),
    "usr/share/omf/",
)
"""What `path-exclude` of slim images leaves out (dpkg.cfg(5))."""
_NO_LONGER = frozenset({"obsolete", "remove-on-upgrade"})
_PART = "/status.d"
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


def names_of(beside: Iterable[Kept]) -> dict[str, str]:
    """Return the packages of files in `status.d` that are called otherwise, by those names."""
    found: dict[str, str] = {}
    for kept in beside:
        directory, _, own = kept.path.rpartition("/")
        if kept.observer == "dpkg" and directory.endswith(_PART):
            packages = [str(row.get("package", "")) for row in rows(kept.value)]
            if len(packages) == 1 and packages[0] not in ("", own):
                found[own] = packages[0]
    return found


def _diversions(value: bytes) -> dict[str, tuple[str, str]]:
    """Return where paths were moved, and by which package: three lines each; `:` is none."""
    names = split(b"\n".join(map(relative, lines(value))))
    records = zip(names[::3], names[1::3], names[2::3], strict=False)
    return {path: (to, by) for path, to, by in records}


def place(path: str, package: str, moves: Moves) -> str:
    """Return where a path of a package lies (dpkg-divert(1))."""
    to, by = moves.get(path, (path, ""))
    return path if by == package else to


@dataclass(frozen=True, slots=True)
class _Documentation:
    """Kinds of what a package brings along, by the paths that it is called by."""

    paths: Sequence[str]

    def __getitem__(self, number: int, /) -> RecordKind:
        """Tell what slim images leave out."""
        return _kind(self.paths[number])


def records(kept: Sequence[Kept]) -> Iterator[Records]:
    """Yield the MD5 of each package's files (deb-md5sums(5)) and of its conffiles (deb822)."""
    moves, names = moves_of(kept), names_of(kept)
    for each in kept:
        if each.observer == "dpkg-digests":
            stem = each.path.rpartition("/")[2].removesuffix(".md5sums")
            name, _, arch = stem.partition(":")
            yield _sums(Records("deb", names.get(name, name), arch), each.value, moves)
        elif each.observer == "dpkg":
            for row in rows(each.value):
                name, arch = str(row.get("package", "")), str(row.get("architecture", ""))
                if told := str(row.get("conffiles", "")):
                    yield Records("deb", name, arch).having(_conffiles(told, name, moves))


def _sums(package: Records, value: bytes, moves: Moves) -> Records:
    """Return the digests of a file; one that dh_md5sums wrote is read at once."""
    try:
        text = inflated(value).decode("utf-8", "surrogateescape")
    except ValueError as damage:
        return package._replace(problem=str(damage))
    plain = _plain_sums(text)
    if plain is None:
        odd = package.having(_odd_sums(value, package.name, moves))
        return odd._replace(bare=_diverted((x for x, _ in digests(value)), package.name, moves))
    names, values = plain
    paths, bare = names, list[str]()
    if not moves.keys().isdisjoint(names):
        paths = [place(path, package.name, moves) for path in names]
        bare = _diverted(names, package.name, moves)
    return package._replace(paths=paths, digests=values, kinds=_Documentation(names), bare=bare)


def _diverted(paths: Iterable[str], name: str, moves: Moves) -> list[str]:
    """Return the paths of a package at which something else is now, which has no digest of it."""
    return [path for path in paths if place(path, name, moves) != path]


def _plain_sums(text: str) -> tuple[list[str], list[bytes]] | None:
    """Return paths and digests when every line is a digest, two spaces and a plain path."""
    columns = text.replace("\n", "  \n").split("  ")
    names, hexes, count = columns[1::2], columns[:-1:2], len(columns) // 2
    if columns[-1] != "\n" or not 0 < count == text.count("\n") <= LINES or "\r" in text:
        return None
    if "/\n" in text or not _FIRST_OF_ODD.isdisjoint([name[:1] for name in names]):
        return None
    # Each line's end is in front of the next digest.
    if len(hexes[0]) != 32 or not set(map(len, hexes[1:])) <= {33}:
        return None
    try:
        raw = bytes.fromhex("".join(hexes))
    except ValueError:
        return None
    if len(raw) != 16 * count:
        return None
    return names, [digest for (digest,) in iter_unpack("16s", raw)]


def _kind(path: str) -> RecordKind:
    return "documentation" if path.startswith(_MAY_BE_EXCLUDED) else ""


def _odd_sums(value: bytes, name: str, moves: Moves) -> Iterator[Recorded]:
    for path, digest in digests(value):
        if _MD5.fullmatch(digest):
            where = place(path, name, moves) if moves else path
            yield Recorded(where, bytes.fromhex(digest), _kind(path))


def _conffiles(told: str, name: str, moves: Moves) -> Iterator[Recorded]:
    """Yield conffiles; one that the package no longer has, or never brought, has no digest."""
    for line in told.split("\n", LINES)[:LINES]:
        path, _, rest = line.strip().partition(" ")
        words = rest.split()
        if words and _MD5.fullmatch(words[0]) and not _NO_LONGER.intersection(words[1:]):
            where = place(path.lstrip("/"), name, moves)
            yield Recorded(where, bytes.fromhex(words[0]), "configuration")

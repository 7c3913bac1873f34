"""Runs of plain members, the hot loop of the whole program.

Plain is a ustar or GNU header with a right checksum, a type of file, directory or link, octal
numbers, a normal name, and a content that lies in the same chunk; a PAX or GNU header before it may
give times and a long name. At anything else the run ends and leaves the cursor before that member.

A run is first scanned into rows, then written column by column: what is done once a run costs
nothing, what is done once a row is kept to a few lookups.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from isal.isal_zlib import adler32

from ocianalyze.layers.columns import MAX_ID, MAX_SIGNED, Owners
from ocianalyze.layers.contents import HEAD
from ocianalyze.layers.observer import Seen
from ocianalyze.layers.paths import ESCAPES, ODD_NAMES, normalise
from ocianalyze.layers.pax import decimal_time, read_pax
from ocianalyze.layers.tar import GNU, STAR, USTAR
from ocianalyze.layers.tar import number as decode
from ocianalyze.layers.whiteout import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocianalyze.layers.walk import Walk

_FIELDS = Struct("100s24s12s12s8sc100s8s64s16x155s")
"""A header with mode, uid and gid in one field, and both owner names in one."""
_FILE, _HARDLINK, _SYMLINK, _DIRECTORY, _PAX, _LONG_NAME, _LONG_LINK = b"fhldxLK"
_KINDS = {
    b"0": _FILE,
    b"\0": _FILE,
    b"1": _HARDLINK,
    b"2": _SYMLINK,
    b"5": _DIRECTORY,
    b"x": _PAX,
    b"L": _LONG_NAME,
    b"K": _LONG_LINK,
}
_LONG = {_LONG_NAME: b"path", _LONG_LINK: b"linkpath"}
"""GNU's own headers, by the PAX record that says the same."""
_EXTENDED = frozenset({_PAX, *_LONG})
_SIZED = _EXTENDED | {_FILE}
_FORMATS = frozenset({USTAR, GNU})
_LINKS = frozenset({_HARDLINK, _SYMLINK})
_COPY = 1 << 14
"""Contents up to this size are cheaper to copy than to view."""
_REMEMBERED = 1 << 14
_IGNORED = frozenset({b"atime", b"ctime", b"comment", b"LIBARCHIVE.creationtime"})
_UNDERSTOOD = _IGNORED | {b"mtime", b"path", b"linkpath"}
_NONE: dict[bytes, bytes] = {}
"""No extended header; never written to."""


class _Columns(NamedTuple):
    """What reading the contents of a run needs of it."""

    parents: tuple[int, ...]
    names: tuple[bytes, ...]
    kinds: tuple[int, ...]
    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    """In the chunk."""
    links: tuple[bytes, ...]


def _whole(field: bytes, bound: int) -> int:
    """Decode a numeric field; -1 for one that is not plain."""
    value = decode(field)
    return -1 if value is None or not 0 <= value < bound else value


class _Numbers(dict[bytes, int]):
    """Octal fields to their value; -1 for one that is not plain. Few values recur often."""

    def __missing__(self, field: bytes) -> int:
        value = _whole(field, 1 << 36)
        if len(self) < _REMEMBERED:
            self[field] = value
        return value


class _Owners(dict[bytes, tuple[int, int, int] | None]):
    """Mode, uid and gid fields to their values; None when one of them is not plain."""

    def __missing__(self, fields: bytes) -> tuple[int, int, int] | None:
        mode, uid, gid = (_whole(fields[at : at + 8], MAX_ID) for at in (0, 8, 16))
        found = None if min(mode, uid, gid) < 0 else (mode & 0o7777, uid, gid)
        if len(self) < _REMEMBERED:
            self[fields] = found
        return found


class _Names(dict[bytes, tuple[int, int]]):
    """Both owner name fields to their numbers in the layer's table."""

    def __init__(self, owners: Owners) -> None:
        super().__init__()
        self._owners = owners

    def __missing__(self, fields: bytes) -> tuple[int, int]:
        found = self._owners[fields[:32]], self._owners[fields[32:]]
        if len(self) < _REMEMBERED:
            self[fields] = found
        return found


_Row = tuple[int, bytes, int, tuple[int, int, int], bytes, int, int, int, int, int, bytes]
"""Parent, name, kind, owner, names of owners, mtime, nanoseconds, offset, size, start in the
chunk, link."""


class PlainRun:
    """Takes the plain members that follow the cursor."""

    def __init__(self, walk: Walk) -> None:
        """Work on a walk's cursor and columns."""
        self._walk = walk
        self._owners = _Owners()
        self._numbers = _Numbers()
        self._names = _Names(walk.columns.owners)
        attention = walk.attention
        paths = (path.rpartition(b"/")[2] for path in attention.paths)
        self._watched = frozenset(attention.names).union(paths)
        self._magics = frozenset(magic[:2] for magic in attention.magics)
        self._suffixes = frozenset(attention.suffixes)

    def run(self) -> None:
        """Take members until one is not plain; the cursor stands before that one."""
        cursor = self._walk.cursor
        rows, end = self._scan(cursor.data, cursor.at, cursor.offset - cursor.at)
        if rows:
            self._take(rows, cursor.data, cursor.offset - cursor.at)
            cursor.at = end

    def _scan(  # noqa: C901 - one loop: a microsecond a member
        self, data: bytes, at: int, before: int
    ) -> tuple[list[_Row], int]:
        """Return the plain members from a position on, and where the run ends."""
        rows: list[_Row] = []
        add, unpack, checksums = rows.append, _FIELDS.unpack_from, self._walk.checksums
        owners, numbers, directories = self._owners, self._numbers, self._walk.columns.directories
        room = self._walk.limits.layer_entries - len(self._walk.columns.entries)
        first, records, length = at, _NONE, len(data)
        while at + 512 <= length and len(rows) < room:
            raw, ids, size_, time, stored, flag, link, magic, names, prefix = unpack(data, at)
            kind = _KINDS.get(flag)
            if adler32(data[at : at + 512]) & 0xFFFF != checksums[stored] or kind is None:
                break
            start = at + 512
            size = numbers[size_] if kind in _SIZED else 0
            at = start + size + -size % 512
            if size < 0 or at > length or magic not in _FORMATS:
                break
            if kind in _EXTENDED:
                records = self._records(kind, data[start : start + size], records)
                if not records:
                    break
                continue
            path = raw.rstrip(b"\0")
            if prefix[0] and magic == USTAR:
                path = prefix.rstrip(b"\0") + b"/" + path
            mtime, nanos, owner = numbers[time], 0, owners[ids]
            if records:
                path, link, mtime, nanos = self._extended(records, path, link, mtime)
                records = _NONE
            if kind == _DIRECTORY:
                path = path.rstrip(b"/")
            directory, _, name = path.rpartition(b"/")
            if mtime < 0 or not owner or name in ODD_NAMES or name[:4] == PREFIX or b"\0" in path:
                break
            parent = directories[directory]
            if parent < 0 or (prefix[0] and (magic == GNU or data[start - 4 : start] == STAR)):
                break
            if kind in _LINKS:
                link, code = self._target(kind, link)
                if code:
                    break
            add((parent, name, kind, owner, names, mtime, nanos, before + first, size, start, link))
            first = at
        return rows, first

    def _records(self, kind: int, data: bytes, earlier: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """Return the records of an extended header; none when the run must end before it."""
        if len(data) > self._walk.limits.header_bytes:
            return _NONE
        if kind in _LONG:
            value = data.partition(b"\0")[0]
            return {_LONG[kind]: value} if value and not earlier else _NONE
        records: dict[bytes, bytes] = {}
        sparse: list[bytes] = []
        problem = read_pax(data, records, sparse)
        if earlier or problem or sparse or not records.keys() <= _UNDERSTOOD:
            return _NONE
        return records

    def _extended(
        self, records: dict[bytes, bytes], path: bytes, link: bytes, mtime: int
    ) -> tuple[bytes, bytes, int, int]:
        """Return path, link, mtime (-1 when it is not plain) and nanoseconds."""
        raw, nanos = records.get(b"mtime"), 0
        if raw:
            seconds, nanos = decimal_time(raw)
            mtime = -1 if seconds is None or seconds > MAX_SIGNED else seconds
        for value in (long := (records.get(b"path", b""), records.get(b"linkpath", b""))):
            if b"\0" in value or len(value) > self._walk.limits.path_bytes:
                mtime = -1
        return long[0] or path, long[1] or link, mtime, nanos

    def _target(self, kind: int, raw: bytes) -> tuple[bytes, str]:
        """Return a link's target, and a code when it leaves the root."""
        link = raw.partition(b"\0")[0]
        if kind == _SYMLINK:
            return link, ""
        link, code = normalise(link)
        return link, code if code == ESCAPES else ""

    def _take(self, rows: list[_Row], data: bytes, before: int) -> None:
        """Write the columns of a run, whose chunk begins at a place of the stream."""
        entries = self._walk.columns.entries
        (parents, names, kinds, owners, owner_names, mtimes, nanos, offsets, sizes, starts,
         links) = zip(*rows, strict=True)  # fmt: skip
        modes, uids, gids = zip(*owners, strict=True)
        unames, gnames = zip(*map(self._names.__getitem__, owner_names), strict=True)
        first = len(entries)
        entries.parent.extend(parents)
        entries.kind.extend(kinds)
        entries.mode.extend(modes)
        entries.uid.extend(uids)
        entries.gid.extend(gids)
        entries.uname.extend(unames)
        entries.gname.extend(gnames)
        entries.mtime.extend(mtimes)
        entries.nanos.extend(nanos)
        entries.size.extend(sizes)
        entries.offset.extend(offsets)
        self._walk.columns.contents.extend(map(before.__add__, starts))
        self._walk.columns.extend_names(names)
        self._read(first, data, _Columns(parents, names, kinds, sizes, starts, links))

    def _read(self, first: int, data: bytes, run: _Columns) -> None:
        """Hash and classify the contents of a run, show them to who wants them."""
        entries, classify, kinds = self._walk.columns.entries, self._walk.classify, run.kinds
        places = list(zip(run.starts, run.sizes, strict=True))
        heads = [data[start : start + min(size, HEAD)] for start, size in places]
        types = [classify(head) for head in heads]
        hashed = list(run.sizes)
        for member, kind in enumerate(kinds):
            if kind != _FILE:
                hashed[member], types[member] = -1, 0
            if kind in _LINKS:
                entries.links.set(first + member, run.links[member])
        entries.sha256 += self._walk.digest.of_parts(data, run.starts, tuple(hashed))
        entries.file_type += bytes(types)
        for member in self._wanted(run, heads):
            self._observe(first + member, _content(data, *places[member]), heads[member])

    def _wanted(self, run: _Columns, heads: Iterable[bytes]) -> list[int]:
        """Return those members of a run that an observer may want."""
        watched, magics, suffixes = self._watched, self._magics, self._suffixes
        parents = self._walk.columns.directories.watched
        return [
            member
            for member, (parent, name, head) in enumerate(
                zip(run.parents, run.names, heads, strict=True)
            )
            if head
            and (
                name in watched
                or parent in parents
                or head[:2] in magics
                or (suffixes and name[name.rfind(b".") :] in suffixes)
            )
        ]

    def _observe(self, entry: int, content: bytes | memoryview, head: bytes) -> None:
        attention, entries = self._walk.attention, self._walk.columns.entries
        directory, name = (
            self._walk.columns.directories.paths[entries.parent[entry]],
            entries.names[entry],
        )
        who = attention.interested(directory, name, head)
        if who:
            path = directory + b"/" + name if directory else name
            seen = Seen(path, len(content), entries.mode[entry])
            taps = attention.open(who, seen, memoryview(head))
            attention.feed(taps, content)
            attention.close(taps, entry, whole=True)


def _content(data: bytes, start: int, size: int) -> bytes | memoryview:
    """Return a content in the way that is cheaper for its size."""
    end = start + size
    return data[start:end] if size <= _COPY else memoryview(data)[start:end]

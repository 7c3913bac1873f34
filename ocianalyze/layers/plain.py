"""Runs of plain members, the hot loop of the whole program.

Plain is a ustar or GNU header with a right checksum, a type of file, directory or link, octal
numbers, a normal name, and a content that lies in the same chunk. At anything else the loop stops
and leaves the cursor before that member.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import adler32

from ocianalyze.layers.columns import EMPTY
from ocianalyze.layers.observer import Seen
from ocianalyze.layers.paths import normalise
from ocianalyze.layers.tar import FIELDS, GNU, USTAR
from ocianalyze.layers.tar import number as decode
from ocianalyze.model.facts import NO_DIGEST

if TYPE_CHECKING:
    from ocianalyze.layers.walk import Walk

_FILE, _HARDLINK, _SYMLINK, _DIRECTORY = b"0", b"1", b"2", b"5"
_PLAIN = {b"0": ord("f"), b"\0": ord("f"), b"1": ord("h"), b"2": ord("l"), b"5": ord("d")}
_ODD_NAMES = frozenset({b"", b".", b".."})
_COPY = 1 << 14
"""Contents up to this size are cheaper to copy than to view."""
_MAX_REMEMBERED = 1 << 14


class _Numbers(dict[bytes, int]):
    """Numeric fields to their value; -1 for one that is not plain. Few values recur often."""

    def __missing__(self, field: bytes) -> int:
        value = decode(field)
        value = -1 if value is None or not 0 <= value < 1 << 32 else value
        if len(self) < _MAX_REMEMBERED:
            self[field] = value
        return value


class PlainRun:
    """Takes the plain members that follow the cursor."""

    def __init__(self, walk: Walk) -> None:
        """Work on a walk's cursor and columns."""
        self._walk = walk
        self._ids = _Numbers()
        attention = walk.attention
        paths = (path.rpartition(b"/")[2] for path in attention.paths)
        self._watched = frozenset(attention.names).union(paths)
        self._magics = frozenset(magic[:2] for magic in attention.magics)
        self._suffixes = frozenset(attention.suffixes)

    def run(self) -> None:  # noqa: C901, PLR0912, PLR0915 - one loop: two microseconds an entry
        """Take members until one is not plain; the cursor stands before that one."""
        walk = self._walk
        data, at = walk.cursor.data, walk.cursor.at
        last = len(data) - 512
        if at > last:
            return
        before = walk.cursor.offset - at
        columns, entries = walk.columns, walk.columns.entries
        directories, owners, ids = columns.directories, columns.owners, self._ids
        unpack, checksums, classify = FIELDS.unpack_from, walk.checksums, walk.classify
        watched, magics, suffixes = self._watched, self._magics, self._suffixes
        parents = directories.watched
        add_parent, add_mode = entries.parent.append, entries.mode.append
        add_uid, add_gid = entries.uid.append, entries.gid.append
        add_uname, add_gname = entries.uname.append, entries.gname.append
        add_size, add_mtime = entries.size.append, entries.mtime.append
        add_kind, add_type = entries.kind.append, entries.file_type.append
        add_offset = entries.offset.append
        names: list[bytes] = []
        digests: list[bytes] = []
        add_name, add_digest = names.append, digests.append
        view = memoryview(data)
        room = walk.limits.layer_entries - len(entries)
        first = len(entries)
        seen_time, mtime = b"", 0

        while at <= last and len(names) < room:
            (raw, mode, uid, gid, size_, time_, stored, flag, link, magic, uname, gname,
             _, _, prefix) = unpack(data, at)  # fmt: skip
            if adler32(data[at : at + 512]) & 0xFFFF != checksums[stored]:
                break
            kind = _PLAIN.get(flag)
            if kind is None:
                break
            path = raw.rstrip(b"\0")
            if magic == USTAR:
                if prefix[0]:
                    if data[at + 508 : at + 512] == b"tar\0":
                        break
                    path = prefix.rstrip(b"\0") + b"/" + path
            elif magic != GNU:
                break
            start = at + 512
            size = 0
            if kind == 102:
                octal = size_.rstrip(b" \0")
                if not octal.isdigit():
                    break
                try:
                    size = int(octal, 8)
                except ValueError:
                    break
            elif kind == 100:
                path = path.rstrip(b"/")
            end = start + size
            if end > last + 512:
                break
            directory, _, name = path.rpartition(b"/")
            if name in _ODD_NAMES or name[:4] == b".wh." or b"\0" in path:
                break
            if time_ != seen_time:
                octal = time_.rstrip(b" \0")
                if not octal.isdigit():
                    break
                try:
                    mtime = int(octal, 8)
                except ValueError:
                    break
                seen_time = time_
            mode, uid, gid = ids[mode], ids[uid], ids[gid]
            if mode < 0 or uid < 0 or gid < 0:
                break
            parent = directories[directory]

            add_parent(parent)
            add_name(name)
            add_kind(kind)
            add_mode(mode & 0o7777)
            add_uid(uid)
            add_gid(gid)
            add_uname(owners[uname])
            add_gname(owners[gname])
            add_mtime(mtime)
            add_offset(before + at)
            add_size(size)
            if kind != 102:
                add_digest(NO_DIGEST)
                add_type(0)
                if kind == 108:
                    entries.links.set(first + len(names) - 1, link.partition(b"\0")[0])
                elif kind == 104:
                    self._hard_link(first + len(names) - 1, link, before + at)
                at = end
                continue
            if size:
                content = data[start:end] if size <= _COPY else view[start:end]
                add_digest(sha256(content).digest())
                head = data[start : start + 512] if size > 512 else data[start:end]
                add_type(classify(head))
                if (
                    name in watched
                    or parent in parents
                    or head[:2] in magics
                    or (suffixes and name[name.rfind(b".") :] in suffixes)
                ):
                    seen = Seen(path, size, mode & 0o7777)
                    self._observe(first + len(names) - 1, parent, name, seen, view[start:end])
            else:
                add_digest(EMPTY)
                add_type(classify(b""))
            at = end + -size % 512

        walk.cursor.at = min(at, len(data))
        walk.cursor.skip(at - len(data))
        entries.sha256 += b"".join(digests)
        entries.nanos.frombytes(bytes(4 * len(names)))
        columns.extend_names(names)

    def _hard_link(self, entry: int, raw: bytes, offset: int) -> None:
        target, code = normalise(raw.partition(b"\0")[0])
        if code == "tar.path-escapes":
            self._walk.anomalies.add("tar.link-outside", "", raw, offset)
        self._walk.columns.entries.links.set(entry, target)

    def _observe(
        self, entry: int, parent: int, name: bytes, seen: Seen, content: memoryview
    ) -> None:
        attention = self._walk.attention
        directory = self._walk.columns.directories.paths[parent]
        who = attention.interested(directory, name, bytes(content[:4]))
        if who:
            path = directory + b"/" + name if directory else name
            taps = attention.open(who, Seen(path, seen.size, seen.mode), content[:512])
            attention.feed(taps, content)
            attention.close(taps, entry, seen.size)

"""Entries written column by column."""

import hashlib
import re
from array import array
from collections.abc import Container, Sequence
from itertools import accumulate, islice

from ocianalyze.layers.paths import Anomalies, Directories, Place
from ocianalyze.layers.pax import Extended, decimal_time
from ocianalyze.layers.sparse import Placed, SparseMap
from ocianalyze.layers.tar import Header
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import NO_DIGEST, Entries, pack_xattrs

EMPTY = hashlib.sha256().digest()
_ODD = re.compile(rb"[\x00-\x1f\x7f-\xff]")
MAX_ID = (1 << 32) - 1
"""The largest that a field of 32 bits has; as an owner it means none (chown(2))."""
MAX_SIGNED = (1 << 63) - 1
_MAX_OWNERS = 1 << 16
_MAX_OWNER_NAME = 256
_MAX_SPELLINGS = 1 << 17
_ENTRY_BYTES = 96
"""All columns of one entry but its names."""
_SEGMENT_BYTES = 16
_DIRECTORY_BYTES = 250
"""One directory in a list and a dictionary."""


class Owners(dict[bytes, int]):
    """Owner names to their number in the layer's table; beyond 65,535 names they are empty."""

    def __init__(self, table: list[bytes]) -> None:
        """Fill `table`, which begins with the empty name."""
        super().__init__({b"": 0, bytes(32): 0})
        self._table = table
        self._numbers = {b"": 0}

    def __missing__(self, raw: bytes) -> int:
        """Number a new name, which ends at its first NUL."""
        name = raw.partition(b"\0")[0][:_MAX_OWNER_NAME]
        found = self._numbers.get(name)
        if found is None:
            if len(self._table) >= _MAX_OWNERS:
                return 0
            found = self._numbers[name] = len(self._table)
            self._table.append(name)
        if len(self) < _MAX_SPELLINGS and len(raw) <= _MAX_OWNER_NAME:
            self[raw] = found
        return found


class Columns:
    """The columns of one layer while they grow."""

    def __init__(
        self, limits: Limits, anomalies: Anomalies, watched: Container[bytes] = ()
    ) -> None:
        """Begin without entries; `watched` directories are marked when they come up."""
        self.entries = Entries()
        self.contents = array("Q")
        """Where each entry's content begins in the stream, or would; not among the facts."""
        self.sparse: dict[int, Placed] = {}
        """By entry, where its content has holes; not among the facts."""
        self._sparse_bytes = 0
        self.anomalies = anomalies
        self.directories = Directories(limits, anomalies, watched)
        self.owners = Owners(self.entries.owners)
        self._limits = limits

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly."""
        entries, directories = self.entries, self.directories
        strings = (entries.names.data, entries.links.values.data, entries.xattrs.values.data)
        return (
            len(entries) * _ENTRY_BYTES
            + sum(map(len, strings))
            + self._sparse_bytes
            + directories.bytes
            + len(directories) * _DIRECTORY_BYTES
        )

    def spread(self, entry: int, holes: SparseMap) -> None:
        """Remember where the stored bytes of a sparse file lie in it."""
        self.sparse[entry] = holes.placed()
        self._sparse_bytes += len(holes.segments) * _SEGMENT_BYTES

    def finish(self) -> Entries:
        """Return the entries, complete."""
        self.entries.directories = self.directories.paths
        self.directories.clear()
        self.entries.freeze()
        return self.entries

    def extend_names(self, names: Sequence[bytes]) -> None:
        """Add the base names of entries whose parents and offsets are there already."""
        column = self.entries.names
        start = len(column)
        joined = b"".join(names)
        ends = accumulate(map(len, names), initial=len(column.data))
        column.data += joined
        column.ends.extend(islice(ends, 1, None))
        if _ODD.search(joined):
            for entry, name in enumerate(names, start):
                self._report_odd(entry, name)

    def _report_odd(self, entry: int, name: bytes) -> None:
        if _ODD.search(name) and not _is_printable(name):
            directory = self.directories.paths[self.entries.parent[entry]]
            path = directory + b"/" + name if directory else name
            self.anomalies.add("tar.odd-name", "", path, self.entries.offset[entry])

    def append(
        self, kind: Kind, place: Place, header: Header, extended: Extended, offset: int
    ) -> int:
        """Add one entry without content; return its number."""
        entries = self.entries
        entry = len(entries)
        entries.parent.append(place.parent)
        entries.kind.append(ord(kind))
        entries.offset.append(offset)
        entries.size.append(0)
        entries.sha256 += NO_DIGEST
        entries.file_type.append(0)
        entries.mode.append(self._bits(header.mode, place.path, offset) & 0o7777)
        self._owner(header, extended, place.path, offset)
        self._times(header, extended, place.path, offset)
        if extended.records:
            self._xattrs(entry, extended, place.path, offset)
        entries.names.append(place.name)
        self._report_odd(entry, place.name)
        return entry

    def _owner(self, header: Header, extended: Extended, path: bytes, offset: int) -> None:
        entries, owners = self.entries, self.owners
        uid, gid = extended.number(b"uid", header.uid), extended.number(b"gid", header.gid)
        entries.uid.append(self._id(uid, path, offset))
        entries.gid.append(self._id(gid, path, offset))
        entries.uname.append(owners[extended.text(b"uname", header.uname)])
        entries.gname.append(owners[extended.text(b"gname", header.gname)])

    def _times(self, header: Header, extended: Extended, path: bytes, offset: int) -> None:
        raw = extended.records.get(b"mtime")
        seconds, nanos = decimal_time(raw) if raw else (header.mtime, 0)
        sign = -1 if seconds is not None and seconds < 0 else 1
        size = None if seconds is None else abs(seconds)
        self.entries.mtime.append(sign * self.whole(size, MAX_SIGNED, path, offset))
        self.entries.nanos.append(nanos)

    def _xattrs(self, entry: int, extended: Extended, path: bytes, offset: int) -> None:
        xattrs, problem = extended.xattrs()
        if problem:
            self.anomalies.add("tar.bad-pax", problem, path, offset)
        packed = pack_xattrs(xattrs)
        if len(packed) > self._limits.xattr_bytes:
            limit = self._limits.reached("xattr_bytes")
            self.anomalies.lose("tar.header-too-large", limit, path, offset)
            packed = pack_xattrs(_fitting(xattrs, self._limits.xattr_bytes))
        if packed:
            self.entries.xattrs.set(entry, packed)

    def _id(self, value: int | None, path: bytes, offset: int) -> int:
        """Return the owner that a file has after chown(2), which leaves root's for the largest."""
        found = self._bits(value, path, offset)
        if found != MAX_ID:
            return found
        if value == MAX_ID:
            self.anomalies.add("tar.number-clamped", f"{value}, read as 0", path, offset)
        return 0

    def _bits(self, value: int | None, path: bytes, offset: int) -> int:
        """Return the 32 bits that runtimes keep, with an anomaly when the number has others."""
        low = (value or 0) & MAX_ID
        if value is None:
            self.anomalies.lose("tar.bad-number", "", path, offset)
        elif low != value:
            self.anomalies.add(
                "tar.number-clamped", f"{str(value)[:64]}, cut to 32 bits", path, offset
            )
        return low

    def whole(self, value: int | None, largest: int, path: bytes, offset: int) -> int:
        """Return a number that fits its column, with an anomaly when it did not."""
        if value is None:
            self.anomalies.lose("tar.bad-number", "", path, offset)
            return 0
        if 0 <= value <= largest:
            return value
        self.anomalies.lose("tar.number-clamped", str(value)[:64], path, offset)
        return 0 if value < 0 else largest


def _fitting(xattrs: dict[bytes, bytes], room: int) -> dict[bytes, bytes]:
    """Return the smallest attributes that fit together: no padding hides a capability."""
    kept: dict[bytes, bytes] = {}
    for name, value in sorted(xattrs.items(), key=lambda item: (len(item[1]), item[0])):
        room -= len(name) + len(value) + 16
        if room < 0:
            break
        kept[name] = value
    return kept


def _is_printable(name: bytes) -> bool:
    """Tell a name that reads as it is: text without controls, bidi marks, unseen characters."""
    try:
        return name.decode().isprintable()
    except UnicodeDecodeError:
        return False

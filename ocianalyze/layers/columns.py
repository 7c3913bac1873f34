"""Entries written column by column."""

import hashlib
import re
from collections.abc import Container
from itertools import accumulate, islice

from ocianalyze.layers.paths import Anomalies, Directories
from ocianalyze.layers.tar import Extended, Header
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import NO_DIGEST, Entries, pack_xattrs

EMPTY = hashlib.sha256().digest()
_ODD = re.compile(rb"[\x00-\x1f\x7f-\xff]")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_MAX_ID = (1 << 32) - 1
_MAX_TIME = (1 << 63) - 1
_MAX_OWNERS = 1 << 16


class Owners(dict[bytes, int]):
    """Owner names to their number in the layer's table; beyond 65,535 names they are empty."""

    def __init__(self, table: list[bytes]) -> None:
        """Fill `table`, which begins with the empty name."""
        super().__init__({b"": 0, bytes(32): 0})
        self._table = table
        self._numbers = {b"": 0}

    def __missing__(self, raw: bytes) -> int:
        """Number a new name."""
        name = raw.partition(b"\0")[0]
        found = self._numbers.get(name)
        if found is None:
            if len(self._table) >= _MAX_OWNERS:
                return 0
            found = self._numbers[name] = len(self._table)
            self._table.append(name)
        self[raw] = found
        return found


class Columns:
    """The columns of one layer while they grow."""

    def __init__(
        self, limits: Limits, anomalies: Anomalies, watched: Container[bytes] = ()
    ) -> None:
        """Begin without entries; `watched` directories are marked when they come up."""
        self.entries = Entries()
        self.anomalies = anomalies
        self.directories = Directories(limits, anomalies, watched)
        self.owners = Owners(self.entries.owners)
        self._limits = limits

    def finish(self) -> Entries:
        """Return the entries, complete."""
        self.entries.directories = self.directories.paths
        self.entries.names.freeze()
        return self.entries

    def extend_names(self, names: list[bytes]) -> None:
        """Add the base names of entries whose other columns are filled already."""
        column = self.entries.names
        start = len(column)
        joined = b"".join(names)
        ends = accumulate(map(len, names), initial=len(column.data))
        column.data += joined
        column.ends.extend(islice(ends, 1, None))
        if _ODD.search(joined):
            self._report_odd(start, names)

    def _report_odd(self, start: int, names: list[bytes]) -> None:
        for entry, name in enumerate(names, start):
            if _ODD.search(name) and (_CONTROL.search(name) or not _is_utf8(name)):
                self.anomalies.add("tar.odd-name", "", self._path(entry, name))

    def _path(self, entry: int, name: bytes) -> bytes:
        directory = self.directories.paths[self.entries.parent[entry]]
        return directory + b"/" + name if directory else name

    def append(
        self, kind: Kind, path: bytes, header: Header, extended: Extended, offset: int
    ) -> int:
        """Add one entry without content; return its number."""
        entries = self.entries
        entry = len(entries)
        directory, _, name = path.rpartition(b"/")
        if len(name) > self._limits.path_bytes:
            self.anomalies.add("tar.path-too-long", f"{len(name)} bytes", name[:256], offset)
            name = name[: self._limits.path_bytes]
        entries.parent.append(self.directories[directory])
        entries.kind.append(ord(kind))
        entries.offset.append(offset)
        entries.size.append(0)
        entries.sha256 += NO_DIGEST
        entries.file_type.append(0)
        self._owner(header, extended, path)
        self._times(header, extended, path)
        self._xattrs(entry, extended, path)
        self.extend_names([name])
        return entry

    def _owner(self, header: Header, extended: Extended, path: bytes) -> None:
        entries = self.entries
        entries.mode.append(self.whole(header.mode, 0xFFFFFFFF, path) & 0o7777)
        entries.uid.append(self.whole(extended.number(b"uid", header.uid), _MAX_ID, path))
        entries.gid.append(self.whole(extended.number(b"gid", header.gid), _MAX_ID, path))
        entries.uname.append(self.owners[extended.records.get(b"uname", header.uname)])
        entries.gname.append(self.owners[extended.records.get(b"gname", header.gname)])

    def _times(self, header: Header, extended: Extended, path: bytes) -> None:
        raw = extended.records.get(b"mtime")
        seconds, nanos = header.mtime, 0
        if raw is not None:
            seconds, nanos = decimal_time(raw)
        if seconds is not None and seconds < 0:
            clamped = max(seconds, -_MAX_TIME)
        else:
            clamped = self.whole(seconds, _MAX_TIME, path)
        self.entries.mtime.append(clamped)
        self.entries.nanos.append(nanos)

    def _xattrs(self, entry: int, extended: Extended, path: bytes) -> None:
        if not extended.records:
            return
        xattrs = extended.xattrs()
        if not xattrs:
            return
        packed = pack_xattrs(xattrs)
        if len(packed) > self._limits.xattr_bytes:
            self.anomalies.add("tar.header-too-large", "extended attributes dropped", path)
            return
        self.entries.xattrs.set(entry, packed)

    def whole(self, value: int | None, largest: int, path: bytes) -> int:
        """Return a number that fits its column, with an anomaly when it did not."""
        if value is None:
            self.anomalies.add("tar.bad-number", "", path)
            return 0
        if 0 <= value <= largest:
            return value
        self.anomalies.add("tar.number-clamped", str(value)[:64], path)
        return 0 if value < 0 else largest


def decimal_time(raw: bytes) -> tuple[int | None, int]:
    """Return whole seconds, rounded down, and nanoseconds of a PAX time such as `-1.25`."""
    match = re.fullmatch(rb"(-?)(\d{1,19})(?:\.(\d*))?", raw)
    if match is None:
        return None, 0
    seconds = int(match[2])
    nanos = int((match[3] or b"")[:9].ljust(9, b"0"))
    if not match[1]:
        return seconds, nanos
    return (-seconds - 1, 1_000_000_000 - nanos) if nanos else (-seconds, 0)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True

"""One walk over one tar: every member becomes an entry, every content is hashed as it passes.

Most members are plain: a ustar or GNU header in the middle of a chunk. `ocianalyze.layers.plain`
takes runs of them; this module takes everything else, one member at a time. Both give the same.
"""

import re
from collections.abc import Iterator, Sequence

from ocianalyze.blobs.ahead import SharedDigest
from ocianalyze.layers import tar
from ocianalyze.layers.attention import Attention
from ocianalyze.layers.columns import MAX_SIGNED, Columns
from ocianalyze.layers.contents import Contents, padded
from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.headers import Headers
from ocianalyze.layers.observer import Classifier, Observer
from ocianalyze.layers.paths import ESCAPES, TOO_LONG, Place, normalise
from ocianalyze.layers.pax import Extended, nul_in, read_pax
from ocianalyze.layers.plain import PlainRun
from ocianalyze.layers.progress import Progress
from ocianalyze.layers.sparse import read_sparse
from ocianalyze.layers.tar import BLOCK, Header
from ocianalyze.layers.whiteout import interpret
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Kind

_CONTIGUOUS = b"7"
_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    _CONTIGUOUS: Kind.FILE,
    b"S": Kind.FILE,
    b"1": Kind.HARDLINK,
    b"2": Kind.SYMLINK,
    b"3": Kind.CHARACTER_DEVICE,
    b"4": Kind.BLOCK_DEVICE,
    b"5": Kind.DIRECTORY,
    b"D": Kind.DIRECTORY,
    b"6": Kind.FIFO,
}
_WITHOUT_DATA = frozenset(b"123456")
"""Type flags whose size field does not count (Go's and GNU's readers agree)."""
_EXTENDED = frozenset(b"xXgLK")
_OVERLAY = re.compile(rb"(?:SCHILY|LIBARCHIVE)\.xattr\.(?:trusted|user)\.overlay\..")
"""Attributes by which overlay file systems know what is hidden (Linux overlayfs, whiteouts)."""
_HARMLESS = frozenset({b"comment"})
"""Keys of global headers that change nothing for any reader."""


class Walk:
    """Reads one tar from a stream of chunks into columns."""

    def __init__(
        self,
        chunks: Iterator[bytes],
        observers: Sequence[Observer],
        classify: Classifier,
        limits: Limits,
        digest: SharedDigest | None = None,
    ) -> None:
        """Read nothing yet; beside the digests of contents that of the stream is made."""
        self.digest = digest or SharedDigest()
        self.cursor = Cursor(chunks)
        self.limits = limits
        self.classify = classify
        self.progress = Progress(self.cursor, limits)
        self.anomalies = self.progress.anomalies
        self.attention = Attention(limits, observers)
        self.columns = Columns(limits, self.anomalies, self.attention.directories)
        self.checksums = tar.Checksums()
        self.numbers = tar.Numbers()
        self._headers = Headers(self.progress, self.checksums)
        self._contents = Contents(
            self.progress, self.columns, self.attention, classify, self.digest
        )

    def run(self) -> None:
        """Read to the end of the archive, or to a limit."""
        plain = PlainRun(self)
        while not self._is_over_limit() and self._member_or_end():
            plain.run()

    @property
    def overlooked(self) -> str:
        """Why observers may have missed contents; empty when they saw all."""
        if not self.attention.dropped:
            return ""
        return self.limits.reached("capture_bytes")

    def _is_over_limit(self) -> bool:
        if self.columns.weight > self.limits.facts_bytes:
            self.progress.stop("tar.limit", self.limits.reached("facts_bytes"))
            return True
        return self.progress.is_late()

    def _member_or_end(self) -> bool:
        """Read one member with its extended headers; False at the end of the archive."""
        extended = Extended()
        start = -1
        while block := self._headers.next():
            start = self.cursor.offset - BLOCK if start < 0 else start
            header = tar.parse(block, self.numbers)
            if header.flag[0] not in _EXTENDED:
                return self._member(start, header, block, extended)
            if not self._extend(header, extended):
                return False
            if header.flag == b"g":
                extended, start = Extended(), -1
        if start >= 0:
            self.anomalies.add("tar.bad-pax", "extended header without a member", offset=start)
        return False

    def _extend(self, header: Header, extended: Extended) -> bool:
        """Read an extended header; False when the walk cannot go on."""
        offset = self.cursor.offset - BLOCK
        size = self._size(header.size, b"", offset)
        if size > self.limits.header_bytes:
            limit = self.limits.reached("header_bytes")
            self.anomalies.lose("tar.header-too-large", limit, offset=offset)
            return self._contents.pass_over(size)
        data = self.cursor.read(padded(size))[:size]
        if len(data) < size:
            return self.progress.stop("tar.truncated", "archive ends inside an extended header")
        if header.flag == b"L":
            extended.long_path = tar.text(data)
        elif header.flag == b"K":
            extended.long_link = tar.text(data)
        else:
            self._read_pax(header.flag, data, extended, offset)
        return not self.progress.is_late()

    def _read_pax(self, flag: bytes, data: bytes, extended: Extended, offset: int) -> None:
        """Let records replace those of an earlier header for the same member."""
        if extended.records and flag != b"g":
            detail = "a second extended header replaces the first"
            self.anomalies.add("tar.bad-pax", detail, offset=offset)
        extended.records, extended.sparse = {}, []
        problem = read_pax(data, extended.records, extended.sparse) or nul_in(extended.records)
        if problem:
            self.anomalies.lose("tar.bad-pax", problem, offset=offset)
        if flag == b"g" and not extended.records.keys() <= _HARMLESS:
            keys = b", ".join(sorted(extended.records))[:200]
            self.anomalies.add("tar.global-header", keys.decode(errors="replace"), offset=offset)

    def _member(self, start: int, header: Header, block: bytes, extended: Extended) -> bool:
        if len(self.columns.entries) >= self.limits.layer_entries:
            return self.progress.stop("tar.limit", self.limits.reached("layer_entries"))
        sparse = read_sparse(header, block, extended, self.cursor)
        raw = (sparse.name if sparse else b"") or extended.path(header.path)
        place = self.columns.directories.place(self._cut(raw, start), start)
        kind = self._kind(header, raw, place, start)
        size = 0
        if header.flag[0] not in _WITHOUT_DATA and not _is_old_directory(header, raw):
            size = self._size(extended.number(b"size", header.size), place.path, start)
        data = max(0, size - sparse.consumed) if sparse else size
        whiteout = interpret(place.name)
        if whiteout is not None:
            kind, name = whiteout
            place = place._replace(name=name)
            if kind is Kind.UNKNOWN:
                self.anomalies.add("merge.odd-whiteout", "", place.path, start)
        entry = self.columns.append(kind, place, header, extended, start)
        self.columns.contents.append(self.cursor.offset)
        self._link(entry, kind, header, extended, start)
        self._overlay(kind, header, extended, place.path, start)
        if kind is not Kind.FILE:
            return self._contents.pass_over(data)
        return self._contents.take(entry, place.path, data, sparse)

    def _cut(self, raw: bytes, start: int) -> bytes:
        """Return a path of a PAX record up to a NUL, which no path of a file system holds."""
        if b"\0" not in raw:
            return raw
        self.anomalies.lose("tar.odd-name", "NUL in a path", raw[:1024], start)
        return tar.text(raw)

    def _kind(self, header: Header, raw: bytes, place: Place, start: int) -> Kind:
        """Tell the kind; what has no name is the root."""
        kind = _KINDS.get(header.flag)
        if _is_old_directory(header, raw) or (kind is Kind.FILE and not place.name):
            return Kind.DIRECTORY
        if kind is None:
            detail = f"type flag {header.flag!r}"
            self.anomalies.add("tar.unknown-type", detail, place.path, start)
            return Kind.UNKNOWN
        if header.flag == _CONTIGUOUS:
            detail = "contiguous file, which runtimes refuse"
            self.anomalies.add("tar.unknown-type", detail, place.path, start)
        return kind

    def _size(self, size: int | None, path: bytes, start: int) -> int:
        if size is not None and size < 0:
            self.anomalies.lose("tar.negative-size", str(size), path, start)
            return 0
        return self.columns.whole(size, MAX_SIGNED, path, start)

    def _link(self, entry: int, kind: Kind, header: Header, extended: Extended, start: int) -> None:
        entries = self.columns.entries
        if kind in (Kind.CHARACTER_DEVICE, Kind.BLOCK_DEVICE):
            numbers = [
                self.columns.whole(number, MAX_SIGNED, b"", start)
                for number in (header.major, header.minor)
            ]
            entries.devices.set(entry, b"%d:%d" % (*numbers,))
        if kind not in (Kind.SYMLINK, Kind.HARDLINK):
            return
        target = self._cut(extended.link(header.link), start)
        if len(target) > self.limits.path_bytes:
            limit = self.limits.reached("path_bytes")
            self.anomalies.lose(TOO_LONG, limit, target[:256], start)
            target = target[: self.limits.path_bytes]
        if kind is Kind.HARDLINK:
            target, code = normalise(target)
            if code == ESCAPES:
                self.anomalies.add("tar.link-outside", "", extended.link(header.link)[:256], start)
        entries.links.set(entry, target)

    def _overlay(
        self, kind: Kind, header: Header, extended: Extended, path: bytes, start: int
    ) -> None:
        """Tell what overlay file systems hide by; the image-spec knows names alone."""
        is_device = kind is Kind.CHARACTER_DEVICE and not (header.major or header.minor)
        named = next(filter(_OVERLAY.match, extended.records), b"").decode(errors="replace")
        if detail := "character device 0:0" if is_device else named[:100]:
            self.anomalies.add("merge.overlay-whiteout", detail, path, start)


def _is_old_directory(header: Header, raw: bytes) -> bool:
    """Tell a directory of old archives, which mark it by a slash alone; it has no data in Go."""
    return header.flag == b"\0" and raw.endswith(b"/")

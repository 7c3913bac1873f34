"""One walk over one tar: every member becomes an entry, every content is hashed as it passes.

Most members are plain: a ustar or GNU header in the middle of a chunk. `ocianalyze.layers.plain`
takes runs of them; this module takes everything else, one member at a time.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence

from ocianalyze.layers import tar
from ocianalyze.layers.attention import Attention, Open
from ocianalyze.layers.columns import EMPTY, Columns
from ocianalyze.layers.cursor import Cursor
from ocianalyze.layers.observer import Classifier, Observer, Seen
from ocianalyze.layers.paths import Anomalies, normalise
from ocianalyze.layers.plain import PlainRun
from ocianalyze.layers.sparse import SparseMap, read_sparse
from ocianalyze.layers.tar import BLOCK, ZEROS, Extended, Header
from ocianalyze.layers.whiteout import interpret
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Kind

_KINDS = {
    b"0": Kind.FILE,
    b"7": Kind.FILE,
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
HEAD = 512
"""First bytes of a content that classifiers and observers are shown."""


class Walk:
    """Reads one tar from a stream of chunks into columns."""

    def __init__(
        self,
        chunks: Iterator[bytes],
        observers: Sequence[Observer],
        classify: Classifier,
        limits: Limits,
    ) -> None:
        """Read nothing yet."""
        self.cursor = Cursor(chunks)
        self.limits = limits
        self.classify = classify
        self.anomalies = Anomalies(limits)
        self.attention = Attention(limits, observers)
        self.columns = Columns(limits, self.anomalies, self.attention.directories)
        self.checksums = tar.Checksums()
        self.partial = ""
        """Why the tar was read only in part."""
        self.skipped = ""
        """The last stretch that was passed over unread."""
        self.timed_out = False
        self._globals: dict[bytes, bytes] = {}
        self._deadline = time.monotonic() + limits.layer_seconds
        self._holes = limits.hole_bytes

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
        return f"limit capture_bytes ({self.limits.capture_bytes}) reached"

    def _is_over_limit(self) -> bool:
        entries = len(self.columns.entries)
        if entries >= self.limits.layer_entries:
            self.stop("tar.limit", f"limit layer_entries ({self.limits.layer_entries}) reached")
        elif time.monotonic() > self._deadline:
            self.timed_out = True
            self.stop("tar.limit", f"limit layer_seconds ({self.limits.layer_seconds:g}) reached")
        return bool(self.partial)

    def stop(self, code: str, why: str) -> bool:
        """Record why the walk cannot go on; always False."""
        self.anomalies.add(code, why, offset=self.cursor.offset)
        self.partial = self.partial or why
        return False

    def _member_or_end(self) -> bool:
        """Read one member with its extended headers; False at the end of the archive."""
        start = self.cursor.offset
        extended = Extended(dict(self._globals))
        while block := self._header():
            header = tar.parse(block)
            if header.flag in b"xXgLK":
                self._extend(header, extended)
            else:
                return self._member(start, header, block, extended)
        return False

    def _header(self) -> bytes:
        """Return the next block with a right checksum; nothing at the end."""
        block = self.cursor.read(BLOCK)
        if block == ZEROS:
            block = self._after_zeros()
        elif len(block) < BLOCK:
            self._end(block)
            return b""
        if block and not self._is_header(block):
            block = self._resynchronise(block)
        return block

    def _is_header(self, block: bytes) -> bool:
        if tar.adler(block) == self.checksums[block[148:156]]:
            return True
        return tar.has_right_checksum(block)

    def _end(self, rest: bytes) -> None:
        if rest.strip(b"\0"):
            self.stop("tar.truncated", "archive ends inside a header")
        else:
            self.anomalies.add("tar.no-end-mark", offset=self.cursor.offset)

    def _after_zeros(self) -> bytes:
        """Return the block after a lone zero block; nothing at the end of the archive."""
        block = self.cursor.read(BLOCK)
        if len(block) < BLOCK or block == ZEROS:
            self._look_after_end(block)
            return b""
        self.anomalies.add("tar.gap", "a lone block of zeros", offset=self.cursor.offset)
        return block

    def _look_after_end(self, block: bytes) -> None:
        """Say what follows the end of the archive; runtimes never read it."""
        cursor = self.cursor
        while cursor.advance():
            if any(cursor.data[cursor.at :]):
                break
            cursor.at = len(cursor.data)
        else:
            return
        rest = cursor.data[cursor.at :]
        first = len(rest) - len(rest.lstrip(b"\0"))
        cursor.skip(first - (cursor.offset + first) % BLOCK)
        offset = cursor.offset
        block = cursor.read(BLOCK)
        another = len(block) == BLOCK and self._is_header(block)
        code = "tar.concatenated" if another else "tar.data-after-end"
        self.anomalies.add(code, f"first byte {block.lstrip(bytes(1))[:1].hex()}", offset=offset)

    def _resynchronise(self, block: bytes) -> bytes:
        """Skip to the next block that is a header, as GNU tar does; nothing when there is none."""
        start = self.cursor.offset - BLOCK
        first = start == 0
        self.anomalies.add("tar.bad-checksum", offset=start)
        while len(block) == BLOCK and block != ZEROS and not self._is_header(block):
            block = self.cursor.read(BLOCK)
        if len(block) == BLOCK and block != ZEROS:
            self.anomalies.add(
                "tar.gap", f"{self.cursor.offset - BLOCK - start} bytes", offset=start
            )
            self.skipped = f"unreadable bytes at {start}"
            return block
        if first:
            self.stop("tar.not-a-tar", "no tar header in the whole layer")
        else:
            self.stop("tar.gap", f"nothing readable after byte {start}")
        return b""

    def _extend(self, header: Header, extended: Extended) -> None:
        size = header.size or 0
        offset = self.cursor.offset
        if not 0 <= size <= self.limits.header_bytes:
            self.anomalies.add("tar.header-too-large", f"{size} bytes", offset=offset)
            self.cursor.skip(max(0, _padded(size)))
            return
        data = self.cursor.read(_padded(size))[:size]
        if len(data) < size:
            self.stop("tar.truncated", "archive ends inside an extended header")
        if header.flag in b"LK":
            key = b"path" if header.flag == b"L" else b"linkpath"
            extended.records[key] = tar.text(data)
            return
        tar.read_pax(data, extended)
        if header.flag == b"g":
            self._globals.update(extended.records)
        for problem in extended.problems:
            self.anomalies.add("tar.bad-pax", problem, offset=offset)
        extended.problems.clear()

    def _member(self, start: int, header: Header, block: bytes, extended: Extended) -> bool:
        sparse = read_sparse(header, block, extended, self.cursor)
        path = self._path(header, extended, start)
        kind = self._kind(header, path)
        data = self._data_size(header, extended, path)
        if sparse is not None:
            data = max(0, data - sparse.consumed)
        directory, _, name = path.rstrip(b"/").rpartition(b"/")
        whiteout = interpret(name)
        if whiteout is not None:
            kind, name = whiteout
            if kind is Kind.UNKNOWN:
                self.anomalies.add("merge.odd-whiteout", "", path, start)
        path = directory + b"/" + name
        entry = self.columns.append(kind, path, header, extended, start)
        self._link(entry, kind, header, extended)
        if kind is Kind.FILE:
            return self._content(entry, path, data, sparse)
        return self._pass_over(data)

    def _path(self, header: Header, extended: Extended, start: int) -> bytes:
        records = extended.records
        raw = records.get(b"GNU.sparse.name") or records.get(b"path") or header.path
        path, code = normalise(raw)
        if code:
            self.anomalies.add(code, "", raw[:1024], start)
        return path + b"/" if raw.endswith(b"/") and path else path

    def _kind(self, header: Header, path: bytes) -> Kind:
        if header.flag == b"0" and (path.endswith(b"/") or not path):
            return Kind.DIRECTORY
        kind = _KINDS.get(header.flag)
        if kind is None:
            self.anomalies.add("tar.unknown-type", f"type flag {header.flag!r}", path)
            return Kind.UNKNOWN
        return kind

    def _data_size(self, header: Header, extended: Extended, path: bytes) -> int:
        size = extended.number(b"size", header.size)
        if size is None:
            self.anomalies.add("tar.bad-number", "size", path)
        elif size < 0:
            self.anomalies.add("tar.negative-size", str(size), path)
        if header.flag[0] in _WITHOUT_DATA or size is None:
            return 0
        return max(0, size)

    def _link(self, entry: int, kind: Kind, header: Header, extended: Extended) -> None:
        entries = self.columns.entries
        target = extended.records.get(b"linkpath", header.link)
        if kind is Kind.SYMLINK:
            entries.links.set(entry, target[: self.limits.path_bytes])
        elif kind is Kind.HARDLINK:
            path, code = normalise(target)
            if code == "tar.path-escapes":
                self.anomalies.add("tar.link-outside", "", target[:1024])
            entries.links.set(entry, path[: self.limits.path_bytes])
        elif kind in (Kind.CHARACTER_DEVICE, Kind.BLOCK_DEVICE):
            entries.devices.set(entry, b"%d:%d" % (header.major or 0, header.minor or 0))

    def _pass_over(self, size: int) -> bool:
        if self.cursor.skip(_padded(size)) < size:
            return self.stop("tar.truncated", "archive ends inside a member")
        return True

    def _content(self, entry: int, path: bytes, data: int, sparse: SparseMap | None) -> bool:
        """Hash the content, show it to the observers; holes of a sparse file count as zeros."""
        entries = self.columns.entries
        size = data if sparse is None else sparse.size
        if sparse is not None and not sparse.valid:
            self.anomalies.add("tar.sparse-damaged", "", path)
        entries.size[entry] = size
        if sparse is not None and (not sparse.valid or not self._affords(sparse, path)):
            return self._pass_over(data)
        digest, read = self._hash(entry, path, data, size, sparse)
        if read < data:
            return self.stop("tar.truncated", f"archive ends inside {path[:200]!r}")
        entries.sha256[entry * 32 : entry * 32 + 32] = digest
        self.cursor.skip(_padded(data) - data)
        return True

    def _affords(self, sparse: SparseMap, path: bytes) -> bool:
        """Spend the layer's budget for hashing holes."""
        self._holes -= sparse.holes
        if self._holes >= 0:
            return True
        self._holes += sparse.holes
        self.anomalies.add("tar.file-too-large", f"{sparse.holes} bytes of holes", path)
        return False

    def _hash(
        self, entry: int, path: bytes, data: int, size: int, sparse: SparseMap | None
    ) -> tuple[bytes, int]:
        """Return the content's sha256 and how many stored bytes of it there were."""
        if size == 0:
            self.columns.entries.file_type[entry] = self.classify(b"")
            return EMPTY, 0
        pieces = self.cursor.pieces(data)
        contents = pieces if sparse is None else sparse.expand(pieces)
        sha256 = hashlib.sha256()
        before = self.cursor.offset
        taps: list[Open] | None = None
        for piece in contents:
            if taps is None:
                taps = self._open_taps(entry, path, size, piece)
            sha256.update(piece)
            self.attention.feed(taps, piece)
        self.attention.close(taps or [], entry, size)
        return sha256.digest(), self.cursor.offset - before

    def _open_taps(self, entry: int, path: bytes, size: int, first: memoryview) -> list[Open]:
        head = bytes(first[:HEAD])
        entries = self.columns.entries
        entries.file_type[entry] = self.classify(head)
        directory, _, name = path.strip(b"/").rpartition(b"/")
        who = self.attention.interested(directory, name, head)
        if not who:
            return []
        return self.attention.open(who, Seen(path, size, entries.mode[entry]), memoryview(head))


def _padded(size: int) -> int:
    """Return the size rounded up to whole blocks."""
    return -(-size // BLOCK) * BLOCK

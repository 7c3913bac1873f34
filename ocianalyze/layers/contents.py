"""The content of one member: hashed, classified and shown to observers while it passes."""

from collections.abc import Iterable, Iterator
from itertools import chain

from ocianalyze.blobs.ahead import SharedDigest
from ocianalyze.blobs.sha256 import new_sha256
from ocianalyze.layers.attention import Attention, Open
from ocianalyze.layers.columns import EMPTY, MAX_SIGNED, Columns
from ocianalyze.layers.observer import Classifier, Seen
from ocianalyze.layers.progress import Progress
from ocianalyze.layers.sparse import SparseMap
from ocianalyze.layers.tar import BLOCK
from ocianalyze.model.spelling import spelled_bytes

HEAD = 512
"""First bytes of a content that classifiers and observers are shown."""


class Contents:
    """Reads contents from the cursor of one walk."""

    def __init__(
        self,
        progress: Progress,
        columns: Columns,
        attention: Attention,
        classify: Classifier,
        digest: SharedDigest,
    ) -> None:
        """Read nothing yet."""
        self._progress = progress
        self._cursor = progress.cursor
        self._columns = columns
        self._attention = attention
        self._classify = classify
        self._digest = digest
        self._holes = progress.limits.hole_bytes

    def pass_over(self, size: int) -> bool:
        """Skip a content that nobody reads; False when the walk cannot go on."""
        if size == 0:
            return True
        done = self._progress.skip(padded(size))
        if self._progress.timed_out:
            return False
        if done < size:
            return self._progress.stop("tar.truncated", "archive ends inside a member")
        return True

    def take(self, entry: int, path: bytes, data: int, sparse: SparseMap | None) -> bool:
        """Read a file of `data` stored bytes; holes of a sparse file count as zeros.

        Returns:
            False when the walk cannot go on.

        """
        size = data if sparse is None else sparse.size
        self._columns.entries.size[entry] = min(size, MAX_SIGNED)
        if sparse is not None and not self._affords(entry, path, data, sparse):
            return self.pass_over(data)
        if sparse is not None:
            self._columns.spread(entry, sparse)
        if size == 0:
            self._finish(entry, EMPTY, b"")
            return self.pass_over(data)
        before = self._cursor.offset
        digest = self._read(entry, path, data, sparse)
        if self._progress.timed_out:
            return False
        if self._cursor.offset - before < data:
            what = f"archive ends inside {spelled_bytes(path[:200])}"
            return self._progress.stop("tar.truncated", what)
        entries = self._columns.entries
        entries.sha256[entry * 32 : entry * 32 + 32] = digest
        self._cursor.skip(padded(data) - data)
        return True

    def _finish(self, entry: int, digest: bytes, head: bytes) -> None:
        entries = self._columns.entries
        entries.sha256[entry * 32 : entry * 32 + 32] = digest
        entries.file_type[entry] = self._classify(head)

    def _affords(self, entry: int, path: bytes, data: int, sparse: SparseMap) -> bool:
        """Tell whether a sparse file can be hashed; spend the layer's budget for holes."""
        anomalies, offset = self._progress.anomalies, self._columns.entries.offset[entry]
        if not sparse.valid or sparse.stored != data:
            anomalies.lose("tar.sparse-damaged", "", path, offset)
            return False
        if sparse.holes > self._holes:
            limit = self._progress.limits.reached("hole_bytes")
            anomalies.lose("tar.file-too-large", limit, path, offset)
            return False
        self._holes -= sparse.holes
        return True

    def _read(self, entry: int, path: bytes, data: int, sparse: SparseMap | None) -> bytes:
        """Return the content's sha256, of as much of it as there is."""
        pieces = self._cursor.pieces(data)
        contents = pieces if sparse is None else sparse.expand(pieces)
        head, first = _begin(contents)
        entries = self._columns.entries
        entries.file_type[entry] = self._classify(head)
        taps = self._open_taps(entry, path, head)
        sha256 = new_sha256()
        done = 0
        for piece in chain(first, contents):
            self._digest.update(sha256, piece)
            done += len(piece)
            self._attention.feed(taps, piece)
            if self._progress.is_late():
                break
        self._attention.close(taps, entry, whole=done == entries.size[entry])
        return sha256.digest()

    def _open_taps(self, entry: int, path: bytes, head: bytes) -> list[Open]:
        directory, _, name = path.rpartition(b"/")
        who = self._attention.interested(directory, name, head)
        if not who:
            return []
        entries = self._columns.entries
        seen = Seen(path, entries.size[entry], entries.mode[entry])
        return self._attention.open(who, seen, memoryview(head))


def padded(size: int) -> int:
    """Return the size rounded up to whole blocks."""
    return -(-size // BLOCK) * BLOCK


def _begin(contents: Iterator[memoryview]) -> tuple[bytes, Iterable[memoryview]]:
    """Return the first bytes of a content wherever chunks end, and the pieces they came from."""
    pieces: list[memoryview] = []
    length = 0
    for piece in contents:
        pieces.append(piece)
        length += len(piece)
        if length >= HEAD:
            break
    return b"".join(piece[:HEAD] for piece in pieces)[:HEAD], pieces

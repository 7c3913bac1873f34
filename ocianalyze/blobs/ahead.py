"""Two threads for one blob: one produces pieces a few ahead of the other, which takes them.

The digest of the pieces belongs to neither: whoever would wait for the other computes some of it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from queue import Queue
from threading import Lock, Thread
from typing import Any

from ocianalyze.blobs.hashes import Hashes
from ocianalyze.blobs.sha256 import IN_PAIRS, Bytes, Sha256
from ocianalyze.limits import MIB
from ocianalyze.model.digest import Digest

_DEPTH = 4
"""Pieces in flight between the threads, and pieces that may wait for their digest."""
_BESIDE = 6 if IN_PAIRS else 0
"""Pieces that a thread that waits leaves alone: they are better hashed beside contents."""
_MUCH = 2
"""Contents are much of a piece when this many times them are more."""
_LARGEST_BLOCK = 8 * MIB
"""Half of what glibc keeps of freed memory, once it has freed a block of this size: more than all
pieces in flight."""


class SharedDigest:
    """Digests of pieces in their order, which any thread may go on with.

    Where SHA-256 can be made of two streams at a time, what waits is best hashed beside something
    else: whoever has contents to hash does that here.
    """

    def __init__(self, others: Iterable[str] = ()) -> None:
        """Know no piece; `others` are algorithms beside sha256."""
        self._hashes = Hashes(others)
        self._waiting: deque[Bytes] = deque()
        self._lock = Lock()
        self._done = 0
        self._passed = 0
        """Pieces whose contents were shown."""
        self._beside = 0
        """Bytes of this that were hashed beside others since the last piece was passed."""

    def add(self, piece: bytes) -> None:
        """Let a piece wait."""
        self._waiting.append(piece)

    @property
    def is_behind(self) -> bool:
        """Whether more pieces wait than should."""
        return len(self._waiting) > _DEPTH + _BESIDE

    @property
    def spares(self) -> bool:
        """Whether so many pieces wait that who has time should take one."""
        return len(self._waiting) > _BESIDE

    def advance(self) -> bool:
        """Take one piece that waits; False when none does."""
        with self._lock:
            if not self._waiting:
                return False
            self._hashes.update(self._waiting.popleft())
            self._done += 1
            return True

    def update(self, sha256: Sha256, data: Bytes) -> None:
        """Let another digest take data, and this what waits beside it."""
        with self._lock:
            piece = self._first()
            self._took(piece, sha256.update_beside(data, self._hashes.sha256, piece))

    def of_parts(self, data: Bytes, starts: tuple[int, ...], sizes: tuple[int, ...]) -> bytes:
        """Return the sha256 of parts of some data, 32 bytes each; zeros for a size of -1."""
        with self._lock:
            piece = self._first() if _MUCH * sum(sizes) > len(data) else b""
            digests, taken = self._hashes.sha256.beside_parts(piece, data, starts, sizes)
            self._took(piece, taken)
            return digests

    def _first(self) -> Bytes:
        """Return the piece that may be hashed beside something."""
        return self._waiting[0] if self._waiting and not self._hashes.are_several else b""

    def _took(self, piece: Bytes, taken: int) -> None:
        if not taken:
            return
        self._beside += taken
        self._waiting.popleft()
        if taken < len(piece):
            self._waiting.appendleft(memoryview(piece)[taken:])
        else:
            self._done += 1

    def pass_piece(self, piece: bytes) -> None:
        """Know that the contents of a piece were shown.

        When much of it was hashed beside them, its rest is hashed now, so that the next piece and
        its contents go together: the same bytes for both are less work.
        """
        self._passed += 1
        if _MUCH * self._beside > len(piece):
            while self._done < self._passed and self.advance():
                """Mostly headers and padding."""
        self._beside = 0

    def digests(self) -> tuple[Digest, ...]:
        """Take all that waits, and return sha256 and the others."""
        while self.advance():
            """One after the other."""
        return self._hashes.digests


def ahead(
    pieces: Iterator[bytes], digest: SharedDigest, abort: Callable[[], None]
) -> Iterator[bytes]:
    """Yield `pieces`, produced by a thread that runs a few of them ahead; `abort` ends them.

    Raises:
        BaseException: whatever producing them raised.

    """
    _keep_freed()
    queue: Queue[Any] = Queue(_DEPTH)
    thread = Thread(target=_produce, args=(pieces, queue, digest), daemon=True)
    thread.start()
    item: Any = None
    try:
        while isinstance(item := queue.get(), bytes):
            while digest.is_behind and digest.advance():
                """The other thread has enough to do."""
            yield item
            digest.pass_piece(item)
    finally:
        abort()
        while item is not None and not isinstance(item, BaseException):
            item = queue.get()
        thread.join()
    if item is not None:
        raise item


@cache
def _keep_freed() -> None:
    """Let glibc keep what pieces leave, which else goes to the system and comes back page by page.

    Other allocators lose nothing: the block is not touched (mallopt(3), `M_MMAP_THRESHOLD`).
    """
    bytes(_LARGEST_BLOCK)


def _produce(pieces: Iterator[bytes], queue: "Queue[Any]", digest: SharedDigest) -> None:
    """Put every piece, then None, or the exception that ended them."""
    end: BaseException | None = None
    try:
        for piece in pieces:
            while queue.full() and digest.spares and digest.advance():
                """The piece would wait."""
            queue.put(piece)
    except BaseException as error:  # noqa: BLE001 - raised again in the consuming thread
        end = error
    queue.put(end)

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
from ocianalyze.limits import MIB
from ocianalyze.model.digest import Digest

_DEPTH = 4
"""Pieces in flight between the threads, and pieces that may wait for their digest."""
_LARGEST_BLOCK = 4 * MIB
"""Half of what glibc keeps of freed memory, once it has freed a block of this size: more than all
pieces in flight."""


class SharedDigest:
    """Digests of pieces in their order, which any thread may go on with."""

    def __init__(self, others: Iterable[str] = ()) -> None:
        """Know no piece; `others` are algorithms beside sha256."""
        self._hashes = Hashes(others)
        self._waiting: deque[bytes] = deque()
        self._lock = Lock()

    def add(self, piece: bytes) -> None:
        """Let a piece wait."""
        self._waiting.append(piece)

    @property
    def is_behind(self) -> bool:
        """Whether more pieces wait than should."""
        return len(self._waiting) > _DEPTH

    def advance(self) -> bool:
        """Take one piece that waits; False when none does."""
        with self._lock:
            if not self._waiting:
                return False
            self._hashes.update(self._waiting.popleft())
            return True

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
            while queue.full() and digest.advance():
                """The piece would wait."""
            queue.put(piece)
    except BaseException as error:  # noqa: BLE001 - raised again in the consuming thread
        end = error
    queue.put(end)

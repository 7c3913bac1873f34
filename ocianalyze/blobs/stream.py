"""A blob read once: stored digest, decompression and raw digest from the same bytes.

Small blobs are read in the calling thread. Larger ones use a second that reads, hashes the stored
bytes and inflates, a few pieces ahead. Inflating and hashing release the interpreter lock: a single
layer keeps two cores busy.
"""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Protocol

from ocianalyze.blobs.ahead import SharedDigest, ahead
from ocianalyze.blobs.compression import HEAD, decompress, flavour, recognise
from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.blobs.hashes import Hashes
from ocianalyze.limits import KIB, MIB, Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.media_type import Compression

_READ = 256 * KIB
_PLAIN_READ = 512 * KIB
_THREADED = 2 * MIB
"""Stored bytes from which threads pay."""
_TAIL = 64
_GRACE = 1.0
"""Seconds in which whoever reads the stream can notice by itself that the time is up."""


class Opens(Protocol):
    """A blob, as far as reading it goes."""

    @property
    def size(self) -> int:
        """Bytes as stored."""
        ...

    def open(self) -> BinaryIO:
        """Open the bytes from their beginning."""
        ...


class Watch(Protocol):
    """Sees everything on its way, in the thread that inflates."""

    def feed(self, piece: bytes) -> None:
        """Take the next uncompressed piece."""
        ...

    def aside(self, data: bytes) -> None:
        """Take stored bytes that decompress to nothing."""
        ...


class RawStream:
    """The uncompressed bytes of one blob; what was learnt is there after they were all read."""

    def __init__(
        self,
        blob: Opens,
        limits: Limits,
        tell: Callable[[int], None] = lambda _: None,
        watch: Watch | None = None,
        others: Iterable[str] = (),
    ) -> None:
        """Open nothing yet.

        Args:
            blob: what is read.
            limits: on what becomes of it.
            tell: takes the stored bytes read so far.
            watch: sees what passes.
            others: algorithms by which the bytes are hashed beside sha256.

        """
        self._blob = blob
        self._tell = tell
        self._watch = watch
        self._limits = limits
        self._threaded = blob.size >= _THREADED
        self._stored_hashes = Hashes(others)
        self.raw_digest = SharedDigest(others)
        """Of the uncompressed bytes, which other digests may be made beside."""
        self._tail = b""
        self._stopped = False
        self._aborted = False
        self._deadline = 0.0
        self.compression: Compression = "none"
        self.size = 0
        """Stored bytes read."""
        self.raw_size = 0
        self.anomalies: list[Anomaly] = []
        self.partial = ""
        """Why not all of it was decompressed; empty when it was."""

    def __iter__(self) -> Generator[bytes]:
        """Yield uncompressed pieces; leaving the loop early reads no further."""
        self._deadline = time.monotonic() + self._limits.layer_seconds + _GRACE
        pieces = self._inflated()
        try:
            if self._threaded:
                yield from ahead(pieces, self.raw_digest, self.abort)
                return
            for piece in pieces:
                self.raw_digest.advance()
                yield piece
        finally:
            self.abort()

    def stop(self) -> None:
        """Inflate no more, but read and hash the stored bytes to their end."""
        self._stopped = True

    def abort(self) -> None:
        """Read no more at all."""
        self._stopped = self._aborted = True

    def _inflated(self) -> Iterator[bytes]:
        with self._blob.open() as file:
            stored = self._stored(file)
            first = _head(stored)
            self.compression = recognise(first[:HEAD])
            hashed = self._hashed(chain((first,), stored))
            timely = self._timely(hashed)
            aside = self._watch.aside if self._watch else None
            try:
                yield from self._bounded(decompress(timely, self.compression, aside))
            except DamagedStreamError as error:
                self._damaged(error)
            for _ in hashed:
                """What decompression left."""

    def _stored(self, file: BinaryIO) -> Iterator[bytes]:
        while not self._aborted and (chunk := file.read(self._step())):
            self.size += len(chunk)
            self._tell(self.size)
            self._tail = (self._tail + chunk)[-_TAIL:] if len(chunk) < _TAIL else chunk[-_TAIL:]
            yield chunk

    def _hashed(self, stored: Iterable[bytes]) -> Iterator[bytes]:
        """Pass chunks on; stored bytes that are the raw ones have one digest."""
        for chunk in stored:
            if self.compression == "none":
                self.raw_digest.add(chunk)
            else:
                self._stored_hashes.update(chunk)
            if self.raw_digest.is_behind:
                self.raw_digest.advance()
            yield chunk

    def _step(self) -> int:
        """Return how much to read at once; what is not inflated may come in larger pieces."""
        return _PLAIN_READ if self.size and self.compression == "none" else _READ

    def _timely(self, stored: Iterator[bytes]) -> Iterator[bytes]:
        """Pass chunks on until the time is up: input that inflates to nothing takes long too."""
        for chunk in stored:
            if self.compression != "none" and time.monotonic() > self._deadline:
                limit = f"limit layer_seconds ({self._limits.layer_seconds:g}) reached"
                raise DamagedStreamError("blob.limit", limit)
            yield chunk

    def _bounded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.raw_size += len(piece)
            if self._watch:
                self._watch.feed(piece)
            if self.compression != "none":
                self.raw_digest.add(piece)
            yield piece
            if self._stopped:
                return
            if reached := self._limit():
                self.partial = reached
                self.anomalies.append(Anomaly("blob.limit", reached, offset=self.raw_size))
                return

    def _limit(self) -> str:
        limits = self._limits
        if self.raw_size > limits.layer_bytes:
            return f"limit layer_bytes ({limits.layer_bytes}) reached"
        inflated = self.compression != "none" and self.raw_size > limits.inflate_free_bytes
        if inflated and self.raw_size > limits.inflate_ratio * self.size:
            return f"limit inflate_ratio ({limits.inflate_ratio}) reached"
        return ""

    def _damaged(self, error: DamagedStreamError) -> None:
        detail = f"{self.compression}: {error.message}"
        self.anomalies.append(Anomaly(error.code, detail, offset=self.raw_size))
        if error.code != "blob.trailing-bytes":
            self.partial = detail

    @property
    def digests(self) -> tuple[Digest, ...]:
        """Of the stored bytes: sha256 and the others."""
        return self.diff_ids if self.compression == "none" else self._stored_hashes.digests

    @property
    def diff_ids(self) -> tuple[Digest, ...]:
        """Of the uncompressed bytes: sha256 and the others."""
        return self.raw_digest.digests()

    @property
    def flavour(self) -> str:
        """`estargz`, `zstd:chunked` or empty."""
        return flavour(self._tail, self.compression)


def _head(stored: Iterator[bytes]) -> bytes:
    """Return the first chunk, or several when it is too short to tell the compression."""
    first = b""
    while len(first) < HEAD and (chunk := next(stored, b"")):
        first += chunk
    return first

"""Records: what was made of facts, kept by a key that names everything that it depends on.

As facts are, they are written whole or not at all, sealed, and never needed: what cannot be read is
made again, what cannot be written is not kept. Trouble with the folder is told by `Store`.
"""

import os
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from struct import Struct

import zstandard

from ocianalyze.errors import UsageError
from ocianalyze.limits import MIB
from ocianalyze.store.columns import Damaged
from ocianalyze.store.directory import distrust, make
from ocianalyze.store.files import RECORDS, KeptFiles

RECORD_VERSION = 1
"""Raise it whenever the bytes of the same record change."""
RECORD_BYTES = 64 * MIB
"""Largest record before it is compressed; a larger one is not kept."""

_PREAMBLE = Struct("<8sHxxxxxxQ")
"""Magic, version, bytes of the record."""
_SEAL = sha256().digest_size
_MAGIC = b"ocirecrd"
_LEVEL = 1
_USED_SECONDS = 3_600.0
"""Uses within that time are one use: reading seldom writes."""


class Records:
    """Bytes by key below one store directory."""

    def __init__(self, directory: Path) -> None:
        """Remember where it is; nothing is touched before it is needed."""
        self._directory = directory
        self._files = KeptFiles(directory, RECORDS)

    def get(self, key: str) -> bytes | None:
        """Return a record, None when there is none that can be used."""
        with suppress(OSError, Damaged):
            if not distrust(self._directory):
                data = self._files.read(key, RECORD_BYTES + _PREAMBLE.size + _SEAL)
                return None if data is None else self._opened(key, data)
        return None

    def put(self, key: str, record: bytes) -> None:
        """Keep a record unless it is too large."""
        if len(record) > RECORD_BYTES:
            return
        with suppress(OSError, UsageError):
            make(self._directory)
            if not distrust(self._directory):
                body = _PREAMBLE.pack(_MAGIC, RECORD_VERSION, len(record)) + _deflated(record)
                self._files.write(key, (body, _seal(key, body)))

    def _opened(self, key: str, data: bytes) -> bytes:
        """Return what was put.

        Raises:
            Damaged: it is of another version or key, or not what was written.

        """
        try:
            record = opened(key, data)
        except Damaged:
            self._files.remove(self._files.path(key))
            raise
        path, now = self._files.path(key), time.time()
        with suppress(OSError):
            if path.stat().st_mtime < now - _USED_SECONDS:
                os.utime(path, (now, now))
        return record


def opened(key: str, data: bytes) -> bytes:
    """Return the record in a whole file.

    Raises:
        Damaged: it is of another version or key, or not what was written.

    """
    body, seal = data[:-_SEAL], data[-_SEAL:]
    size = size_of(body)
    if _seal(key, body) != seal:
        raise Damaged("checksum is wrong")
    piece = body[_PREAMBLE.size :]
    try:
        if zstandard.frame_content_size(piece) != size:
            raise Damaged("record has the wrong length")
        return zstandard.ZstdDecompressor().decompress(piece, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Damaged("record cannot be inflated") from error


def size_of(data: bytes) -> int:
    """Return how long a record is, given the first bytes of its file.

    Raises:
        Damaged: it is of another version, or too large.

    """
    if len(data) < _PREAMBLE.size:
        raise Damaged("record ends inside the preamble")
    magic, version, size = _PREAMBLE.unpack_from(data)
    if (magic, version) != (_MAGIC, RECORD_VERSION) or size > RECORD_BYTES:
        raise Damaged("record is of another version")
    return int(size)


def _deflated(record: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(record)


def _seal(key: str, body: bytes) -> bytes:
    return sha256(key.encode() + body).digest()

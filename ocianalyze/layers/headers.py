"""The header blocks of one tar in turn, and what lies between and after them."""

from ocianalyze.layers import tar
from ocianalyze.layers.progress import Progress
from ocianalyze.layers.tar import BLOCK, ZEROS

_LOOK = 128 * BLOCK
"""Bytes looked at in one step after the end of the archive."""
NO_HEADER = "no tar header in the whole layer"
"""Why a layer that is no tar was not read; it may be a file of another kind."""


class Headers:
    """Finds the next header block."""

    def __init__(self, progress: Progress, checksums: tar.Checksums) -> None:
        """Read nothing yet."""
        self._progress = progress
        self._cursor = progress.cursor
        self._anomalies = progress.anomalies
        self._checksums = checksums

    def next(self) -> bytes:
        """Return the next block with a right checksum; nothing at the end."""
        block = self._cursor.read(BLOCK)
        if block == ZEROS:
            block = self._after_zeros()
        elif len(block) < BLOCK:
            self._end(block)
            return b""
        if block and not self._is_header(block):
            block = self._resynchronise(block)
        return block

    def _is_header(self, block: bytes) -> bool:
        """Tell a right checksum; summing byte by byte only where the quick way says no."""
        stored = block[148:156]
        return tar.adler(block) == self._checksums[stored] or (
            tar.number(stored) is not None and tar.has_right_checksum(block)
        )

    def _end(self, rest: bytes) -> None:
        if not rest.strip(b"\0"):
            self._anomalies.add("tar.no-end-mark", offset=self._cursor.offset)
        elif self._cursor.offset < BLOCK:
            self._progress.stop("tar.not-a-tar", NO_HEADER)
        else:
            self._progress.stop("tar.truncated", "archive ends inside a header")

    def _after_zeros(self) -> bytes:
        """Return the block after a lone zero block; nothing at the end of the archive."""
        block = self._cursor.read(BLOCK)
        if len(block) == BLOCK and block != ZEROS:
            self._anomalies.lose("tar.gap", "a lone block of zeros", offset=self._cursor.offset)
            return block
        if block.strip(b"\0"):
            self._report_rest(block, self._cursor.offset - len(block))
        else:
            self._look_after_end()
        return b""

    def _look_after_end(self) -> None:
        """Say what follows the end of the archive; runtimes never read it."""
        while data := self._cursor.read(_LOOK):
            rest = data.lstrip(b"\0")
            if rest:
                at = (len(data) - len(rest)) // BLOCK * BLOCK
                offset = self._cursor.offset - len(data) + at
                self._report_rest(data[at : at + BLOCK], offset)
                return
            if self._progress.is_late():
                return

    def _report_rest(self, block: bytes, offset: int) -> None:
        another = len(block) == BLOCK and self._is_header(block)
        code = "tar.concatenated" if another else "tar.data-after-end"
        first = block.lstrip(b"\0")[:1].hex()
        self._anomalies.add(code, f"first byte {first}", offset=offset)

    def _resynchronise(self, block: bytes) -> bytes:
        """Skip to the next block that is a header, as GNU tar does; nothing when there is none.

        Blocks of zeros are skipped too: the content of the member whose header is lost has some.
        """
        start = self._cursor.offset - BLOCK
        self._anomalies.add("tar.bad-checksum", offset=start)
        while len(block) == BLOCK and not self._is_header(block):
            if self._progress.is_late():
                return b""
            block = self._cursor.read(BLOCK)
        if len(block) == BLOCK:
            length = self._cursor.offset - BLOCK - start
            self._anomalies.lose("tar.gap", f"{length} bytes", offset=start)
            return block
        if start == 0:
            self._progress.stop("tar.not-a-tar", NO_HEADER)
        else:
            self._progress.stop("tar.gap", f"nothing readable after byte {start}")
        return b""

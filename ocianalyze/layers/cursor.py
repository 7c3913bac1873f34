"""A position in a stream of chunks; nothing is joined but what one read needs."""

from collections.abc import Iterator


class Cursor:
    """Reads and skips over chunks in place."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Stand before the first byte."""
        self._chunks = chunks
        self.data = b""
        """The current chunk."""
        self.at = 0
        """Position in it."""
        self._before = 0

    @property
    def offset(self) -> int:
        """Bytes from the beginning of the stream."""
        return self._before + self.at

    def advance(self) -> bool:
        """Go to the next chunk once the current one is used up; False at the end."""
        while self.at >= len(self.data):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._before += len(self.data)
            self.data, self.at = chunk, 0
        return True

    def read(self, length: int) -> bytes:
        """Return `length` bytes, fewer at the end of the stream."""
        end = self.at + length
        if end <= len(self.data):
            piece = self.data[self.at : end]
            self.at = end
            return piece
        return b"".join(self.pieces(length))

    def pieces(self, length: int) -> Iterator[memoryview]:
        """Yield `length` bytes as views of the chunks, fewer at the end of the stream."""
        while length > 0 and self.advance():
            view = memoryview(self.data)[self.at : self.at + length]
            self.at += len(view)
            length -= len(view)
            yield view

    def skip(self, length: int) -> int:
        """Pass over `length` bytes; return how many there were."""
        return sum(len(piece) for piece in self.pieces(length))

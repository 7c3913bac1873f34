"""Parsers of formats that pass in pieces: generators that say what they want next.

A parser yields a number of bytes and is sent these (fewer at the end of the content), or yields
something that takes bytes for itself, such as `Pour`, and goes on when that is done. Nothing but
what a parser asked for is held, so a content may be as large as it likes.
"""

import re
from collections.abc import Callable, Generator
from typing import Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, OcianalyzeError
from ocianalyze.limits import KIB
from ocianalyze.model.secret import Where

Data = bytes | memoryview
_STEP = 16 * KIB
"""Bytes that a mark is looked for in at once."""
Tell = Callable[[str, Where, bytes], None]
"""Takes what an archive says beside its contents: of which member (empty for itself), whether that
is its path, the target of a link or another part of a header, and the text."""


Note = Callable[[str, str], None]
"""Takes a member's name and why it is not looked at."""
Enter = Callable[[str], "Sink"]
"""Begins a member: given its name, returns where its content goes."""


class DamagedError(OcianalyzeError):
    """A content that is not what its first bytes promise; says why in a few words."""


class SpentError(LimitExceeded):
    """A bound of the outer file or the layer is reached; says which."""


class Sink(Protocol):
    """Takes a content in pieces."""

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        ...

    def close(self) -> None:
        """Learn that the content has ended."""
        ...


class Taker(Protocol):
    """Takes bytes of its own accord."""

    @property
    def done(self) -> bool:
        """Tell whether it wants no more."""
        ...

    def take(self, data: memoryview) -> int:
        """Take from the beginning of what is there; return how many bytes were taken.

        All of them, unless it is done thereafter.
        """
        ...


Parser = Generator[int | Taker, bytes, None]


@dataclass(slots=True)
class Pour:
    """Hands so many bytes to a sink; those of nobody are passed over."""

    sink: Sink | None
    left: int

    @property
    def done(self) -> bool:
        """Tell whether all were there."""
        return self.left <= 0

    def take(self, data: memoryview) -> int:
        """Hand on what is there."""
        count = min(self.left, len(data))
        if count > 0 and self.sink:
            self.sink.feed(data[:count])
        self.left -= count
        return count


class Rest:
    """Hands everything to a sink, until the content ends."""

    done = False

    def __init__(self, sink: Sink) -> None:
        """Take nothing yet."""
        self.sink = sink

    def take(self, data: memoryview) -> int:
        """Hand on all there is."""
        self.sink.feed(data)
        return len(data)


class Seek:
    """Passes over everything up to a mark, which is taken too."""

    def __init__(self, mark: bytes, before: bytes = b"", *, remember: int = 0) -> None:
        """Take nothing yet; `before` was taken already, and does not hold the mark.

        Args:
            mark: what is looked for.
            before: the last bytes that were taken.
            remember: bytes in front of the mark that somebody will ask for.

        """
        self._mark = mark
        self._kept = max(remember, len(mark) - 1)
        self.before = before
        """What stood in front of the mark, or so far; the last bytes of it."""
        self.done = False

    def take(self, data: memoryview) -> int:
        """Look for the mark, also where it began in what was taken before."""
        for at in range(0, len(data), _STEP):
            text = self.before + bytes(data[at : at + _STEP])
            found = text.find(self._mark)
            if found >= 0:
                self.done = True
                taken = at + found + len(self._mark) - len(self.before)
                self.before = text[max(0, found - self._kept) : found]
                return taken
            self.before = text[max(0, len(text) - self._kept) :]
        return len(data)


_ZEROS = re.compile(rb"\0*")


class Zeros:
    """Takes the zeros that fill something up."""

    done = False

    def take(self, data: memoryview) -> int:
        """Take what is there up to the first other byte."""
        found = _ZEROS.match(data)
        count = found.end() if found else 0
        self.done = count < len(data)
        return count


_ENDLESS = (Seek, Zeros)
"""Those that the end of a content may come upon."""


class Flow:
    """Drives one parser; a sink."""

    def __init__(self, parser: Parser) -> None:
        """Ask the parser what it wants first."""
        self._parser = parser
        self._rest = b""
        self._want: int | Taker | None = 0
        self._answer(None)

    def feed(self, piece: Data) -> None:
        """Give the parser what it wants, as far as that is there.

        Raises:
            DamagedError, SpentError: by the parser or whatever it pours into.

        """
        data = memoryview(self._rest + bytes(piece) if self._rest else piece)
        at = self._drive(data)
        self._rest = bytes(data[at:])

    def _drive(self, data: memoryview) -> int:
        """Return how much of the data was taken."""
        at, length = 0, len(data)
        while True:
            want = self._want
            if want is None:
                return length
            if not isinstance(want, int):
                at += want.take(data[at:])
                if not want.done:
                    return at
                self._answer(b"")
            elif length - at < want:
                return at
            else:
                self._answer(bytes(data[at : at + want]))
                at += want

    def close(self) -> None:
        """Give the parser what is left.

        Raises:
            DamagedError, SpentError: as above; also when the content ends too early.

        """
        if isinstance(self._want, int):
            self._answer(self._rest)
        if isinstance(self._want, Rest):
            self._want.sink.close()
        elif self._want is not None and not isinstance(self._want, _ENDLESS):
            raise DamagedError("is cut off")

    def _answer(self, data: bytes | None) -> None:
        try:
            self._want = next(self._parser) if data is None else self._parser.send(data)
        except StopIteration:
            self._want = None

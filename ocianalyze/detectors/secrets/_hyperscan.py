"""The fast engine: every expression in one automaton, at gigabytes a second.

Hyperscan tells every end of every match, across the pieces of a stream. Its Python objects borrow
what they are given, an open stream is not freed with its object, and closing one works in the
memory of its database, which no two threads may do at once: `_Stream` sees to all three.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import field
from threading import Lock, local
from typing import TYPE_CHECKING, Any

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import Expression, refusal
from ocianalyze.detectors.secrets.engine import PIECE_EVENTS, Event, most_events
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    import hyperscan


@dataclass(frozen=True, slots=True)
class Hyperscan:
    """One automaton for all expressions; read-only, so threads and forks share it."""

    rules: Sequence[Rule]
    expressions: Sequence[Expression]
    database: "hyperscan.Database"
    closing: Lock = field(default_factory=Lock, repr=False, compare=False)
    """Held while a stream is closed."""
    _threads: local = field(default_factory=local, repr=False, compare=False)
    name: str = "hyperscan"

    def stream(self) -> "_Stream":
        """Begin a content."""
        return _Stream(self)

    def scan(self, data: bytes | memoryview) -> tuple[list[Event], bool]:
        """Return the ends in a block, and whether there were too many."""
        block = _Stream(self)
        ends = [*block.feed(data), *block.close()]
        return ends, block.exhausted

    def scratch(self) -> "hyperscan.Scratch":
        """Return this thread's working memory."""
        import hyperscan  # noqa: PLC0415 - where it has no wheel, another engine is used

        if not hasattr(self._threads, "scratch"):
            self._threads.scratch = hyperscan.Scratch(self.database)
        found: hyperscan.Scratch = self._threads.scratch
        return found

    def dumped(self) -> bytes:
        """Return the automaton as bytes, for `loaded`; good for this version and processor."""
        import hyperscan  # noqa: PLC0415 - as above

        dumped: bytes = hyperscan.dumpb(self.database)
        return dumped


@dataclass(slots=True)
class _Stream:
    """One content; its automaton's state is opened with the first piece."""

    engine: Hyperscan
    exhausted: bool = False
    _ends: list[Event] = field(default_factory=list)
    _base: int = 0
    """Offset where the open state began."""
    _at: int = 0
    _told: int = 0
    _state: "hyperscan.Stream | None" = None
    _note: Callable[..., bool] | None = None

    def feed(self, piece: bytes | memoryview) -> list[Event]:
        """Return the ends that a piece brought."""
        if self._told >= most_events(self._at):
            self.exhausted = True
            return []
        state = self._state or self._open()
        self._at += len(piece)
        terminated = _terminated()
        try:
            view: Any = piece
            state.scan(view, 0, self.engine.scratch())
        except terminated:
            self.exhausted = True
            return self._taken(self._drop())
        return self._taken(self._base) if self._ends else []

    def close(self) -> list[Event]:
        """Return the ends that hang on the end of the content."""
        return self._taken(self._drop()) if self._state else []

    def __del__(self) -> None:
        """Free a state that nobody closed."""
        if self._state:
            self._drop()

    def _open(self) -> "hyperscan.Stream":
        self._base = self._at
        self._note = _noting(self._ends, PIECE_EVENTS)
        self._state = self.engine.database.stream(self._note)
        return self._state.__enter__()

    def _drop(self) -> int:
        """Close the state, and return where it began."""
        state, self._state = self._state, None
        if state:
            with self.engine.closing:
                state.close(match_event_handler=self._note)
        return self._base

    def _taken(self, base: int) -> list[Event]:
        """Return the noted ends as offsets of the content, and forget them."""
        found = [(expression, end + base) for expression, end in self._ends]
        self._ends.clear()
        self._told += len(found)
        return found


def compiled(rules: Sequence[Rule], wanted: Sequence[Expression]) -> Hyperscan:
    """Return the engine for expressions.

    Raises:
        UsageError: one of them is not for it; names the rule.

    """
    import hyperscan  # noqa: PLC0415 - as above

    texts = [expression.text.encode() for expression in wanted]
    try:
        database = _database(texts)
    except hyperscan.error as error:
        said, cure = f"rules are too much: {error}", "leave some of your own out"
        raise _culprit(rules, wanted) or UsageError(said, cure=cure) from error
    _give_back()
    return Hyperscan(tuple(rules), tuple(wanted), database)


def loaded(rules: Sequence[Rule], wanted: Sequence[Expression], dumped: bytes) -> Hyperscan:
    """Return the engine from what `dumped` gave.

    Raises:
        ValueError: the bytes are of another version or processor, or damaged.

    """
    import hyperscan  # noqa: PLC0415 - as above

    try:
        database = hyperscan.loadb(dumped, hyperscan.HS_MODE_STREAM)
    except hyperscan.error as error:
        raise ValueError(f"no automaton: {error}") from error
    database.scratch = hyperscan.Scratch(database)
    return Hyperscan(tuple(rules), tuple(wanted), database)


def _database(texts: Sequence[bytes]) -> "hyperscan.Database":
    import hyperscan  # noqa: PLC0415 - as above

    database = hyperscan.Database(mode=hyperscan.HS_MODE_STREAM)
    count = len(texts)
    database.compile(texts, list(range(count)), count, [0] * count)
    return database


def _give_back() -> None:
    """Return freed memory to the system where the C library can: compiling leaves 40 MB of it."""
    import ctypes  # noqa: PLC0415 - only where rules are compiled

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _culprit(rules: Sequence[Rule], wanted: Sequence[Expression]) -> UsageError | None:
    """Return what is wrong with the first expression that does not compile alone."""
    import hyperscan  # noqa: PLC0415 - as above

    for expression in wanted:
        try:
            _database([expression.text.encode()])
        except hyperscan.error as error:
            return refusal(rules, expression, error)
    return None


def _noting(ends: list[Event], most: int) -> Callable[..., bool]:
    """Return a callback that notes ends; it says True, which ends the scan, at too many."""

    def note(expression: int, _start: int, end: int, _flags: int, _context: object) -> bool:
        ends.append((expression, end))
        return len(ends) >= most

    return note


def _terminated() -> type[Exception]:
    import hyperscan  # noqa: PLC0415 - as above

    terminated: type[Exception] = hyperscan.ScanTerminated
    return terminated

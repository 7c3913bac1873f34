"""The small interface behind which an engine finds where triggers end, and the choice of one."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import MARKS, Expression, expressions
from ocianalyze.errors import UsageError
from ocianalyze.limits import KIB

Event = tuple[int, int]
"""Index of the expression; offset in the stream where a match of it ends."""
Kind = Literal["auto", "hyperscan", "re2", "re"]

PIECE_EVENTS = 20_000
"""Ends told of one piece; what follows in a piece with more is not looked at."""
STREAM_EVENTS = 200_000
"""Ends told of one stream, and one more for each KiB of it; what follows in a stream with more is
not looked at. A gigabyte of JavaScript has 223,000."""
_MODULES = {"hyperscan": "hyperscan", "re2": "re2", "re": "re"}


def most_events(size: int) -> int:
    """Return how many ends are told of so many bytes of a stream."""
    return STREAM_EVENTS + size // KIB


class Stream(Protocol):
    """One content that passes in pieces."""

    exhausted: bool
    """Something was not looked at because of too many ends."""

    def feed(self, piece: bytes | memoryview) -> list[Event]:
        """Return the ends that the next piece brought, in no order; each is told once."""
        ...

    def close(self) -> list[Event]:
        """Return the ends that hang on the end of the content, and free what was held."""
        ...


class Engine(Protocol):
    """Looks for all expressions at once."""

    @property
    def name(self) -> str:
        """Return what `engine` calls it."""
        ...

    @property
    def rules(self) -> Sequence[Rule]:
        """Return the rules, to whose indexes expressions refer."""
        ...

    @property
    def expressions(self) -> Sequence[Expression]:
        """Return what it looks for."""
        ...

    def stream(self) -> Stream:
        """Begin a content."""
        ...

    def scan(self, data: bytes | memoryview) -> tuple[list[Event], bool]:
        """Return the ends in a content that is one block, and whether there were too many."""
        ...


@dataclass(slots=True)
class Nothing:
    """The engine for no rules, and its streams."""

    name: str = "nothing"
    rules: Sequence[Rule] = ()
    expressions: Sequence[Expression] = ()
    exhausted: bool = False

    def stream(self) -> "Nothing":
        """Begin a content."""
        return self

    def scan(self, _data: bytes | memoryview) -> tuple[list[Event], bool]:
        """Find nothing."""
        return [], False

    def feed(self, _piece: bytes | memoryview) -> list[Event]:
        """Find nothing."""
        return []

    def close(self) -> list[Event]:
        """Find nothing."""
        return []


def engine(rules: Sequence[Rule], kind: Kind = "auto") -> Engine:
    """Return the fastest engine that is installed, or the one asked for.

    Raises:
        UsageError: the one asked for is not installed, or an expression is not for it.

    """
    return _compiled(rules, (*expressions(rules), *MARKS), kind) if rules else Nothing()


def plain(texts: Iterable[str], kind: Kind = "auto") -> Engine:
    """Return an engine that looks for expressions of no rule, in no coding.

    Raises:
        UsageError: the one asked for is not installed.

    """
    wanted = tuple(Expression(text, ()) for text in texts)
    return _compiled((), wanted, kind) if wanted else Nothing()


def _compiled(rules: Sequence[Rule], wanted: Sequence[Expression], kind: Kind) -> Engine:
    module: Any = import_module(f"ocianalyze.detectors.secrets._{chosen(kind)}")
    made: Engine = module.compiled(rules, wanted)
    return made


def chosen(kind: Kind = "auto") -> str:
    """Return the name of the engine that `kind` means here.

    Raises:
        UsageError: it is not installed.

    """
    if kind == "auto":
        return next(name for name, module in _MODULES.items() if find_spec(module))
    if kind not in _MODULES:
        raise UsageError(f"no engine is called {kind}", cure=f"name one of {', '.join(_MODULES)}")
    if not find_spec(_MODULES[kind]):
        raise UsageError(f"the engine {kind} is not installed", cure="install it, or use auto")
    return kind

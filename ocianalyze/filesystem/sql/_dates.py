"""SQLite's date functions without the clock: one image has one answer, on any day and machine."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from weakref import finalize

from ocianalyze.errors import UsageError
from ocianalyze.filesystem.sql._functions import Argument

_LEAST = {"date": 1, "time": 1, "datetime": 1, "julianday": 1, "unixepoch": 1, "strftime": 2,
          "timediff": 2}  # fmt: skip
"""Arguments without which a function takes those of the clock."""
_MOST = 8
"""Arguments of a call whose number the compiled query tells; longer ones are seen as they run."""
_CLOCK = frozenset({"now"})
_ZONE = frozenset({"localtime", "utc"})
"""Modifiers that take the machine's time zone."""


def without_clock(connection: sqlite3.Connection, most: int) -> None:
    """Put functions that refuse clock and time zone in the place of SQLite's own.

    Args:
        connection: where queries run.
        most: bytes of one value.

    """
    aside = sqlite3.connect(":memory:")
    aside.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most)
    ask = _asking(aside)
    finalize(ask, aside.close)
    known = {name for (name,) in aside.execute("SELECT name FROM pragma_function_list")}
    for name, least in _LEAST.items():
        if name not in known:
            continue
        timed, clock = partial(ask, name), partial(_refuse, name)
        for count in range(-1, _MOST):
            function = clock if 0 <= count < least else timed
            connection.create_function(name, count, function, deterministic=True)


def _asking(aside: sqlite3.Connection) -> Callable[..., Argument]:
    """Return what asks SQLite's own function of a name, of another connection."""

    def ask(name: str, *arguments: Argument) -> Argument:
        if any(why(argument) for argument in arguments):
            _refuse(name)
        marks = ", ".join("?" * len(arguments))
        try:
            value: Argument = aside.execute(f"SELECT {name}({marks})", arguments).fetchone()[0]
        except sqlite3.DataError as error:
            raise OverflowError from error
        return value

    return ask


def _refuse(name: str, *_: Argument) -> Argument:
    raise ValueError(name)


def why(argument: Argument) -> str:
    """Return what an argument would take from the machine; empty for nothing."""
    if not isinstance(argument, str | bytes):
        return ""
    text = argument.decode("utf-8", "replace") if isinstance(argument, bytes) else argument
    word = text.partition("\0")[0].lower()  # SQLite reads no further
    return "the clock" if word in _CLOCK else "the time zone" if word in _ZONE else ""


def refuse_clock(program: Sequence[Any]) -> None:
    """Refuse a compiled query that asks for the time of its run; only literals are seen.

    Raises:
        UsageError: it does.

    """
    texts = {
        register: text
        for _, code, _, register, _, text, *_ in program
        if code == "String8" and why(text)
    }
    for name, count, register in _calls(program):
        asks = next((texts[x] for x in range(register, register + count) if x in texts), None)
        if 0 <= count < _LEAST[name]:
            raise _refused(f"{name}() without a day", "the clock")
        if asks is not None:
            raise _refused(f"{name}() with {asks!r}", why(asks))


def _calls(program: Sequence[Any]) -> Iterator[tuple[str, int, int]]:
    """Yield name, number of arguments (-1 for any), and first register of each call."""
    for _, code, _, register, _, called, *_ in program:
        name, _, count = str(called).rstrip(")").partition("(")
        if code in ("Function", "PureFunc") and name in _LEAST:
            yield name, int(count), register


def _refused(what: str, source: str) -> UsageError:
    """Return why something that depends on the machine is refused."""
    said = f"{what} asks {source}: an answer depends on the image alone"
    return UsageError(said, place="query", cure="write a day, as 2026-06-10")

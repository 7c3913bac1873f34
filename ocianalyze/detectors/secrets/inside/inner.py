"""What is kept of the inside of one file: the secrets, and what was not looked at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from ocianalyze.detectors.secrets.hits import Hit, pack, unpack

NAME = "secrets-inner"
"""Key of the observations in `LayerFacts`."""
CLOSED = "secrets-closed"
"""Key of those about files that nobody entered, which the sieve makes; they have no secrets."""
UNREAD = (NAME, CLOSED)
"""All keys under which is told what was not looked at."""
ARCHIVE_IN = "is packed as a zip archive in the middle of other bytes, which is not read"
"""Why one was not looked at whose end was seen."""
GZIP_IN = "is packed with gzip in the middle of other bytes, which is not read"
_REASONS = 20
_SHOWN = 400


Notes = dict[str, tuple[int, str]]
"""What was not looked at: how often, and place of the first, by reason."""
TOO_MANY = "has more beginnings of secrets than are looked at"


class Unread(NamedTuple):
    """What was not looked at for one reason."""

    reason: str
    """`is encrypted`, `is cut off`, `limit inner_bytes (...) reached`."""
    times: int
    inner: str
    """Path of the first; empty for the file itself."""


class Inside(NamedTuple):
    """The inside of one file."""

    hits: tuple[Hit, ...] = ()
    unread: tuple[Unread, ...] = ()


def told(notes: Mapping[str, tuple[int, str]]) -> tuple[Unread, ...]:
    """Return notes as they are told."""
    return tuple(Unread(reason, times, first) for reason, (times, first) in notes.items())


def packed(hits: Iterable[Hit], unread: Mapping[str, tuple[int, str]]) -> bytes:
    """Return the value to keep."""
    rows = [(reason, *told) for reason, told in unread.items()]
    return orjson.dumps([orjson.Fragment(pack(hits)), rows])


def unpacked(value: bytes) -> Inside:
    """Return what `packed` was given."""
    hits, rows = orjson.loads(value)
    return Inside(tuple(unpack(orjson.dumps(hits))), tuple(Unread(*row) for row in rows))


def not_told(outer: Iterable[Hit], inside: Iterable[Hit]) -> list[Hit]:
    """Return what the bytes of a file itself hold, without what is told of its inside as well.

    A name stands in a zip archive as it is, twice even, and short contents are in zstd frames as
    they were: the place inside says more.
    """
    ids = {one.id for one in inside}
    return [one for one in outer if one.where != "content" or one.id not in ids]


def closed(
    ends: Iterable[tuple[int, bytes]],
    entered: Mapping[bytes, int],
    left: Iterable[tuple[int, Unread]] = (),
) -> dict[int, bytes]:
    """Return what tells of zip archives that nobody entered, and of what was left, by entry.

    Args:
        ends: entry and path of the file that each archive ends in.
        entered: how many were, by path.
        left: what else was not looked at, with the entry of the file that it is in.

    """
    unseen = Counter(entered)
    notes: dict[int, Notes] = {}
    for entry, path in ends:
        unseen[path] -= 1
        if unseen[path] < 0:
            note(notes.setdefault(entry, {}), "", ARCHIVE_IN)
    for entry, one in left:
        note(notes.setdefault(entry, {}), one.inner, one.reason, one.times)
    return {entry: packed((), unread) for entry, unread in notes.items()}


def note(unread: Notes, inner: str, reason: str, times: int = 1) -> None:
    """Count more that was not looked at."""
    if reason in unread or len(unread) < _REASONS:
        count, first = unread.get(reason, (0, inner[:_SHOWN]))
        unread[reason] = count + times, first

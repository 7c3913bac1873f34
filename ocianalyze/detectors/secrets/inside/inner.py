"""What is kept of the inside of one file: the secrets, and what was not looked at."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from ocianalyze.detectors.secrets.hits import Hit, pack, unpack

NAME = "secrets-inner"
"""Key of the observations in `LayerFacts`."""
ARCHIVE_IN = "is packed as a zip archive in the middle of other bytes, which is not read"
"""Why one was not looked at whose end was seen."""
_REASONS = 20
_SHOWN = 400


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


def note(unread: dict[str, tuple[int, str]], inner: str, reason: str) -> None:
    """Count one more thing that was not looked at."""
    if reason in unread or len(unread) < _REASONS:
        count, first = unread.get(reason, (0, inner[:_SHOWN]))
        unread[reason] = count + 1, first

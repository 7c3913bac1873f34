"""Records that are made while they are read: of some parts an image may have a million."""

import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from ocianalyze.model.on_demand import OnDemand
from ocianalyze.model.record import Record

R = TypeVar("R", bound=Record)


_FAST = 1
"""Of zlib's levels."""


class Part(NamedTuple, Generic[R]):
    """What records of one image are made of, and how."""

    things: Sequence[Any]
    record: Callable[[Any], R]

    def packed(self) -> "Part[R]":
        """Return the same in few bytes."""
        return self._replace(things=Packed(self.things))

    def records(self) -> Iterator[R]:
        """Yield the records."""
        return map(self.record, self.things)


class Packed(Sequence[Any]):
    """Things in few bytes, made anew whenever they are read."""

    def __init__(self, things: Sequence[Any]) -> None:
        """Keep none of them."""
        self._bytes = zlib.compress(pickle.dumps(tuple(things)), _FAST)
        self._count = len(things)

    def __len__(self) -> int:
        """Return how many they are."""
        return self._count

    def __iter__(self) -> Iterator[Any]:
        """Yield all."""
        return iter(self._made())

    def __getitem__(self, at: Any) -> Any:
        """Return one, or some."""
        return self._made()[at]

    def _made(self) -> tuple[Any, ...]:
        made: tuple[Any, ...] = pickle.loads(zlib.decompress(self._bytes))  # noqa: S301 - our own
        return made


class Listed(OnDemand[R]):
    """The records of all images, one after another."""

    def __init__(self, parts: Sequence[Part[R]]) -> None:
        """Make none yet."""
        self._parts = parts

    def __len__(self) -> int:
        """Return how many records there are."""
        return sum(len(part.things) for part in self._parts)

    def __iter__(self) -> Iterator[R]:
        """Yield all records."""
        return chain.from_iterable(part.records() for part in self._parts)

    def make(self, at: int) -> R:
        """Return one record."""
        for part in self._parts:
            if at < len(part.things):
                return part.record(part.things[at])
            at -= len(part.things)
        raise IndexError(at)

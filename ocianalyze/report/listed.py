"""Records that are made while they are read: of some parts an image may have a million."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from ocianalyze.model.on_demand import OnDemand
from ocianalyze.model.record import Record

R = TypeVar("R", bound=Record)


class Part(NamedTuple, Generic[R]):
    """What records of one image are made of, and how."""

    things: Sequence[Any]
    record: Callable[[Any], R]

    def records(self) -> Iterator[R]:
        """Yield the records."""
        return map(self.record, self.things)


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

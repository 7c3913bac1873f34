"""Records that are made while they are read: of some parts an image may have a million."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar, overload

from ocianalyze.model.record import Record

R = TypeVar("R", bound=Record)


class Part(NamedTuple, Generic[R]):
    """What records of one image are made of, and how."""

    things: Sequence[Any]
    record: Callable[[Any], R]

    def records(self) -> Iterator[R]:
        """Yield the records."""
        return map(self.record, self.things)


class Listed(Sequence[R]):
    """The records of all images, one after another."""

    __hash__ = None  # type: ignore[assignment] # equal to lists of records

    def __init__(self, parts: Sequence[Part[R]]) -> None:
        """Make none yet."""
        self._parts = parts

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence of records."""
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __len__(self) -> int:
        """Return how many records there are."""
        return sum(len(part.things) for part in self._parts)

    def __iter__(self) -> Iterator[R]:
        """Yield all records."""
        return chain.from_iterable(part.records() for part in self._parts)

    @overload
    def __getitem__(self, at: int) -> R: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[R]: ...

    def __getitem__(self, at: int | slice) -> R | Sequence[R]:
        """Return one record, or some of them."""
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(len(self))))
        left = at + len(self) if at < 0 else at
        for part in self._parts if left >= 0 else ():
            if left < len(part.things):
                return part.record(part.things[left])
            left -= len(part.things)
        raise IndexError(at)

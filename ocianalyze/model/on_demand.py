"""Sequences whose members are made when they are asked for: there may be a million."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class OnDemand(Sequence[T]):
    """Such a sequence, equal to any other of equal members."""

    __hash__ = None  # type: ignore[assignment] # equal to lists

    @abstractmethod
    def make(self, at: int) -> T:
        """Return the member at a place, counted from 0."""

    def __iter__(self) -> Iterator[T]:
        """Yield all members."""
        return map(self.make, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence."""
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """Return one member or some of them."""
        if isinstance(at, slice):
            return tuple(map(self.make, range(len(self))[at]))
        return self.make(range(len(self))[at])

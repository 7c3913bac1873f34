"""Executables without an owner, as columns: an image may have a million of them."""

from array import array
from collections.abc import Callable, Iterable
from heapq import merge

from ocianalyze.model.numbers import narrowed
from ocianalyze.model.on_demand import OnDemand
from ocianalyze.model.package import Unowned
from ocianalyze.model.strings import Strings

_NAME = "surrogateescape"
_SHA256 = 32
_NONE = bytes(_SHA256)
_RUN = 1 << 16
"""Rows that are sorted at a time: the paths of all would take more than the columns."""


class UnownedFiles(OnDemand[Unowned]):
    """Such files by path; each is made when it is asked for."""

    def __init__(self, files: Iterable[Unowned]) -> None:
        """Take files in any order."""
        self._paths = Strings()
        self._sha256 = bytearray()
        self._sizes, self._layers = array("Q"), array("I")
        self._words = array("I")
        self._numbers: dict[tuple[str, str], int] = {}
        for file in files:
            self._add(file)
        self._paths.freeze()
        self._sizes, self._layers = narrowed(self._sizes), narrowed(self._layers)
        self._words = narrowed(self._words)
        self._common = tuple(self._numbers)
        """What many have in common: what it is, and within which package."""
        self._order = _ordered(len(self._sizes), self._path)

    def _add(self, file: Unowned) -> None:
        self._paths.append(file.path.encode("utf-8", _NAME))
        self._sha256 += bytes.fromhex(file.sha256) or _NONE
        self._sizes.append(file.size)
        self._layers.append(file.layer)
        common = file.kind, file.within
        self._words.append(self._numbers.setdefault(common, len(self._numbers)))

    def _path(self, row: int) -> str:
        return self._paths[row].decode("utf-8", _NAME)

    def _file(self, row: int) -> Unowned:
        digest = self._sha256[row * _SHA256 : (row + 1) * _SHA256]
        sha256 = "" if digest == _NONE else digest.hex()
        kind, within = self._common[self._words[row]]
        return Unowned(self._path(row), kind, sha256, self._sizes[row], self._layers[row], within)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._order)

    def make(self, at: int) -> Unowned:
        """Return one of them."""
        return self._file(self._order[at])


def _ordered(count: int, key: Callable[[int], str]) -> "array[int]":
    """Return the numbers of rows in the order of their keys."""
    starts = range(0, count, _RUN)
    rows = (range(start, min(start + _RUN, count)) for start in starts)
    return array("I", merge(*(array("I", sorted(run, key=key)) for run in rows), key=key))

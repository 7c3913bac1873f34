"""Rows sorted by directory, in the order of time in each, without an object for each."""

from array import array
from collections.abc import Iterable, Sequence


def grouped(
    rows: Iterable[Iterable[int]], directories: "Sequence[array[int]]", size: int
) -> tuple["array[int]", "array[int]"]:
    """Return the rows of all directories end to end, and where each one's begin and the last's end.

    Args:
        rows: of each layer, in order of time.
        directories: for each layer the number of each row's directory.
        size: how many directories there are.

    """
    counts = array("Q", bytes(8 * (size + 1)))
    for places in directories:
        for number in places:
            counts[number + 1] += 1
    for number in range(1, len(counts)):
        counts[number] += counts[number - 1]
    starts = counts[:]
    found = array("Q", bytes(8 * sum(map(len, directories))))
    for own, places in zip(rows, directories, strict=True):
        for row, number in zip(own, places, strict=True):
            found[counts[number]] = row
            counts[number] += 1
    return found, starts

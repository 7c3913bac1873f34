"""Columns of whole numbers, no wider than what they hold."""

from array import array

_UNSIGNED = ("B", "H", "I")


def narrowed(column: "array[int]") -> "array[int]":
    """Return the same numbers in the narrowest column that has room for all of them."""
    for typecode in _UNSIGNED:
        try:
            return array(typecode, column)
        except OverflowError:
            continue
    return column


def typecode_of(width: int, widest: str) -> str:
    """Return what a column is whose numbers have so many bytes, by the widest that it may be.

    Raises:
        ValueError: `narrowed` makes no such column of it.

    """
    for typecode in (*_UNSIGNED, widest):
        if array(typecode).itemsize == width <= array(widest).itemsize:
            return str(typecode)
    raise ValueError(width)

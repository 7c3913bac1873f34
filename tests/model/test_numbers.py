"""Columns of numbers keep what they hold, in less room."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model.numbers import narrowed, typecode_of


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1)))
def test_the_numbers_stay(numbers: list[int]) -> None:
    assert list(narrowed(array("q", numbers))) == numbers


@pytest.mark.parametrize(
    ("numbers", "typecode"),
    [
        ([], "B"),
        ([0, 0], "B"),
        ([0, 255], "B"),
        ([0, 256], "H"),
        ([1 << 16, 0], "I"),
        ([(1 << 32) - 1], "I"),
        ([0, 1 << 32], "q"),
        ([-1], "q"),
    ],
)
def test_a_column_is_as_narrow_as_its_numbers_let_it(numbers: list[int], typecode: str) -> None:
    found = narrowed(array("q", numbers))
    assert found.typecode == typecode
    assert typecode_of(found.itemsize, "q") == typecode


@pytest.mark.parametrize("width", [0, 3, 8])
def test_no_column_is_wider_than_it_was(width: int) -> None:
    with pytest.raises(ValueError, match=str(width)):
        typecode_of(width, "I")

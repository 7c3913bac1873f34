"""Columns of strings: what a search finds is what a look at each finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts import packed

_FEW_LETTERS = st.text("ab", max_size=4).map(str.encode)
"""So that one string often stands in another, or across the border of two."""


@given(st.lists(_FEW_LETTERS, max_size=12), _FEW_LETTERS.filter(bool))
def test_a_string_is_found_wherever_it_is_and_nowhere_else(
    values: list[bytes], wanted: bytes
) -> None:
    found = [index for index, value in enumerate(values) if value == wanted]
    assert list(packed(values).where(wanted)) == found


@pytest.mark.parametrize("length", [1, 7], ids=["one letter", "several"])
def test_a_string_full_of_what_is_sought_is_looked_at_once(length: int) -> None:
    column = packed([b"a" * 1_000_000, b"a" * length])
    assert list(column.where(b"a" * length)) == [1]

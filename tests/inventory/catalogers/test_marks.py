"""Every occurrence of a mark is told once, with what follows it, however the content is cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers._marks import AHEAD, Marks, Part

TEXTS = (b"\0ab", b"abc")


def hits(content: bytes, sizes: list[int]) -> list[tuple[int, int, bytes]]:
    """Return what is found in a content that comes in pieces of these sizes."""
    marks, at = Marks(TEXTS), 0
    found: list[tuple[int, int, bytes]] = []
    for size in [*sizes, len(content)]:
        found += marks.feed(memoryview(content)[at : at + size])
        at += size
    return [*found, *marks.close()]


@given(
    st.lists(st.sampled_from([b"\0", b"ab", b"abc", b"x" * 60, b"y" * 5000])).map(b"".join),
    st.lists(st.integers(1, 6000), max_size=8),
)
def test_pieces_change_nothing(content: bytes, sizes: list[int]) -> None:
    expected = sorted(
        (match.start(), mark)
        for mark, text in enumerate(TEXTS)
        for match in re.finditer(re.escape(text), content)
    )
    found = hits(content, sizes)
    assert sorted((at, mark) for mark, at, _ in found) == expected
    assert all(data == content[at : at + AHEAD] for _, at, data in found)


def test_a_content_made_of_marks_is_given_up() -> None:
    marks = Marks(TEXTS)
    found = [hit for _ in range(100) for hit in marks.feed(b"abc" * 3000)]
    assert len(found) <= 21_000
    assert marks.exhausted


@pytest.mark.parametrize(
    ("at", "expected"), [(0, b"3456"), (3, b"3456"), (4, b""), (9, b"")], ids=str
)
def test_a_part_that_passed_stays_empty(at: int, expected: bytes) -> None:
    part = Part(3, 4)
    part.take(at, b"0123456789"[at:])
    assert bytes(part.data) == expected

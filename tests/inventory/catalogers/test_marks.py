"""Every occurrence of a mark is told once, with what follows it, however the content is cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers._marks import AHEAD, Marks, Part

TEXTS = (b"\0ab", b"abc")


def hits(
    content: bytes, sizes: list[int], marks: Marks | None = None
) -> list[tuple[int, int, bytes]]:
    """Return what is found in a content that comes in pieces of these sizes."""
    marks, at = marks or Marks(TEXTS), 0
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


@given(
    st.lists(st.sampled_from([b"\0", b"ab", b"abc", b"x" * 60, b"y" * 5000])).map(b"".join),
    st.lists(st.integers(1, 6000), max_size=8),
)
def test_what_else_is_looked_for_changes_nothing(content: bytes, sizes: list[int]) -> None:
    expected = hits(content, sizes)
    assert hits(content, sizes, Marks(TEXTS, (b"x", *TEXTS, b"ca"), len(content))) == expected


def test_many_hits_of_other_texts_hide_none() -> None:
    content = b"x" * 30_000 + b"abc"
    marks = Marks((b"abc",), (b"x", b"abc"), len(content))
    assert [hit.at for hit in marks.feed(content)] == [30_000]
    assert not marks.exhausted


def test_marks_that_see_the_same_piece_find_each_their_own() -> None:
    among, content = (b"ab", b"cd"), b"abcd" * 2000
    one, other = Marks((b"ab",), among, 8000), Marks((b"cd",), among, 8000)
    starts = [[hit.at % 4 for hit in marks.feed(content)] for marks in (one, other)]
    assert starts == [[0] * 2000, [2] * 2000]


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

"""Names are spelled so that none reads like another one, and nothing else changes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocianalyze.model.spelling import is_plain, spelled, spelled_bytes, unicode, unspelled
from ocianalyze.report.escape import shown

_TRICKY = st.lists(
    st.sampled_from(
        ["\\", "\\\\", "xff", "x7f", "x8", "ud800", "udcff", "\udcff", "\ud800", "a", "/"]
    )
).map("".join)
NAMES = st.one_of(_TRICKY, st.text(st.characters(exclude_categories=())))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("plain", "plain", id="ascii"),
        pytest.param("größe", "größe", id="letters"),
        pytest.param("\udcff", "\\xff", id="byte"),
        pytest.param("\\xff", "\\\\xff", id="literal"),
        pytest.param("\\\\xff", "\\\\\\\\xff", id="two-backslashes"),
        pytest.param("\\\udcff", "\\\\\\xff", id="backslash-and-byte"),
        pytest.param("\\\udcffxff", "\\\\\\xffxff", id="byte-and-letters"),
        pytest.param("system-a\\x2db.slice", "system-a\\x2db.slice", id="systemd-stays"),
        pytest.param("a\\nb\\", "a\\nb\\", id="other-backslashes-stay"),
    ],
)
def test_bytes_read_as_escapes_and_nothing_else_does(name: str, expected: str) -> None:
    """A backslash is doubled only where it could be taken for a byte."""
    assert spelled(name) == expected
    assert unspelled(expected) == name


@given(NAMES)
def test_a_spelling_has_one_name(name: str) -> None:
    """It is valid Unicode, and leads back."""
    said = spelled(name)
    said.encode()
    assert unspelled(said) == name


@given(st.one_of(st.binary(), _TRICKY.map(lambda name: name.encode("utf-8", "surrogatepass"))))
def test_stored_names_are_spelled_alike(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    assert spelled_bytes(raw) == spelled(name)
    if is_plain(raw):
        assert spelled(name) == name


@given(NAMES, NAMES)
def test_names_that_differ_are_shown_differently(one: str, other: str) -> None:
    assert (shown(spelled(one)) == shown(spelled(other))) is (one == other)


@given(NAMES)
def test_a_terminal_sees_a_name_with_every_backslash_doubled(name: str) -> None:
    """So a spelled name, which documents hold, is not spelled again for people."""
    assume(not name.endswith(" "))
    same = {"\\": "\\\\", " ": " "}
    whole = "".join(same.get(char) or shown(char) for char in name)
    assert shown(spelled(name)) == whole


@given(st.text())
def test_texts_that_are_no_names_are_kept_as_they_are(text: str) -> None:
    assert unicode(text) == text


def test_a_long_row_of_backslashes_costs_no_square() -> None:
    """A hostile name: 200,000 of them, and nothing behind."""
    name = "\\" * 200_000
    assert spelled(name) == name == unspelled(name)
    assert len(shown(name)) == 400_000

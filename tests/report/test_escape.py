"""Nothing that an image holds moves the cursor or breaks a document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.report.escape import json_text, shown, unicode
from tests.report.documents import HOSTILE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("plain.txt", "plain.txt", id="ascii-stays"),
        pytest.param("größe/日本", "größe/日本", id="letters-stay"),
        pytest.param("a\x1b[2Jb", "a\\x1b[2Jb", id="escape-sequence"),
        pytest.param("a\nb\tc\rd", "a\\nb\\tc\\rd", id="newline-tab-return"),
        pytest.param("a\\x1b", "a\\\\x1b", id="backslash-doubled"),
        pytest.param("\x9b31m", "\\u009b31m", id="c1-csi"),
        pytest.param("a\u202eb\u2066", "a\\u202eb\\u2066", id="bidi"),
        pytest.param("a\u200bb\ufeff", "a\\u200bb\\ufeff", id="zero-width"),
        pytest.param("a\u2028b", "a\\u2028b", id="line-separator"),
        pytest.param("a b  ", "a b \\x20", id="blank-at-the-end"),
        pytest.param("\xa0", "\\u00a0", id="blank-that-is-no-byte"),
        pytest.param("\U000e0041", "\\U000e0041", id="tag"),
        pytest.param("\udcff\udc80", "\\xff\\x80", id="bytes-of-no-utf8"),
        pytest.param("\ud800", "\\ud800", id="stray-surrogate"),
    ],
)
def test_a_terminal_sees_printable_characters_alone(text: str, expected: str) -> None:
    """Everything else reads as what it is."""
    assert shown(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_shown_is_one_printable_line_that_encodes(text: str) -> None:
    """Whatever the text is."""
    result = shown(text)
    assert result.isprintable()
    result.encode()


@given(st.text(), st.text())
def test_texts_that_differ_are_shown_differently(one: str, other: str) -> None:
    """No text can look like another one escaped."""
    assert (shown(one) == shown(other)) is (one == other)


@given(st.text(st.characters(exclude_categories=())))
def test_unicode_encodes_and_keeps_what_is_valid(text: str) -> None:
    """A document keeps control characters: its format escapes them."""
    unicode(text).encode()
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert unicode(text) == text


@given(st.text())
def test_json_keeps_its_meaning_without_harmful_characters(text: str) -> None:
    """Escapes are the same text to every reader."""
    document = json.dumps({"name": text}, ensure_ascii=False).encode()
    harmless = json_text(document)
    assert json.loads(harmless) == {"name": text}
    for char in "\x7f\x9b\u061c\u200e\u2028\u202e\u2066\ufeff":
        assert char not in harmless.decode()


def test_the_hostile_name_of_the_samples_is_shown_whole() -> None:
    """The sample covers every class of character that is escaped."""
    assert shown(HOSTILE) == "a\\x1b[31m\\x07\\n\\u202egnp.exe\\u009b2J\\xff\\u2028b"

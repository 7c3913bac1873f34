"""Widths and fixed beginnings, against what `re` itself matches."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._syntax import UNBOUNDED, Unreadable, parse, width
from ocianalyze.detectors.secrets.literals import beginnings, needed

ATOMS = (r"a", r"B", r"\.", r"[xy]", r"[^b]", r"\d", r".", r"\x41", r"\b", r"(?=a)", r"[\w-]")
_ATOM = st.sampled_from(ATOMS)
PATTERNS = st.recursive(
    _ATOM,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inner.map(lambda part: f"(?i:{part})"),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["?", "{2}", "{1,3}", "{0,2}?"])),
    ),
    max_leaves=8,
)
BYTES = st.text(alphabet="abABxy.1 ", max_size=12).map(str.encode)


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        *((r"", 0), (r"abc", 3), (r"a|bcd", 3), (r"\x41\d", 2), (r"[]a]{3,9}x?", 10)),
        *((r"(?<!a)b(?=cc)$", 1), (r"(?P<secret>a{4})\b", 4), (r"a+", UNBOUNDED)),
        *((r"(a)\1", UNBOUNDED), (r"(?P<n>a)(?P=n)", UNBOUNDED), (r"a{,3}", 3), (r"(?i)ab", 2)),
        *((r"a{2,3}+", 3), (r"[^\]]{5}", 5), (r"{x}", 3)),
    ],
)
def test_widths(pattern: str, most: int) -> None:
    assert width(parse(pattern)) == most


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a", "(?x) a", "(?(1)a|b)", r"\x4", "(" * 99])
def test_what_cannot_be_read_says_so(pattern: str) -> None:
    with pytest.raises(Unreadable):
        parse(pattern)
    assert beginnings(pattern) == {b""}
    assert needed(pattern) == {b""}


@given(pattern=PATTERNS, text=BYTES)
def test_matches_are_as_the_syntax_says(pattern: str, text: bytes) -> None:
    for match in re.compile(pattern.encode()).finditer(text):
        found = match.group()
        assert len(found) <= width(parse(pattern))
        assert any(found.startswith(head) for head in beginnings(pattern))
        assert any(part in found.lower() for part in needed(pattern))


@given(pattern=st.text(alphabet="ab\\()[]{}?*+|^$.<>=!:iPx123,-", max_size=30))
def test_any_text_is_read_or_refused(pattern: str) -> None:
    assert beginnings(pattern)
    assert needed(pattern)


@pytest.mark.parametrize(
    ("pattern", "heads"),
    [
        (r"\b(?P<secret>ghx_[0-9A-Za-z]{36})\b", {b"ghx_"}),
        (r"(?<![A-Z])xo[bp]-\d{10}", {b"xob-", b"xop-"}),
        (r"-{5}BEGIN (?:RSA )?KEY", {b"-----BEGIN KEY", b"-----BEGIN RSA KEY"}),
        (r"(?i:word)\d", {b""}),
        (r"(?:ab|[0-9]+)_", {b"ab", b""}),
        (r"https?://", {b"http://", b"https://"}),
    ],
)
def test_beginnings(pattern: str, heads: set[bytes]) -> None:
    assert beginnings(pattern) == heads


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"(?i:PassWord)\s*=", {b"password"}),
        (r"\d{8}:AA[\w-]{33}", {b":aa"}),
        (r"[a-z]{3}\.(?:atlas|vault)V1", {b".atlasv1", b".vaultv1"}),
        (r"\d+", {b""}),
    ],
)
def test_needed_texts(pattern: str, texts: set[bytes]) -> None:
    assert needed(pattern) == texts

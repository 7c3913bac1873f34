"""Lines never get wider than asked, whatever the characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocianalyze.report.layout import fit, fit_end, flow, indented, wrap
from ocianalyze.report.words import plural, short, size

WORDS = st.text(st.sampled_from("ab/ 日\u0301-"), max_size=80)


@given(WORDS, st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    """Only blanks go."""
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.lists(WORDS, max_size=6), st.integers(2, 30))
def test_flowing_pieces_fit(pieces: list[str], width: int) -> None:
    """A piece that is too long is wrapped."""
    assert all(cell_len(line) <= width for line in flow(pieces, width))


@given(WORDS, st.integers(0, 30))
def test_fit_is_exact(text: str, width: int) -> None:
    """Columns of a table line up."""
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit_end(text, width)) == width


def test_a_name_that_is_cut_keeps_its_tag() -> None:
    """Images of one input mostly differ in nothing else."""
    assert fit_end("registry.example/team/shop:1.4", 12) == "..m/shop:1.4"


def test_a_piece_is_kept_whole_when_the_next_line_has_room() -> None:
    """A size and its unit stay together."""
    assert flow(["aaaa", "bb cc"], 10) == ["aaaa", "bb cc"]


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/srv/application/name.pyc", ["/srv/application/", "name.pyc"]),
        ("/a/" + "b" * 30, ["/a/" + "b" * 17, "b" * 13]),
        ("/日本語/application/x", ["/日本語/application/", "x"]),
    ],
    ids=["behind-a-slash", "not-for-a-short-line", "wide"],
)
def test_a_name_in_a_long_path_stays_whole(path: str, lines: list[str]) -> None:
    """So that it can be searched for; unless most of a line would be empty."""
    assert wrap(path, 20) == lines


def test_following_lines_are_indented_under_the_first() -> None:
    """The mark comes once."""
    assert list(indented(["a", "b"], " - ")) == [" - a", "   b"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_950, "10 kB"),
        (213_700_000, "214 MB"),
        (999_600, "1.0 MB"),
        (1 << 70, "1181 EB"),
    ],
)
def test_sizes_are_decimal_with_two_or_three_digits(count: int, expected: str) -> None:
    """As `ls --si` and registries show them."""
    assert size(count) == expected


def test_counts_and_digests_are_short() -> None:
    """Thousands are grouped, digests keep twelve characters."""
    assert plural(1, "entry", "entries") == "1 entry"
    assert plural(31_204, "entry", "entries") == "31,204 entries"
    assert short("sha256:" + "a" * 64) == "sha256:" + "a" * 12
    assert short(None) == ""

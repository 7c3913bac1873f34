"""Comma-separated values: data for every reader, a formula for none."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.cli.separated import harmless, line
from ocianalyze.report.escape import shown

SIGNS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - the full-width forms are meant
_CELLS = st.lists(
    st.one_of(st.text("=+-@'\t\r\n ab1,\"\\", max_size=6), st.text(max_size=4)), min_size=1
)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'),
        ("@SUM(1)", "'@SUM(1)"),
        ("@scope", "'@scope"),
        ("+x", "'+x"),
        ("-1", "'-1"),
        ("\t=1", "\\t=1"),
        ("'=1", "''=1"),
        ("'t Hart", "'t Hart"),
        ("1=1", "1=1"),
        (-1, "-1"),
        (2.5, "2.5"),
        (b"=1", "3d31"),
        (None, ""),
    ],
    ids=repr,
)
def test_texts_that_would_be_formulas_get_an_apostrophe_and_numbers_stay(
    cell: str | float | bytes | None, written: str
) -> None:
    assert line([cell, "x"]) == f"{written},x\r\n".encode()


@given(_CELLS)
def test_no_cell_begins_like_a_formula_and_every_one_can_be_read_back(texts: list[str]) -> None:
    (read,) = csv.reader([line(texts).decode()])
    assert not any(cell.startswith(tuple(SIGNS)) for cell in read)
    assert read == [harmless(shown(text)) for text in texts]


@given(st.text("=+'a", max_size=5), st.text("=+'a", max_size=5))
def test_no_two_texts_become_equal(first: str, second: str) -> None:
    assert (harmless(first) == harmless(second)) == (first == second)

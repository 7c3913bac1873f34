"""Lines become the same bytes with and without a library for colours."""

import re
from dataclasses import replace
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from ocianalyze.report.assemble import assemble
from ocianalyze.report.blocks import Line, Span
from ocianalyze.report.console import encoded
from ocianalyze.report.escape import shown
from ocianalyze.report.overview import table
from tests.report.documents import ANALYSIS, IMAGE, digest

spans = st.builds(Span, st.text().map(shown), st.sampled_from(("", "bold", "green")))
lines = st.lists(st.lists(spans, max_size=4).map(tuple), max_size=4)


def by_rich(several: list[Line]) -> bytes:
    console = Console(file=StringIO(), color_system=None, no_color=True, _environ={})
    with console.capture() as capture:
        for each in several:
            text = Text.assemble(*each, end="\n")
            text.rstrip()
            console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)
    return capture.get().encode()


@given(lines)
def test_lines_without_colours_are_what_rich_makes_of_them(several: list[Line]) -> None:
    assert encoded(several, colour=False) == by_rich(several)


@given(lines)
def test_colours_change_nothing_else(several: list[Line]) -> None:
    coloured = encoded(several, colour=True).decode()
    plain = "\n".join(x.rstrip() for x in re.sub("\x1b\\[[0-9;]*m", "", coloured).split("\n"))
    assert plain.encode() == encoded(several, colour=False)


def test_two_images_of_one_name_and_platform_are_told_apart_by_a_digest() -> None:
    """As `--image` takes it."""
    other = replace(IMAGE, manifest_digest=digest("7"))
    report = assemble(replace(ANALYSIS, images=(IMAGE, other)))
    rows = ["".join(span.text for span in row) for row in list(table(report, 80))[1:]]
    assert [row.split()[0] for row in rows] == [f"team/app:1.4@{x * 12}" for x in "37"]

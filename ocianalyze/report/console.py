"""Lines to bytes: colours or none, no markup read in texts, nothing wrapped a second time."""

from collections.abc import Iterable
from io import StringIO

from rich.console import Console
from rich.text import Text

from ocianalyze.report.blocks import Line


def encoded(lines: Iterable[Line], *, colour: bool) -> bytes:
    """Return lines as terminal text."""
    console = Console(
        file=StringIO(),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        highlight=False,
        emoji=False,
        _environ={},
    )
    with console.capture() as capture:
        for spans in lines:
            text = Text.assemble(*spans, end="\n")
            text.rstrip()
            console.print(text, soft_wrap=True)
    return capture.get().encode()

"""Lines to bytes: colours or none, no markup read in texts, nothing wrapped a second time."""

from collections.abc import Iterable

from ocianalyze.report.blocks import Line


def encoded(lines: Iterable[Line], *, colour: bool) -> bytes:
    """Return lines as terminal text."""
    return (_coloured if colour else _plain)(lines).encode()


def _plain(lines: Iterable[Line]) -> str:
    texts = ("".join(span.text for span in spans) for spans in lines)
    return "".join(f"{text.rstrip()}\n" for text in texts)


def _coloured(lines: Iterable[Line]) -> str:
    from io import StringIO  # noqa: PLC0415 - the next line's

    from rich.console import Console  # noqa: PLC0415 - 20 ms that only colours need
    from rich.text import Text  # noqa: PLC0415 - the same

    console = Console(
        file=StringIO(),
        force_terminal=True,
        color_system="standard",
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
    return capture.get()

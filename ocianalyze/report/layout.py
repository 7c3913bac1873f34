"""Lines of a fixed width, measured in terminal cells: a wide character takes two."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len, set_cell_size


def wrap(text: str, width: int) -> list[str]:
    """Break a text at blanks into lines of at most `width` cells; longer words are cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        lines.extend(_pieces(word, width))
    return [line for line in lines if line] or [""]


def flow(pieces: Iterable[str], width: int, between: str = "   ") -> list[str]:
    """Set pieces side by side; a new line begins between pieces, in a piece only when it must."""
    lines = [""]
    for piece in filter(None, pieces):
        joined = lines[-1] + between + piece if lines[-1] else piece
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        lines.extend(wrap(piece, width))
    return [line for line in lines if line]


def fit(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, its end cut off with `..` when it is longer."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - 2, 0)) + ".."[:width]


def fit_end(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, its beginning cut off: names end in a tag."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return ".."[:width] + set_cell_size(text[::-1], max(width - 2, 0))[::-1]


def indented(lines: Iterable[str], first: str, rest: str = "") -> Iterator[str]:
    """Put `first` before the first line and as much room, or `rest`, before the others."""
    lead = first
    for line in lines:
        yield lead + line
        lead = rest or " " * cell_len(first)


def _pieces(word: str, width: int) -> Iterator[str]:
    """Cut a word into pieces of at most `width` cells; a mark stays with its letter.

    A path is cut behind a slash where that fills half of the line: names stay whole.
    """
    begin = cells = slash = 0
    for at, char in enumerate(word):
        wide = cell_len(char)
        if cells + wide > width and at > begin:
            rest = cell_len(word[slash:at])
            fills = slash - begin > at - slash and rest + wide <= width
            cut, cells = (slash, rest) if fills else (at, 0)
            yield word[begin:cut]
            begin = cut
        cells += wide
        slash = at + 1 if char == "/" else slash
    yield word[begin:]

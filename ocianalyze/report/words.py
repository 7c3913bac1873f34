"""Numbers and names as people read them."""

import re

from ocianalyze.model.entry import State
from ocianalyze.report.instruction import dockerfile

_DECORATION = re.compile(
    r"^(?:/bin/sh -c #\(nop\) +|(?P<run>RUN )(?:\|\d+ .*? )?/bin/sh -c |(?P<bare>)/bin/sh -c )"
)

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_LONG_HEX = re.compile(r"(?<![0-9a-zA-Z])([0-9a-f]{12})[0-9a-f]{20,}(?![0-9a-zA-Z])(?:\.{3})?")
_BLANKS = re.compile(r"[ \t]{2,}|\t")


def brief(text: str) -> str:
    """Return a text with twelve characters of each digest in it; documents have them whole."""
    return _LONG_HEX.sub(r"\1...", text)


def joined(text: str) -> str:
    """Return a history line with one blank where a Dockerfile's indentation left many."""
    return _BLANKS.sub(" ", text)


def size(count: int) -> str:
    """Return a number of bytes in decimal units: `214 MB`, `1.2 GB`."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 1 if unit and value < 9.95 else 0
    return f"{value:.{digits}f} {_UNITS[unit]}"


def plural(count: int, word: str, words: str = "") -> str:
    """Return `1 layer`, `2 layers`, `31,204 entries`."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def short(digest: str | None) -> str:
    """Return a digest with twelve characters of its value."""
    if not digest:
        return ""
    algorithm, _, encoded = digest.partition(":")
    return f"{algorithm}:{encoded[:12]}"


def undecorated(created_by: str) -> str:
    """Return a history line nearly as the Dockerfile had it, without what builders add."""
    text = created_by.removesuffix(" # buildkit").rstrip()
    return dockerfile(_DECORATION.sub(_instruction, text, count=1))


def _instruction(match: re.Match[str]) -> str:
    return "RUN " if match["run"] or match["bare"] is not None else ""


def fate(state: State | None, layer: int | None) -> str:
    """Say where a path lies and what became of it: `layer 3, deleted by a later layer`."""
    where = "" if layer is None else f"layer {layer}"
    what = "" if state in (None, State.VISIBLE) else f"{state} by a later layer"
    return ", ".join(filter(None, (where, what)))

"""Markdown of the generated pages: what a text says is what the page shows."""

import inspect
import re
from collections.abc import Iterable

_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_MARKUP = re.compile(r"[\\*_<>\[\]&~$#`]")


def escaped(text: object) -> str:
    """Return a text in one line, so that nothing but its code spans is markup."""
    words, parts, end = line(text), [], 0
    for span in _SPAN.finditer(words):
        parts += [_literal(words[end : span.start()]), span[0]]
        end = span.end()
    return "".join((*parts, _literal(words[end:])))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, each))} |\n" for each in lines)


def code(text: str) -> str:
    """Return a block that shows a text as it is and breaks its lines where it must."""
    return f"```{{code-block}} text\n:class: wrapped\n\n{text}\n```\n"


def line(text: object) -> str:
    """Return a text in one line."""
    return " ".join(str(text).split())


def first(text: str | None) -> str:
    """Return the first paragraph of a docstring."""
    return escaped(inspect.cleandoc(text or "").partition("\n\n")[0])


def _cell(text: str) -> str:
    return line(text).replace("|", "\\|")


def _literal(text: str) -> str:
    return _MARKUP.sub(lambda found: f"\\{found[0]}", text)

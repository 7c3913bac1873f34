"""Text of an image inside a command or Dockerfile line that people are told to write.

Names are the attacker's: a suggested line must do the same thing whatever they hold.
"""

import json
from collections.abc import Sequence
from shlex import quote

_CHARS = 120
"""A longer name is not shown whole, and half a name is another file's."""


def quoted(text: str, most: int = _CHARS) -> str:
    """Return one word for a shell line; empty when it cannot stand there whole and visible."""
    return quote(text) if text and len(text) <= most and text.isprintable() else ""


def all_quoted(texts: Sequence[str]) -> str:
    """Return words for a shell line; empty when one of them cannot stand there."""
    words = [quoted(text) for text in texts]
    return " ".join(words) if all(words) else ""


def copied(words: Sequence[str], flags: Sequence[str] = ()) -> str:
    """Return what follows COPY or ADD in a Dockerfile; empty when it cannot stand there.

    A word with anything but plain characters calls for the JSON form, in which only variables
    are expanded.
    """
    plain = all_quoted(words)
    if not plain or any("$" in word for word in words) or all_quoted(flags) != " ".join(flags):
        return ""
    line = plain if plain == " ".join(words) else json.dumps(list(words))
    return " ".join((*flags, line))

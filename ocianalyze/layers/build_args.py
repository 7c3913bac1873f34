"""Build arguments that a builder wrote before a command: `|2 A=1 B=two words /bin/sh -c ...`.

Values are not quoted and may hold spaces, so where the last one ends is not always known.
"""

import re
from typing import NamedTuple

_COUNT = re.compile(r"\|([0-9]{1,4}) ?")
_NEXT = re.compile(r" (?=[A-Za-z_][A-Za-z0-9_.-]{0,200}=)")


class BuildArgs(NamedTuple):
    """The arguments of one line and what follows them."""

    values: tuple[tuple[str, str], ...] = ()
    rest: str = ""
    ambiguous: bool = False
    counted: bool = False
    """The line has the `|N` of a builder, even if N is 0."""


def cut_build_args(text: str, shell: re.Pattern[str]) -> BuildArgs:
    """Cut the arguments off a line.

    Each value ends where the next `KEY=` begins, the last one where the shell begins; without a
    shell, at the first space, which is a guess.
    """
    count = _COUNT.match(text)
    if not count:
        return BuildArgs(rest=text)
    wanted = int(count[1])
    text = text[count.end() :]
    if not wanted:
        return BuildArgs(rest=text, counted=True)
    begin = _shell_begin(text, shell)
    head = text if begin is None else text[:begin]
    pairs = _NEXT.split(head, maxsplit=wanted - 1) if wanted > 1 else [head]
    ambiguous = len(pairs) != wanted
    if begin is None:
        pairs[-1], _, rest = pairs[-1].partition(" ")
        ambiguous = True
    else:
        rest = text[begin:].lstrip(" ")
    values = tuple((key, value) for key, _, value in (pair.partition("=") for pair in pairs))
    return BuildArgs(values, rest, ambiguous, counted=True)


def _shell_begin(text: str, shell: re.Pattern[str]) -> int | None:
    """Return where the first shell at the beginning of a word is."""
    at = text.find(" ")
    while at >= 0:
        if shell.match(text, at + 1):
            return at
        at = text.find(" ", at + 1)
    return None

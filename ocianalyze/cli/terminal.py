"""What standard output is: a terminal with colours and a width, or neither."""

import os
import sys
from shutil import get_terminal_size

PLAIN = 80
"""Columns where there is no terminal."""


def wants_colour() -> bool:
    """Tell a terminal on which nobody declined colours (the NO_COLOR convention)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def width() -> int:
    """Return the columns of the terminal; always the same where there is none."""
    return room() or PLAIN


def room() -> int | None:
    """Return the columns of the terminal, if there is one."""
    return get_terminal_size((PLAIN, 24)).columns if sys.stdout.isatty() else None

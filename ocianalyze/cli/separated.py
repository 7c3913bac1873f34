"""Lines of comma-separated values that no spreadsheet takes for formulas.

A spreadsheet runs a cell that begins with one of a few signs, and whoever built an image chose
what its cells say. Source: OWASP, "CSV Injection".
"""

import csv
import io
import re
from collections.abc import Iterable

from ocianalyze.report.escape import shown

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that is run, or that reads like one made harmless; the last four signs are
full-width forms of the first."""

Cell = str | int | float | bytes | None


def line(cells: Iterable[Cell]) -> bytes:
    """Return one line (RFC 4180): texts printable and harmless, numbers as they are, NULL empty."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(map(_written, cells))
    return buffer.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(shown(cell))
    return cell.hex() if isinstance(cell, bytes) else str(cell)


def harmless(text: str) -> str:
    """Return a text behind an apostrophe when a spreadsheet would take it for a formula.

    One that begins with apostrophes and such a sign gets one more, so no two texts become equal.
    """
    return f"'{text}" if _FORMULA.match(text) else text

"""The text that a coded beginning belongs to, decoded; one level, and only what is nearby."""

import re
from collections.abc import Callable

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._escapes import joined, meant, nested, unquoted
from ocianalyze.detectors.secrets._expressions import Expression
from ocianalyze.detectors.secrets.runs import of_digits

_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-\r\n]*")
_LINE = b"\r\n"
_BEHIND = re.compile(rb"[\s\"'<>{}&\0]")
"""What ends an address that is a part of another."""
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9.\-]{0,31}\Z")
_UNDO = (meant, nested, unquoted, joined)
"""By the phase of an expression: escapes of values, of a string, of a part of an address, and ends
of lines that go on."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, decoded where it was coded, and how its offsets lie in the content."""

    data: bytes
    at: int
    """Offset in `data` up to which the expression has been seen."""
    span: Callable[[int, int], tuple[int, int]]
    """From a span of `data` to one of the content."""


def decoded(expression: Expression, coded: bytes, end: int, base: int = 0) -> Text:
    """Return the text around an expression that ends at an offset of `coded`.

    `base` is where `coded` begins in the content, for the spans.
    """
    if expression.coding == "base64":
        return _base64(coded, end, base, expression.phase)
    if expression.coding == "escaped":
        return _escaped(coded, end, base, expression.phase)
    return _utf16(coded, end, base)


def _escaped(coded: bytes, end: int, base: int, phase: int) -> Text:
    """Take all that is there without the escapes; of an address that is a part, it alone."""
    undo = _UNDO[phase]
    first, last = _part(coded, end) if undo is unquoted else (0, len(coded))
    found, base = undo(coded[first:last]), base + first
    return Text(
        found.data, end - first, lambda a, b: (base + found.place(a), base + found.place(b))
    )


def _part(coded: bytes, end: int) -> tuple[int, int]:
    """Return where the address lies whose password ends there: others may mean their signs."""
    mark = max(coded.lower().rfind(b"%3a%2f%2f", 0, end), 0)
    scheme, behind = _SCHEME.search(coded, max(mark - 32, 0), mark), _BEHIND.search(coded, end)
    return scheme.start() if scheme else mark, behind.start() if behind else len(coded)


def _utf16(coded: bytes, end: int, base: int) -> Text:
    """Take the characters with a NUL between them, in either order of bytes.

    Inside a text nothing tells the two orders apart; places are those of the other bytes.
    """
    odd = (end - 1) % 2
    characters, between = coded[odd::2], coded[odd + 1 :: 2]
    last = (end - 1) // 2
    first = len(between[:last].rstrip(b"\0"))
    behind = between[last:]
    until = last + len(behind) - len(behind.lstrip(b"\0")) + 1
    start = base + odd + 2 * first
    data = characters[first:until]
    return Text(data, last - first + 1, lambda a, b: (start + 2 * a, start + 2 * b - 1))


def _base64(coded: bytes, end: int, base: int, phase: int) -> Text:
    """Take the characters of both alphabets around, over line ends, from a group of four on."""
    head, tail = _run(coded[:end][::-1])[::-1], _run(coded[end:])
    digits = head.translate(None, _LINE)
    skip = (len(digits) - phase) % 4
    data = of_digits(digits[skip:] + tail)
    run, start = head + tail, base + end - len(head)

    def span(first: int, last: int) -> tuple[int, int]:
        digits_before, digits_until = first * 4 // 3, -(-last * 4 // 3)
        return start + _nth(run, skip + digits_before), start + _nth(run, skip + digits_until)

    return Text(data, (len(digits) - skip) * 3 // 4, span)


def _run(coded: bytes) -> bytes:
    match = _BASE64.match(coded)
    return match.group() if match else b""


def _nth(run: bytes, digits: int) -> int:
    """Return the offset behind so many characters that are no line ends."""
    at = digits
    while (found := len(run[:at].translate(None, _LINE))) < digits and at < len(run):
        at = min(len(run), at + digits - found)
    return at

"""Hide values that look secret in lines of a build history and in variables.

A report is pasted into tickets; the control that finds secrets names their place, which is enough
to act on. Hiding a harmless value costs less than showing a real one.
"""

import re

LINE = 4_096
"""Characters of one line that are looked at and shown at most."""

HIDDEN = "***"

_SENSITIVE = r"""(?:pass(?:wd|word|phrase)?|pwd|secret|token|credential|auth(?!or)
    |(?:api|access|account|encryption|license|private|secret|signing)[_.-]?key)"""
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&;|]+)"""
_NAME = re.compile(_SENSITIVE, re.IGNORECASE | re.VERBOSE)
_ASSIGNED = re.compile(
    rf"""(?<![\w.-])(?!NOPASSWD\s*:)([\w.-]*?{_SENSITIVE}[\w.-]*+["']?\s*[=:]\s*)({_VALUE})""",
    re.IGNORECASE | re.VERBOSE,
)
_OPTION = re.compile(
    rf"(?<!\S)(--?[\w.-]*?{_SENSITIVE}[\w.-]*+\s+)({_VALUE})", re.IGNORECASE | re.VERBOSE
)
_SHAPES = re.compile(
    r"""
    (?P<user>://[^/\s:@]*:)[^/\s@]+(?=@)
    | (?P<scheme>\b(?:bearer|basic)\s+)[\w+/=.~-]{8,}
    | (?P<curl>(?<!\S)(?:-u|--user)[ =]['"]?[^\s:'"]+:)[^\s'"]+
    | (?<![A-Za-z0-9])(?:A[KS]IA[A-Z0-9]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}
      |glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|npm_\w{30,}|eyJ[\w-]{10,}\.[\w-]{10,}[\w.-]*
      |sk-[\w-]{20,})
    """,
    re.IGNORECASE | re.VERBOSE,
)


def line(text: str, length: int = LINE) -> str:
    """Return the beginning of a line with values that look secret as `***`."""
    cut = text[: 2 * length if length < LINE else LINE]
    masked = _SHAPES.sub(_shape, _OPTION.sub(_named, _ASSIGNED.sub(_named, cut)))
    whole = len(text) == len(cut) and len(masked) <= length
    return masked if whole else masked[: length - 3] + "..."


def shapes(text: str) -> str:
    """Return a text of our own in which a quoted token, or a URL's password, reads `***`."""
    return _SHAPES.sub(_shape, text)


def variable(text: str) -> str:
    """Return an environment variable `NAME=value`, its value hidden where the name says so."""
    name, equals, value = text.partition("=")
    if equals and value and _NAME.search(name[:LINE]):
        return f"{name[:LINE]}={HIDDEN}"
    return line(text)


def _named(match: re.Match[str]) -> str:
    name, value = match.groups()
    return match[0] if value.startswith(("$", "-", HIDDEN)) else name + HIDDEN


def _shape(match: re.Match[str]) -> str:
    kept = next((text for text in match.groupdict().values() if text), "")
    return kept + HIDDEN

"""What stands where a secret will stand: templates, samples, words instead of values."""

import re
from itertools import pairwise
from unicodedata import category

_TEMPLATE = re.compile(
    rb"\$\{[^}]*\}?|\$\([^)]*\)?|\{\{.*|\{%.*|<%.*|#\{[^}]*\}|<[A-Za-z_][^<>]{1,60}>|%\([^)]*\)s"
    rb"|^\$[A-Za-z_]\w*$|^%[A-Za-z_]\w*%$|^@[A-Za-z_]\w*@$|^@[A-Z][A-Z_]+$|^%[sdvq]$|^\{[A-Za-z_][\w.]*\}$"
    rb"|^\$\[\[.*|^\$[0-9@*]$|^__[A-Z_]+__$|^\.\.[A-Za-z_][\w.]*$",
    re.DOTALL,
)
_WORDS = re.compile(
    rb"example|dummy|placeholder|redacted|fixme|\.\.\.|\*\*\*\*|x{5,}|\bsample\b|\btodo\b|\bfoo(?:bar)?\b"
    rb"|change[_-]?(?:me|this|it)|your[_-]|your(?:password|secret|token|key|api)|put[_ -]your"
    rb"|replace[_-]?(?:me|this|with)|insert[_-]|fill[_-]?(?:me|in)|not[_-]?a[_-]?(?:real|secret)"
    rb"|(?:enter|add|some)[_-](?:your|password|secret|token|key)"
    rb"|this[_-]?is[_-]?(?:a|my|the|not)|(?:fake|invalid)[\w-]{0,16}(?:pass|secret|token|key|cred)"
    rb"|some(?:[_-]?kind[_-]?of)?[_-]?(?:password|passphrase|secret)",
    re.IGNORECASE,
)
_THEMSELVES = re.compile(
    rb"(?:my|the|a|test|db|user|api|access|auth|root|admin|default|client|new|old)?[ _-]?"
    rb"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|key|api[_-]?key|none|null|nil|undefined"
    rb"|true|false|empty|unset|string|value|hidden|masked|user(?:name)?|login|test(?:ing)?|abc)"
    rb"(?:[_-]?(?:here|value|key))?[0-9!]{0,3}",
    re.IGNORECASE,
)
_CAPITALS = re.compile(rb"[A-Z]{2,}(?:[_-][A-Z]{2,}){1,7}")
"""Words that name what will stand there: `DB_PASSWORD_HERE`."""
_HEX = re.compile(rb"(?:-?[0-9a-f]){32,}")
_FEW = 8
"""Different digits."""
_ROWS = (b"qwertyuiop", b"asdfghjkl", b"zxcvbnm", b"1qaz2wsx3edc")
_MARKS = ("Mn", "Mc", "Po")
"""Categories of what is written above, below or beside a letter, and of points."""
_LONG = 256


def is_placeholder(value: bytes) -> bool:
    """Tell whether a value says of itself that it is none."""
    value = value.strip()
    if not value or is_template(value):
        return True
    if len(value) <= _LONG and (_WORDS.search(value) or _THEMSELVES.fullmatch(value)):
        return True
    if _CAPITALS.fullmatch(value) or _is_prose(value[:_LONG]):
        return True
    return is_monotonous(value[: 4 * _LONG])


def _is_prose(value: bytes) -> bool:
    """Tell whether it is words that ASCII cannot write, as translators leave them in addresses."""
    if value.isascii():
        return False
    text = value.decode("utf-8", "ignore")
    return all(char.isalpha() or char in " _-" or _is_mark(char) for char in text)


def says_so(value: bytes) -> bool:
    """Tell the same of a value of any kind, of which even short marks may mean something."""
    return 8 <= len(value) <= _LONG and bool(_WORDS.search(value) or is_monotonous(value))


def is_template(value: bytes) -> bool:
    """Tell whether a shell, a template engine or a formatter fills it in."""
    return bool(_TEMPLATE.search(value[: 4 * _LONG]))


def is_monotonous(value: bytes) -> bool:
    """Tell whether it is one short unit repeated, or counts up or down, or a keyboard's row."""
    low = value.lower()
    if len(set(low)) <= 2 or _repeats(low) or _is_poor(low):
        return True
    if len(low) < 6:
        return False
    if any(row.startswith(low) or low.startswith(row[:6]) for row in _ROWS):
        return len(low) <= 12
    steps = sum(abs(b - a) <= 1 for a, b in pairwise(low))
    return steps * 4 >= 3 * (len(low) - 1)


def _is_poor(value: bytes) -> bool:
    """Tell a hexadecimal value of half the digits: of 300,000 random ones, one is so."""
    return bool(_HEX.fullmatch(value)) and len(set(value) - {0x2D}) <= _FEW


def _is_mark(char: str) -> bool:
    return not char.isascii() and category(char) in _MARKS


def _repeats(value: bytes) -> bool:
    """Tell whether it is a unit of at most eight bytes, three times or more."""
    units = range(1, min(8, len(value) // 3) + 1)
    return any(value[unit:] == value[:-unit] for unit in units)

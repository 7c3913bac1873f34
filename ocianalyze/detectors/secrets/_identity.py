"""How a secret is named without telling it."""

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets._base import Rule

_KEYED = blake2b(key=b"ocianalyze: identity of a secret", digest_size=8)
"""Copied for each value. The key is fixed, so that the identity is the same everywhere and ignore
lists can name it."""
_HIDDEN = frozenset({"password", "seed", "password-hash", "cookie"})
"""Kinds of which no character is shown."""
_LEAST = 3
_STARS = 4


def identity(value: bytes) -> str:
    """Return 16 hexadecimal digits, equal for equal values.

    A weak password can be guessed from it; a token cannot.
    """
    keyed = _KEYED.copy()
    keyed.update(value)
    return keyed.hexdigest()


def masked(value: bytes, rule: "Rule") -> str:
    """Return the fixed beginning, stars and the length: `ghp_**** (40)`."""
    return f"{_shown(value, rule)}{'*' * _STARS} ({len(value)})"


def _shown(value: bytes, rule: "Rule") -> str:
    """Return the beginning that every value of the rule has, at most a quarter of this one."""
    if rule.kind in _HIDDEN:
        return ""
    from ocianalyze.detectors.secrets.literals import (  # noqa: PLC0415 - identities need none
        beginnings,
    )

    _, named, value_on = rule.pattern.partition("(?P<secret>")
    known = beginnings(value_on if named else rule.pattern, part=bool(named))
    fitting = [text for text in known if value.startswith(text)]
    text = max(fitting, key=len, default=b"")[: len(value) // 4]
    readable = len(text) >= _LEAST and text.isascii() and text.decode("ascii").isprintable()
    return text.decode("ascii") if readable else ""

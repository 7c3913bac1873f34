"""From rules to the expressions of an engine: triggers as they are, and coded beginnings.

A text in UTF-16 has a NUL between its characters, whatever the order of bytes. In base64 it looks
like one of three texts, by its place in a group of three bytes; its first and last characters
there depend on the neighbours, so only those in between are looked for.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Literal

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._literals import beginnings
from ocianalyze.detectors.secrets._syntax import alternatives

Coding = Literal["", "base64", "utf-16"]

UTF16_LEAST = 4
BASE64_LEAST = 4
BASE64_USUAL = 5
"""Bytes of a beginning that is looked for in a coding; shorter ones occur by chance. Those of four
have as few as four characters in base64: each costs time, so that only grave tokens have them."""
BASE64_CHARACTERS = 5
"""Characters of an expression of base64 at least: shorter ones slow an engine by a sixth."""
_SCHEME = re.compile(rb"[a-z][a-z0-9+.-]*://(?:www\.)?|https?")
"""Begins addresses of every kind, and says nothing of a secret."""
_WORD = re.compile(rb"[A-Za-z]?[a-z]* ?|.*[^ -~].*", re.DOTALL)
"""A word of every language, or bytes that no text has."""
_LINE = r"(?:(?m:^)|\x00)"
"""Begins a line, in a file of a layer too, where bytes before it are NUL."""
_BEGINS = ("^", r"\n", r"\x00")
_DIFFERENT = 3
"""Different characters that a beginning has at least."""


@dataclass(frozen=True, slots=True)
class Expression:
    """What an engine looks for."""

    text: str
    """In the syntax that `re`, RE2 and Hyperscan share."""
    rules: tuple[int, ...]
    """Indexes of the rules that it may be a match of."""
    coding: Coding = ""
    phase: int = 0
    """Of base64: characters of its group of four that have passed where the expression ends."""


def expressions(rules: Sequence[Rule]) -> tuple[Expression, ...]:
    """Return what finds all the rules; equal texts are looked for once."""
    found: dict[tuple[str, Coding, int], dict[int, None]] = {}
    for index, rule in enumerate(rules):
        for text, coding, phase in _of_rule(rule):
            found.setdefault((text, coding, phase), {})[index] = None
    return tuple(
        Expression(text, tuple(indexes), coding, phase)
        for (text, coding, phase), indexes in found.items()
    )


def _of_rule(rule: Rule) -> Iterator[tuple[str, Coding, int]]:
    for part in _triggers(rule):
        yield part, "", 0
    for text in sorted(beginnings(rule.pattern)):
        special = _special(text)
        if special >= UTF16_LEAST:
            yield r"\x00".join(f"\\x{byte:02x}" for byte in text), "utf-16", 0
        if special >= (BASE64_LEAST if _is_grave(rule) else BASE64_USUAL):
            yield from ((coded, "base64", phase) for coded, phase in base64_forms(text))


def _triggers(rule: Rule) -> Iterator[str]:
    if rule.beside:
        yield from (f"(?i:{re.escape(word)})" for word in rule.near)
    else:
        yield from _parts(rule.trigger or rule.pattern)


def _parts(text: str) -> Iterator[str]:
    """Yield the expressions that an engine is given for one.

    An engine waits for fixed bytes that every match has. Alternatives rarely share any, and the
    begin of a line is three alternatives, of which two add a byte to the word behind.
    """
    for part in alternatives(text):
        rest = part.removeprefix(_LINE)
        yield from (part,) if rest == part else (begin + rest for begin in _BEGINS)


def _is_grave(rule: Rule) -> bool:
    """Tell a token that says by itself what it opens."""
    return rule.kind in ("token", "api-key") and rule.severity == "critical"


def _special(text: bytes) -> int:
    """Return how many bytes of a beginning speak for a secret."""
    if _WORD.fullmatch(text) or len(set(text)) < _DIFFERENT:
        return 0
    return len(text) - len((_SCHEME.match(text) or [b""])[0])


def base64_forms(text: bytes) -> Iterator[tuple[str, int]]:
    """Yield the expressions of a text in base64, and the phase at the end of each.

    One for each place in a group of three bytes; four where its characters would be so few that
    they slow an engine, with each that the next can be.
    """
    for before in range(3):
        start, end = -(-before * 8 // 6), (before + len(text)) * 8 // 6
        few = end - start < BASE64_CHARACTERS and (before + len(text)) * 8 % 6
        for behind in (0, 64, 128, 192) if few else (0,):
            coded = b64encode(b"\0" * before + text + bytes((behind, 0)))
            yield _both_alphabets(coded[start : end + bool(few)]), (end + bool(few)) % 4


def _both_alphabets(coded: bytes) -> str:
    """Return the expression of base64 in its two alphabets (RFC 4648, 4 and 5)."""
    plain = {ord("+"): "[+-]", ord("/"): "[/_]"}
    return "".join(plain.get(byte, chr(byte)) for byte in coded)

"""From rules to the expressions of an engine: triggers as they are, and coded beginnings.

A text in UTF-16 has a NUL between its characters, whatever the order of bytes. In base64 it looks
like one of three texts, by its place in a group of three bytes; its first and last characters
there depend on the neighbours, so only those in between are looked for. Of rules without a fixed
beginning the words are looked for of which every match has one.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._escapes import CODES, CONTINUED, NESTED, PART, SLASH, VALUES
from ocianalyze.detectors.secrets._syntax import PART as SYNTAX
from ocianalyze.detectors.secrets._syntax import alternatives
from ocianalyze.detectors.secrets.literals import beginnings, needed
from ocianalyze.errors import UsageError

Coding = Literal["", "base64", "utf-16", "utf-32", "escaped"]
"""How a text is written. What has escapes in it is plain to whoever is told of it."""

_Row = tuple[str, Coding, int]
"""Text, coding and phase of an expression."""
LEAST = 4
"""Bytes of a beginning or word that is looked for in a coding; shorter ones occur by chance. Those
of four have as few as four characters in base64, and need one of the next."""
BASE64_CHARACTERS = 5
"""Characters of an expression of base64 at least: shorter ones slow an engine by a sixth."""
_SCHEME = re.compile(rb"[a-z][a-z0-9+.-]*://(?:www\.)?|https?")
"""Begins addresses of every kind, and says nothing of a secret."""
_ADDRESS = re.compile(rb"https?://(?:www\.)?")
_WORD = re.compile(rb"[A-Za-z]?[a-z]* ?|.*[^ -~].*", re.DOTALL)
"""A word of every language, or bytes that no text has."""
_JOINT = re.compile(rb"[_.-]")
"""Joins words, which some languages write as one, with a capital where each begins."""
_LINE = r"(?:(?m:^)|\x00)"
"""Begins a line, in a file of a layer too, where bytes before it are NUL."""
_BEGINS = ("^", r"\n", r"\x00")
_DIGITS = 16
"""Hexadecimal ones."""
_BINARY = 8
"""Bytes of a beginning that no text has, which is looked for in base64; fewer occur by chance."""
_MAYBE = frozenset("?*{")
"""Behind what a match may lack."""
_DIFFERENT = 3
"""Different characters that a beginning has at least."""


class Expression(NamedTuple):
    """What an engine looks for."""

    text: str
    """In the syntax that `re`, RE2 and Hyperscan share."""
    rules: tuple[int, ...]
    """Indexes of the rules that it may be a match of; of no use for one that is coded, since all
    triggers are looked for in what is decoded."""
    coding: Coding = ""
    phase: int = 0
    """Of base64: characters of its group of four that have passed where the expression ends. Of
    escapes: which are undone (`_coded`)."""


def refusal(rules: Sequence[Rule], expression: Expression, error: Exception) -> UsageError:
    """Return what is wrong with an expression that an engine does not take."""
    cure = "give it a trigger without look-around, references and large repeats"
    rule = rules[expression.rules[0]].id
    return UsageError(f"its trigger does not compile: {error}", place=rule, cure=cure)


ARCHIVE = Expression(r"PK\x05\x06\x00{4}", ())
"""Ends a zip archive that is one file (APPNOTE 4.3.16)."""
GZIP = Expression(r"\x1f\x8b\x08[\x00-\x1f]", ())
"""Begins a gzip member: deflated, without reserved flags (RFC 1952, 2.3.1)."""
GZIP_SIZE = 4
"""Bytes of such a beginning."""
MARKS = (
    *(Expression(text, (), "escaped", 0) for text in (*VALUES, CODES)),
    Expression(NESTED, (), "escaped", 1),
    Expression(PART, (), "escaped", 2),
    Expression(CONTINUED, (), "escaped", 3),
    ARCHIVE,
    GZIP,
)
"""What an engine finds beside the rules, behind their expressions."""


def expressions(rules: Sequence[Rule]) -> tuple[Expression, ...]:
    """Return what finds all the rules; equal texts are looked for once."""
    found: dict[_Row, dict[int, None]] = {}
    words: dict[int, set[bytes]] = {}
    for index, rule in enumerate(rules):
        begins = beginnings(rule.pattern)
        if min(map(_special, begins)) < LEAST:
            words[index] = _needed(rule)
        for row in _of_rule(rule, begins):
            found.setdefault(row, {})[index] = None
    for row in _of_words([(rules[index], own) for index, own in words.items()]):
        found.setdefault(row, {})
    return tuple(
        Expression(text, tuple(indexes), coding, phase)
        for (text, coding, phase), indexes in found.items()
    )


def _of_rule(rule: Rule, begins: Iterable[bytes]) -> Iterator[_Row]:
    for part in _triggers(rule):
        yield part, "", 0
        if (escaped := _escaped(part)) != part:
            yield escaped, "escaped", 0
    for text in sorted(begins):
        if _special(text) >= LEAST:
            yield r"\x00".join(f"\\x{byte:02x}" for byte in text), "utf-16", 0
            yield from _in_base64(text)
        elif _is_binary(text):
            yield from _in_base64(text)


def _escaped(trigger: str) -> str:
    """Return a trigger with its slashes as JSON may have them; itself where a match needs none."""
    found, depth, is_needed = "", 0, False
    for part, behind in pairwise((*SYNTAX.findall(trigger), "")):
        depth += (part == "(") - (part == ")")
        is_needed |= part == "/" and not depth and behind not in _MAYBE
        found += part if part != "/" else f"(?:{SLASH})" if behind in _MAYBE else SLASH
    return found if is_needed else trigger


def _in_base64(text: bytes) -> Iterator[_Row]:
    return ((coded, "base64", phase) for coded, phase in base64_forms(text))


def _of_words(known: Sequence[tuple[Rule, set[bytes]]]) -> Iterator[_Row]:
    """Yield the expressions of words of which every match has one, of rules without a beginning.

    In UTF-16 whatever their case, in base64 as they are written.
    """
    written = {text for rule, own in known for word in own for text in _writings(word, rule)}
    for word in _fewest(set().union(*(own for _, own in known))):
        characters = r"\x00".join(re.escape(word[at : at + 1].decode()) for at in range(len(word)))
        yield f"(?i:{characters})", "utf-16", 0
    for text in _fewest(written):
        yield from _in_base64(text)


def _needed(rule: Rule) -> set[bytes]:
    """Return words of which every match has one; the trigger may know them if the pattern does not.

    But for a trigger that is written with every digit, which has as many.
    """
    of_trigger = needed(rule.trigger)
    known = needed(rule.pattern), of_trigger if len(of_trigger) < _DIGITS else ()
    return next((words for texts in known if (words := set(filter(_is_word, texts)))), set())


def _fewest(texts: set[bytes]) -> list[bytes]:
    """Return texts without those that hold another, which is found with it."""
    return sorted(text for text in texts if texts.isdisjoint(_parts_of(text)))


def _parts_of(text: bytes) -> Iterator[bytes]:
    """Yield the parts of a text that may be looked for."""
    for size in range(LEAST, len(text)):
        yield from (text[at : at + size] for at in range(len(text) - size + 1))


def _writings(word: bytes, rule: Rule) -> Iterator[bytes]:
    """Yield how a word is written: as the rule has it, in small letters, as a name, in capitals.

    The letter that may be a capital is left out where enough is left.
    """
    yield from re.findall(re.escape(word), (rule.pattern + rule.trigger).encode(), re.IGNORECASE)
    yield word.upper()
    for text in (word, word.title(), *_joined(word)):
        yield text[1:] if len(text) > LEAST else text


def _joined(word: bytes) -> tuple[bytes, ...]:
    """Return how a name of several words is written without what joins them."""
    parts = [part for part in _JOINT.split(word) if part]
    capital = b"".join(map(bytes.title, parts))
    return (parts[0] + capital[len(parts[0]) :], capital) if len(parts) > 1 else ()


def _is_binary(text: bytes) -> bool:
    """Tell a beginning that no text has, but for the NUL that begins a line."""
    return len(text) >= _BINARY and not text[1:].decode("latin-1").isprintable()


def _is_word(text: bytes) -> bool:
    """Tell a word that is worth a look: no address is, which every text has."""
    is_text = text.isascii() and text.decode().isprintable() and len(set(text)) >= _DIFFERENT
    return is_text and len(text) >= LEAST and not _ADDRESS.fullmatch(text)


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

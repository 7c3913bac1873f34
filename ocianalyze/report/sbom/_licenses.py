"""Licences as recorded, read as SPDX license expressions (SPDX 2.3 Annex D) where they are some."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.report.escape import unicode

_EXPRESSION_CHARS = 4_096
"""Of an expression that is read; a longer text is taken as a name."""
_DEPTH = 32
"""Of parentheses."""
_TOKEN = re.compile(r"\s*(?:([()])|([A-Za-z0-9.+:-]+))\s*")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_REFERRING = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
"""What an expression says of a licence that is not on the list (SPDX 2.3, Annex D)."""
_HASHED = "LicenseRef-sha256-"
_OPERATORS = {"and": "AND", "or": "OR", "with": "WITH"}
_ABSENT = frozenset({"", "noassertion", "none"})


class License(NamedTuple):
    """One recorded licence."""

    text: str
    """The expression with identifiers as the list spells them, else what was recorded."""
    kind: str
    """`id`, `expression` or `name`."""

    @property
    def spdx(self) -> str:
        """The expression within an SPDX document, which must say what each reference means."""
        if self.kind == "name":
            return _reference(self.text)
        return _REFERRING.sub(lambda match: _own_reference(match[0]), self.text)

    @property
    def references(self) -> dict[str, str]:
        """What was recorded for each `LicenseRef-` of the expression."""
        if self.kind == "name":
            return {_reference(self.text): self.text}
        return {_own_reference(each): each for each in _REFERRING.findall(self.text)}


def _reference(text: str) -> str:
    """Return a `LicenseRef-` identifier for a name: readable where its characters are allowed."""
    if _REFERENCE.fullmatch(text) and not text.startswith("sha256-"):
        return f"LicenseRef-{text}"
    return f"{_HASHED}{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _own_reference(recorded: str) -> str:
    """Return a recorded reference as it is, unless it is into another document or looks hashed."""
    is_own = recorded.startswith("LicenseRef-") and not recorded.startswith(_HASHED)
    return recorded if is_own else _reference(recorded)


@dataclass(frozen=True, slots=True)
class _Known:
    """Identifiers of the SPDX License List, by their lowercase form."""

    version: str
    licenses: Mapping[str, str]
    exceptions: Mapping[str, str]


@cache
def _known() -> _Known:
    table = tomllib.loads(Path(__file__).with_name("licenses.toml").read_text())
    return _Known(
        table["version"],
        {name.lower(): name for name in table["licenses"]},
        {name.lower(): name for name in table["exceptions"]},
    )


def list_version() -> str:
    """Return the version of the SPDX License List that identifiers are taken from."""
    return _known().version


def declared(recorded: Iterable[str]) -> tuple[License, ...]:
    """Return each licence once, in the order of the record."""
    return _declared(tuple(recorded))


@lru_cache(512)
def _declared(recorded: tuple[str, ...]) -> tuple[License, ...]:
    texts = (" ".join(unicode(text).split()) for text in recorded)
    return tuple(dict.fromkeys(_license(text) for text in texts if text.lower() not in _ABSENT))


@lru_cache(512)
def conjunction(licenses: tuple[License, ...]) -> str:
    """Return licences of which none is a name as one expression: each of them applies."""
    return _joined([license_.text for license_ in licenses])


@lru_cache(512)
def spdx(licenses: tuple[License, ...]) -> str:
    """Return all licences as one expression of an SPDX document, names under their references."""
    return _joined([license_.spdx for license_ in licenses])


def _joined(terms: Sequence[str]) -> str:
    if len(terms) == 1:
        return terms[0]
    return " AND ".join(f"({term})" if " " in term else term for term in terms)


@lru_cache(512)
def _license(text: str) -> License:
    words = _expression(text)
    if not words:
        return License(text, "name")
    if len(words) == 1 and words[0].lower() in _known().licenses:
        return License(words[0], "id")
    return License(" ".join(words).replace("( ", "(").replace(" )", ")"), "expression")


def _expression(text: str) -> Sequence[str]:
    """Return the words of an expression in their canonical spelling; none when it is none."""
    if len(text) > _EXPRESSION_CHARS:
        return ()
    reader = _Reader()
    if not all(reader.take(word) for word in _words(text)) or not reader.done:
        return ()
    words = reader.words
    while _is_enclosed(words):
        words = words[1:-1]
    return words


def _is_enclosed(words: Sequence[str]) -> bool:
    """Tell that the first parenthesis is closed by the last word."""
    if words[0] != "(":
        return False
    depths = list(accumulate((word == "(") - (word == ")") for word in words))
    return depths.index(0) == len(words) - 1


def _words(text: str) -> Iterator[str]:
    """Yield the words and parentheses; an empty one stands for what is neither."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            yield ""
            return
        yield match[1] or match[2]
        at = match.end()


@dataclass(slots=True)
class _Reader:
    """Reads an expression word by word, without recursion."""

    words: list[str] = field(default_factory=list)
    depth: int = 0
    wants: str = "operand"
    """`operand`, `operator`, `operator-or-with` or `exception`."""

    @property
    def done(self) -> bool:
        """Tell whether the expression may end here."""
        return not self.depth and self.wants.startswith("operator")

    def take(self, word: str) -> bool:
        """Take the next word; return False when none such may stand here."""
        if self.wants == "operand":
            return self._open() if word == "(" else self._name(_known().licenses, word)
        if self.wants == "exception":
            return self._name(_known().exceptions, word)
        return self._close() if word == ")" else self._operator(_OPERATORS.get(word.lower(), ""))

    def _name(self, known: Mapping[str, str], word: str) -> bool:
        name = known.get(word.lower(), "")
        if not name and self.wants == "operand" and _REFERRING.fullmatch(word):
            name = word
        self.wants = "operator-or-with" if self.wants == "operand" else "operator"
        self.words.append(name)
        return bool(name)

    def _open(self) -> bool:
        self.depth += 1
        self.words.append("(")
        return self.depth <= _DEPTH

    def _close(self) -> bool:
        self.depth -= 1
        self.wants = "operator"
        self.words.append(")")
        return self.depth >= 0

    def _operator(self, operator: str) -> bool:
        allowed = operator in {"AND", "OR"} or (
            operator == "WITH" and self.wants == "operator-or-with"
        )
        self.wants = "exception" if operator == "WITH" else "operand"
        self.words.append(operator)
        return allowed

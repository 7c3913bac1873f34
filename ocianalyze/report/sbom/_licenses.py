"""Licences as recorded, read as SPDX license expressions (SPDX 2.3 Annex D) where they are some."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from ocianalyze.report.escape import unicode

_EXPRESSION_CHARS = 4_096
"""Of an expression that is read; a longer text is taken as a name."""
_DEPTH = 32
"""Of parentheses."""
_TOKEN = re.compile(r"\s*(?:([()])|([A-Za-z0-9.+-]+))\s*")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_OPERATORS = {"and": "AND", "or": "OR", "with": "WITH"}
_ABSENT = frozenset({"", "noassertion", "none"})


class License(NamedTuple):
    """One recorded licence."""

    text: str
    """The expression with identifiers as the list spells them, else what was recorded."""
    kind: str
    """`id`, `expression` or `name`."""

    @property
    def reference(self) -> str:
        """`LicenseRef-` identifier for a name: readable where its characters are allowed."""
        if _REFERENCE.fullmatch(self.text) and not self.text.startswith("sha256-"):
            return f"LicenseRef-{self.text}"
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"LicenseRef-sha256-{digest[:32]}"


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


def conjunction(licenses: Iterable[License]) -> str:
    """Return all licences as one expression: each of them applies."""
    return _conjunction(tuple(licenses))


@lru_cache(512)
def _conjunction(licenses: tuple[License, ...]) -> str:
    terms = [x.reference if x.kind == "name" else x.text for x in licenses]
    if len(terms) == 1:
        return terms[0]
    return " AND ".join(f"({term})" if " " in term else term for term in terms)


@lru_cache(512)
def _license(text: str) -> License:
    if name := _known().licenses.get(text.lower()):
        return License(name, "id")
    expression = _expression(text)
    return License(expression, "expression") if expression else License(text, "name")


def _expression(text: str) -> str:
    """Return a compound expression in its canonical spelling; empty when it is none."""
    if len(text) > _EXPRESSION_CHARS or " " not in text.strip("() "):
        return ""
    reader = _Reader()
    if not all(reader.take(word) for word in _words(text)):
        return ""
    return " ".join(reader.words).replace("( ", "(").replace(" )", ")") if reader.done else ""


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

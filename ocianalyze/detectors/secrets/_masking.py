"""Masking by value: texts that are known, and those that are known by identity and length alone."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Protocol
from urllib.parse import quote, unquote_to_bytes

from ocianalyze.detectors.secrets._identity import identity

HIDDEN = "****"
LEAST = 4
"""Characters; shorter values would take words apart."""
_GUESSED = 8
"""Bytes from which on a value is looked for where no rule saw it."""
_WORD = 20
_LONGEST = 8_192
_LINE = 65_536
"""Bytes of a text that are looked at for values without a known beginning."""
_TRIES = 4_000_000
"""Identities that may be computed for one image; what cannot be tried is hidden whole."""
_REMEMBERED = 1 << 17
"""Parts that are no value and are not tried again: paths have most of theirs in common."""
_BETWEEN = re.compile(rb"[^A-Za-z0-9]")
"""There is an edge on both sides of each."""
_TILDE = re.compile(rb"~[01]")
"""`~1` is a slash in a JSON pointer."""
_WORDS = re.compile(rb"[A-Za-z][a-z]*(?:[ ._-][a-z]+)*|[0-9.]+")
_PURL = "/:@?=&#"


class Masked(Protocol):
    """What is known of a secret: its identity, and the mask that tells its length."""

    @property
    def id(self) -> str:
        """Return its keyed hash."""
        ...

    @property
    def masked(self) -> str:
        """Return the fixed beginning, stars and the length."""
        ...


class Texts:
    """Values that are known, found in time that does not grow with their number."""

    __slots__ = ("_known",)

    def __init__(self, values: Mapping[str, str]) -> None:
        """Take values of at least `LEAST` characters, each with its mask."""
        self._known: dict[str, dict[int, dict[str, str]]] = {}
        for value in sorted(values, key=len, reverse=True):
            sizes = self._known.setdefault(value[:LEAST], {})
            sizes.setdefault(len(value), {})[value] = values[value]

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._known)

    def masked(self, text: str) -> str:
        """Return a text with the values in it masked, the longest at each place."""
        if not self._known:
            return text
        parts, at, done = [], 0, 0
        while at + LEAST <= len(text):
            found = self._at(text, at)
            if found is None:
                at += 1
                continue
            size, mask = found
            parts += [text[done:at], mask]
            at = done = at + size
        return "".join((*parts, text[done:])) if parts else text

    def _at(self, text: str, at: int) -> tuple[int, str] | None:
        for size, values in self._known.get(text[at : at + LEAST], {}).items():
            if (mask := values.get(text[at : at + size])) is not None:
                return size, mask
        return None


@dataclass(slots=True)
class Identities:
    """Values that are known by identity and length; none of them is kept."""

    masks: dict[str, str]
    """By identity."""
    beginnings: dict[bytes, set[int]]
    """Lengths by what the mask shows."""
    sizes: int
    """Lengths of those that show nothing, one bit each."""
    tries: int = _TRIES
    known: dict[str, str] = field(default_factory=dict)
    """Texts that were asked for."""
    tried: set[bytes] = field(default_factory=set)
    """Parts between edges that are no value."""
    named: dict[str, str] = field(default_factory=dict)
    """Names and targets that hold a value, with how they may be shown."""

    def __post_init__(self) -> None:
        """Know the names from the beginning."""
        self.known |= self.named

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.masks or self.known)

    def later(self) -> "Identities":
        """Return the same for texts that quote what was masked: that is not looked at again."""
        return replace(self, known={told: told for told in self.known.values()}, tried=set())

    def masked(self, text: str) -> str:
        """Return a text with the values in it masked, percent-coded ones too."""
        if text not in self.known:
            if len(text) < _GUESSED or not self.masks:
                return text
            self.known[text] = self._masked(text)
        return self.known[text]

    def _masked(self, text: str) -> str:
        shown = self._plain(text)
        if "%" not in shown:
            return shown
        plain = _text(unquote_to_bytes(_raw(shown)))
        hidden = self._plain(plain)
        return shown if hidden == plain else quote(_raw(hidden), safe=_PURL)

    def _plain(self, text: str) -> str:
        raw = _raw(text)
        values: dict[bytes, str] = {}
        for part in chain(self._begun(raw), self._between(raw)):
            if self.tries <= 0:
                return HIDDEN
            self.tries -= 1
            mask = self.masks.get(identity(part))
            if mask is not None:
                values[part] = mask
            elif len(self.tried) < _REMEMBERED:
                self.tried.add(part)
        for value in sorted(values, key=len, reverse=True):
            raw = raw.replace(value, values[value].encode())
        return _text(raw) if values else text

    def _begun(self, raw: bytes) -> Iterator[bytes]:
        """Yield what has a known beginning."""
        for beginning, sizes in self.beginnings.items():
            at = raw.find(beginning)
            while at >= 0:
                yield from (raw[at : at + size] for size in sizes if at + size <= len(raw))
                at = raw.find(beginning, at + 1)

    def _between(self, raw: bytes) -> Iterator[bytes]:
        """Yield what lies between two edges, has a known length and was not tried before."""
        if not self.sizes or len(raw) < _GUESSED:
            return
        tried = self.tried
        edges, bits = _edges(raw[:_LINE])
        for start in edges:
            fitting = (bits >> start) & self.sizes
            while fitting:
                low = fitting & -fitting
                fitting ^= low
                size = low.bit_length() - 1
                part = raw[start : start + size]
                if part not in tried and (size >= _WORD or _WORDS.fullmatch(part) is None):
                    yield part


def identities(secrets: Iterable[Masked]) -> Identities:
    """Return what to mask by identity; a value of a few letters is no more than a word."""
    found = Identities({}, {}, 0)
    for secret in secrets:
        beginning, _, _ = secret.masked.partition(HIDDEN)
        size = size_of(secret.masked)
        if not _GUESSED <= size <= _LONGEST:
            continue
        found.masks[secret.id] = secret.masked
        if beginning:
            found.beginnings.setdefault(beginning.encode(), set()).add(size)
        else:
            found.sizes |= 1 << size
    return found


def through(value: Any, masked: Callable[[str], str]) -> Any:
    """Return a value of JSON with every text and key masked; the model bounds its depth."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {through(name, masked): through(item, masked) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [through(item, masked) for item in value]
    return value


def size_of(mask: str) -> int:
    """Return the length that a mask tells: `ghp_**** (40)`."""
    digits = mask.rpartition("(")[2].rstrip(")")
    return int(digits) if digits.isdecimal() else 0


def _edges(line: bytes) -> tuple[list[int], int]:
    """Return the places where a value may begin or end, and a number whose bits they are."""
    found = {0, len(line)}
    for match in _BETWEEN.finditer(line):
        found.update(match.span())
    if b"~" in line:
        found.update(match.end() for match in _TILDE.finditer(line))
    room = bytearray(len(line) // 8 + 1)
    for edge in found:
        room[edge >> 3] |= 1 << (edge & 7)
    return sorted(found), int.from_bytes(room, "little")


def _raw(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # JSON may name halves of a character, which no byte stands for.
        return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")

"""Masking by value: texts that are known, and those that are known by identity and length alone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import chain
from typing import Protocol
from urllib.parse import quote

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets._readings import Reading, form, readings
from ocianalyze.model.secret import Proven

HIDDEN = "****"
LEAST = 4
"""Characters; shorter values would take words apart."""
GUESSED = 8
"""Bytes from which on a value is looked for where no rule saw it."""
_WORD = 20
_LONGEST = 8_192
SHORT = (1 << GUESSED) - 2
"""Bits of the lengths below."""
CUT = 12
"""Bytes behind what a mask shows that tell a value of which the end is cut off."""
SHAPED = 64
"""Bytes of a value whose shape is told."""
_LINE = 65_536
"""Bytes of a text that are looked at for values without a known beginning."""
_TRIES = 4_000_000
"""Identities that may be computed for one image; what cannot be tried is hidden whole."""
_OF_A_PATH = 64
"""Of these, those that each path has of its own: an image may have a million of them."""
_REMEMBERED = 1 << 17
"""Parts that are no value and are not tried again: paths have most of theirs in common."""
_BETWEEN = re.compile(rb"[^a-z0-9]")
"""There is an edge on both sides of each."""
_WORDS = re.compile(rb"[A-Za-z][a-z]*(?:[ ._-][a-z]+)*|[0-9.]+")
_NAME = re.compile(r"[A-Za-z]?[a-z]*(?:[._-][a-z]+)*")
"""A file name of which every part is a word."""
_REST = re.compile(rb"[^\s\"'`,;<>(){}\[\]@]*")
"""What may still belong to a value of which the beginning is known."""
_USER = re.compile(rb"://[^/\s:@\0]*:([^/\s\0]{1,40})@")
_ASSIGNED = re.compile(
    rb"(?:pass|passwd|password|passphrase|pwd|secret|token|key)[\"']?\s{0,4}[=:]\s{0,4}[\"']?"
    rb"([^\s\"'`,;&\0]{1,40})"
)
_STAND_IN = re.compile(rb"[$%<{(\[@]{0,3}[A-Za-z]+(?:[ ._-]+[A-Za-z]+)*[0-9!]{0,3}[>%})\]@]{0,3}")
"""Words, perhaps in the marks of a template."""
_STAND_IN_LENGTH = 64
_FIELDS = frozenset(
    {b"pass", b"passwd", b"password", b"passphrase", b"pwd", b"secret", b"token", b"key"}
)
"""Words of every text about passwords."""
SAID = (_USER, _ASSIGNED)
"""Where a text itself says that there is a password."""
_PURL = b"pkg:"


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

    @property
    def forms(self) -> str:
        """Return what tells it in other writings (`forms`); empty for what is no value."""
        ...


@dataclass(slots=True)
class Identities:
    """Values that are known by identity and length; none of them is kept."""

    masks: dict[str, str]
    """By identity of the form, and by that of its beginning for one whose end may be cut off."""
    beginnings: dict[bytes, set[int]]
    """Lengths by what the mask shows, all of forms; 0 for beginnings."""
    sizes: int
    """Lengths of those that show nothing, one bit each; the lowest for beginnings."""
    tries: int = _TRIES
    shapes: set[tuple[int, int]] = field(default_factory=set)
    """Of values that show nothing and are no single word: length, 0 for beginnings, and a number
    whose bits are the places of what is neither letter nor digit (`_glance.Shape`)."""
    known: dict[str, str] = field(default_factory=dict)
    """Texts that were asked for."""
    tried: set[bytes] = field(default_factory=set)
    """Parts between edges that are no value, as texts have them."""
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
        """Return a text with the values in it masked, in whatever coding they are written."""
        if text not in self.known:
            if len(text) < GUESSED or not self.masks:
                return text
            self.known[text] = self._masked(text)
        return self.known[text]

    def path(self, path: str) -> str:
        """Return a path with the values in it masked; many have a directory in common."""
        directory, slash, name = path.rpartition("/")
        before = self.tries
        if self.masks and not (len(name) < _WORD and _NAME.fullmatch(name)):
            name = self.masked(name) if len(self.known) < _REMEMBERED else self._masked(name)
        shown = f"{self.masked(directory)}{slash}{name}"
        self.tries += min(before - self.tries, _OF_A_PATH)
        return shown

    def part(self, text: str) -> str:
        """Return a part of a path masked, at what a path may cost."""
        before = self.tries
        shown = self.masked(text)
        self.tries += min(before - self.tries, _OF_A_PATH)
        return shown

    def _masked(self, text: str) -> str:
        raw = raw_of(text)
        values: dict[bytes, str] = {}
        short: dict[tuple[int, int], str] = {}
        for reading in readings(raw):
            for start, end, mask in self._found(raw, reading):
                begin, stop = reading.source(start, end)
                values[raw[begin:stop]] = mask
            for start, end, mask in self._short(reading):
                short[reading.source(start, end)] = mask
            if self.tries <= 0:
                return HIDDEN
        return _text(_without(raw, short, values)) if values or short else text

    def _found(self, raw: bytes, reading: Reading) -> Iterator[tuple[int, int, str]]:
        """Yield the beginning and end of values with their masks."""
        data = reading.data
        for start, size in chain(self._begun(data), self._between(raw, reading)):
            if self.tries <= 0:
                return
            self.tries -= 1
            mask = self.masks.get(identity(data[start : start + size]))
            if mask is None:
                continue
            self.tried.discard(reading.written(raw, start, start + size))
            if mask.endswith(HIDDEN):  # the beginning of one that may be cut off
                yield start, _end(data, start + size), mask
            else:
                yield start, start + size, mask

    def _begun(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield place and size of what has a known beginning."""
        for beginning, sizes in self.beginnings.items():
            cut = len(beginning) + CUT
            at = data.find(beginning)
            while at >= 0:
                room = len(data) - at
                yield from ((at, size or cut) for size in sizes if (size or cut) <= room)
                at = data.find(beginning, at + 1)

    def _between(self, raw: bytes, reading: Reading) -> Iterator[tuple[int, int]]:
        """Yield what lies between two edges, has a known length and was not tried before."""
        data, wanted, tried = reading.data, self.sizes & ~SHORT, self.tried
        if not wanted or len(data) < GUESSED:
            return
        as_it_is = reading.places is None and reading.whole is None
        edges, bits = _edges(data[:_LINE])
        for start in edges:
            fitting = (bits >> start) & wanted
            while fitting:
                low = fitting & -fitting
                fitting ^= low
                size = low.bit_length() - 1 or CUT
                if start + size > len(data):
                    continue
                end = start + size
                part = raw[start:end] if as_it_is else reading.written(raw, start, end)
                if part in tried:
                    continue
                if len(tried) < _REMEMBERED:
                    tried.add(part)
                if size >= _WORD or _WORDS.fullmatch(part) is None:
                    yield start, size

    def _short(self, reading: Reading) -> Iterator[tuple[int, int, str]]:
        """Yield values of a few letters where the text itself says that there is a password."""
        if not self.sizes & SHORT:
            return
        for pattern in SAID:
            for found in pattern.finditer(reading.data[:_LINE]):
                if mask := self.masks.get(identity(form(found[1]))):
                    yield *found.span(1), mask


def is_stand_in(value: bytes, proven: Proven) -> bool:
    """Tell words that stand for a secret, or for what it is: hidden, they take sentences apart."""
    if value.lower() in _FIELDS:
        return True
    said = proven == "disproved" and len(value) <= _STAND_IN_LENGTH
    return said and _STAND_IN.fullmatch(value) is not None


def forms(value: bytes, mask: str) -> str:
    """Return what tells a value in any writing: identity and length of its form, of its beginning.

    Nothing is told of one that is longer than what is looked for.
    The beginning is told of long values alone, and by enough of its characters that nobody guesses
    them one part at a time.
    """
    if len(value) > _LONGEST:
        return ""
    written = form(value)
    cut = len(form(_shown(mask))) + CUT
    begun = identity(written[:cut]) if len(written) >= cut + GUESSED else ""
    return f"{identity(written)}:{len(written)}:{begun}:{_shape(written):x}"


def _shape(written: bytes) -> int:
    """Return a number whose bits are the places of what is neither letter nor digit."""
    return sum(1 << found.start() for found in _BETWEEN.finditer(written[:SHAPED]))


def identities(secrets: Iterable[Masked]) -> Identities:
    """Return what to mask by identity; a value of a few letters is no more than a word."""
    found = Identities({}, {}, 0)
    for secret in secrets:
        if secret.forms:
            _add(found, secret)
    return found


def _add(found: Identities, secret: Masked) -> None:
    known, length, begun, bits = secret.forms.split(":")
    size, shape = int(length), int(bits, 16)
    if not 0 < size <= _LONGEST:
        return
    found.masks[known] = secret.masked
    shown = _shown(secret.masked)
    if begun:
        found.masks[begun] = shown.decode() + HIDDEN
    sizes = {size, 0} if begun else {size}
    if shown and size >= GUESSED:
        found.beginnings.setdefault(form(shown), set()).update(sizes)
    else:
        found.sizes |= sum(1 << each for each in sizes)
        begins = shape & ((1 << CUT) - 1)
        found.shapes |= {(size, shape)} if shape and size >= GUESSED else set()
        found.shapes |= {(0, begins)} if begun and begins else set()


def size_of(mask: str) -> int:
    """Return the length that a mask tells: `ghp_**** (40)`."""
    digits = mask.rpartition("(")[2].rstrip(")")
    return int(digits) if digits.isdecimal() else 0


def _shown(mask: str) -> bytes:
    """Return the beginning of a value that its mask shows."""
    return mask.partition(HIDDEN)[0].encode()


def _end(data: bytes, at: int) -> int:
    """Return where a value ends of which the beginning ends at a place."""
    rest = _REST.match(data, at, at + _LONGEST)
    return rest.end() if rest else at


def _without(
    raw: bytes, short: Mapping[tuple[int, int], str], values: Mapping[bytes, str]
) -> bytes:
    """Return a text with short values masked at their places, others wherever they are."""
    is_purl = raw.startswith(_PURL)

    def mask(value: bytes, text: str) -> bytes:
        return (quote(text, safe="") if is_purl or b"%" in value else text).encode()

    done = len(raw)
    for (start, end), text in sorted(short.items(), reverse=True):
        if end <= done:
            raw = raw[:start] + mask(raw[start:end], text) + raw[end:]
            done = start
    for value in sorted(values, key=len, reverse=True):
        raw = raw.replace(value, mask(value, values[value]))
    return raw


def _edges(line: bytes) -> tuple[list[int], int]:
    """Return the places where a value may begin or end, and a number whose bits they are."""
    found = {0, len(line)}
    for match in _BETWEEN.finditer(line):
        found.update(match.span())
    room = bytearray(len(line) // 8 + 1)
    for edge in found:
        room[edge >> 3] |= 1 << (edge & 7)
    return sorted(found), int.from_bytes(room, "little")


def raw_of(text: str) -> bytes:
    """Return the bytes of a text, also of one that no file name could be."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # JSON may name halves of a character, which no byte stands for.
        return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")

"""A look at many texts at once, which tells those that may hold a value that is known.

An image has a hundred thousand names and few of them could be a value. Each would be read in every
writing and cut at every edge to learn so; here all of them are one run of bytes, in which searches
at the speed of the C library find the words, shapes and codings that a value has.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets._readings import CODED, ESCAPE, compared
from ocianalyze.detectors.secrets.masking import (
    CUT,
    GUESSED,
    SAID,
    SHAPED,
    SHORT,
    Identities,
    raw_of,
)

_LONG = 4_096
"""Characters of a text that is not looked at with others."""
_WORK = 1 << 29
"""Bytes that all searches for shapes in one run may go through."""
_TRIES = 1 << 16
"""Identities that may be computed for the shapes in one run; of more, each text is read alone."""
_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789"
_CLASSES = bytes(ord("a") if code in _PLAIN else ord("-") if code else 0 for code in range(256))
"""Letters and digits, what is between them, and the end of a text."""
_WORDS = re.compile(rb"[a-z0-9]{%d,}" % GUESSED)


class Shape(NamedTuple):
    """Where a value that is no single word has what is neither letter nor digit."""

    size: int
    """Bytes; 0 for the beginning of one that may be cut off."""
    bits: int
    """Of its first 64 bytes, the lowest for the first."""

    @property
    def length(self) -> int:
        """Return how many bytes it tells."""
        return self.size or CUT

    def places(self, run: bytes) -> Iterator[int]:
        """Yield where such a value may begin in classes, all behind their first byte."""
        told = min(self.length, SHAPED)
        text = bytes(b"a-"[self.bits >> at & 1] for at in range(told))
        before = b"" if self.bits & 1 else b"-"
        after = b"-" if self.size == told and text.endswith(b"a") else b""
        searched = before + text + after
        skipped = 1 - len(before)
        yield from (at - skipped for at in _finds(run, searched) if at >= skipped)


def suspects(texts: Iterable[str], known: Identities) -> list[str]:
    """Return those of some texts that may hold a value; the others hold none."""
    told = list(texts)
    odd = {at for at, text in enumerate(told) if len(text) > _LONG or "\0" in text}
    run = _run(["" if at in odd else text for at, text in enumerate(told)])
    found = odd.union(_in_run(run, known)) if known.masks else ()
    return [told[at] for at in sorted(found)]


def _run(texts: Sequence[str]) -> bytes:
    """Return texts as bytes, one behind another."""
    try:
        return "\0".join(texts).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return b"\0".join(map(raw_of, texts))


def _in_run(run: bytes, known: Identities) -> Iterator[int]:
    """Yield the numbers of texts that may hold a value."""
    ends = _ends(run.split(b"\0"))
    for pattern in (ESCAPE, *CODED):
        yield from (bisect_right(ends, one.start()) for one in pattern.finditer(run))
    folded = compared(run)
    lines = folded.split(b"\0")
    ends = _ends(lines)
    for pattern in SAID if known.sizes & SHORT else ():
        yield from (bisect_right(ends, one.start()) for one in pattern.finditer(folded))
    for part in chain(_words(folded, known), known.beginnings):
        yield from (bisect_right(ends, at) for at in _finds(folded, part))
    yield from _shaped(folded, lines, known)


def _finds(run: bytes, part: bytes) -> Iterator[int]:
    """Yield where a part is."""
    at = run.find(part)
    while at >= 0:
        yield at
        at = run.find(part, at + 1)


def _ends(parts: Iterable[bytes]) -> list[int]:
    """Return where the next of parts begins that have one byte between them."""
    return list(accumulate(len(part) + 1 for part in parts))


def _words(folded: bytes, known: Identities) -> Iterator[bytes]:
    """Yield the words that are a value, or the beginning of one that is cut off."""
    sizes, masks = known.sizes, known.masks
    for word in set(_WORDS.findall(folded)):
        is_value = sizes >> len(word) & 1 and identity(word) in masks
        if is_value or (sizes & 1 and len(word) >= CUT and identity(word[:CUT]) in masks):
            yield word


def _shaped(folded: bytes, lines: Sequence[bytes], known: Identities) -> Iterator[int]:
    """Yield the numbers of texts with a value in them that is more than one word."""
    alike: dict[bytes, list[int]] = {}
    for at, classes in enumerate(folded.translate(_CLASSES).split(b"\0")):
        alike.setdefault(classes, []).append(at)
    run, begins = b"-" + b"-".join(alike) + b"-", [0, *_ends(alike)]
    numbers = [*alike.values(), []]
    room = _TRIES if len(known.shapes) * len(folded) <= _WORK else 0
    for shape in map(Shape._make, known.shapes):
        for at in shape.places(run):
            kind = bisect_right(begins, at) - 1
            room -= len(numbers[kind])
            if room < 0:
                yield from range(len(lines))
                return
            start = at - begins[kind]
            part = slice(start, start + shape.length)
            yield from (n for n in numbers[kind] if identity(lines[n][part]) in known.masks)

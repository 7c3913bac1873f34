"""How one text can be read: as it is, decoded, and both without case and kind of separator.

A value that is known by its identity alone is found in another writing only if value and text are
brought into one form. That form undoes what outputs and package databases do to a value: escapes
of URLs, JSON and HTML, base64, hex, and the spelling that names of packages are compared in.
"""

import binascii
import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ocianalyze.detectors.secrets.runs import of_digits

_ROUNDS = 4
"""Escapes of escapes that are undone: a URL in a qualifier of a purl in a purl has three."""
_BYTES = 65_536
"""Of a text that are decoded."""
_RUNS = 64
"""Pieces of base64, and of hex, of one text that are decoded."""
ESCAPE = re.compile(
    rb"%(?P<url>[0-9A-Fa-f]{2})|\\x(?P<byte>[0-9a-fA-F]{2})|\\u(?P<json>[0-9a-fA-F]{4})"
    rb"|\\(?P<char>[\"'/\\nrt])|~(?P<pointer>[01])"
    rb"|(?P<html>&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)"
)
_ESCAPING = re.compile(rb"[%\\~&]")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_HEX = rb"[0-7](?<![^\W_].)(?:[0-9a-f](?:[2-7][0-9a-f]|0[9ad]){7,}(?![0-9A-Za-z]))"
_REST_OF_THREE = rb"[ACDEFGHQSTUVWXgijklmnwyz0123][ABEFIJMNQRUVYZcdghklopstwx014589][\w+-]"
"""Three readable characters in base64, but for the first figure; few words look like it."""
_FIGURE = rb"[I-Za-fCD]"
_BASE64 = rb"%b(?<![\w+-].)%b%b%b[\w+-]{3,}(?:/[\w+/-]+)?" % (
    _FIGURE,
    _REST_OF_THREE,
    _FIGURE,
    _REST_OF_THREE,
)
_IN_HEX, _IN_BASE64 = re.compile(_HEX), re.compile(_BASE64)
CODED = (_IN_HEX, _IN_BASE64)
"""What may stand for readable text in base64 or hex."""
_READABLE = re.compile(rb"[\t\n\r\x20-\x7e]+")
_UPPER = bytes(range(65, 91))
_FOLD = bytes.maketrans(_UPPER + b"_.", _UPPER.lower() + b"--")
_SEPARATORS = re.compile(rb"--+")


class Reading(NamedTuple):
    """One way to read a text."""

    data: bytes
    """In the form that values are compared in."""
    places: Sequence[int] | None = None
    """Where each byte came from, and the end; None where nothing moved."""
    whole: tuple[int, int] | None = None
    """What alone stands for all of it, since no byte came from one place."""

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of it came from."""
        if self.whole is not None:
            return self.whole
        return (start, end) if self.places is None else (self.places[start], self.places[end])

    def written(self, text: bytes, start: int, end: int) -> bytes:
        """Return a part as the text has it; as it is read where no part of the text is that."""
        if self.whole is not None:
            return self.data[start:end]
        begin, stop = self.source(start, end)
        return text[begin:stop]


def form(value: bytes) -> bytes:
    """Return a value as it is compared."""
    return _folded(_unescaped(value)).data


def compared(text: bytes) -> bytes:
    """Return many texts as they are, in the form that values are compared in."""
    folded = text.translate(_FOLD)
    while b"--" in folded:
        folded = folded.replace(b"--", b"-")
    return folded


def readings(text: bytes) -> Iterator[Reading]:
    """Yield a text as it is, without its escapes, and what it holds in base64 and hex."""
    yield _folded(Reading(text))
    text = text[:_BYTES]
    plain = _unescaped(text)
    if plain.places is not None:
        yield _folded(plain)
    for start, end, data in _decoded(text):
        yield Reading(form(data), whole=(start, end))


def _unescaped(data: bytes) -> Reading:
    """Undo escapes until nothing changes; a text may be escaped as part of another."""
    places: Sequence[int] | None = None
    for _ in range(_ROUNDS):
        found = list(ESCAPE.finditer(data)) if _ESCAPING.search(data) else []
        if not found:
            break
        before = range(len(data) + 1) if places is None else places
        pieces: list[bytes] = []
        moved: list[int] = []
        at = 0
        for escape in found:
            char = _character(escape)
            pieces += [data[at : escape.start()], char]
            moved += [*before[at : escape.start()], *([before[escape.start()]] * len(char))]
            at = escape.end()
        data, places = b"".join((*pieces, data[at:])), [*moved, *before[at:]]
    return Reading(data, places)


def _character(escape: re.Match[bytes]) -> bytes:
    """Return what an escape stands for."""
    kind, said = escape.lastgroup, escape[escape.lastgroup or 0]
    if kind in ("url", "byte"):
        return bytes([int(said, 16)])
    if kind == "json":
        return chr(int(said, 16)).encode("utf-8", "surrogatepass")
    if kind == "html":
        return html.unescape(said.decode()).encode("utf-8", "surrogatepass")
    if kind == "pointer":
        return b"~" if said == b"0" else b"/"
    return _CONTROLS.get(said, said)


def _folded(reading: Reading) -> Reading:
    """Return it in lower case with one `-` for each run of separators (PEP 503)."""
    data, places = reading.data.translate(_FOLD), reading.places
    runs = list(_SEPARATORS.finditer(data)) if b"--" in data else []
    if not runs:
        return Reading(data, places)
    before = range(len(data) + 1) if places is None else places
    pieces: list[bytes] = []
    moved: list[int] = []
    at = 0
    for run in runs:
        pieces.append(data[at : run.start() + 1])
        moved += before[at : run.start() + 1]
        at = run.end()
    return Reading(b"".join((*pieces, data[at:])), [*moved, *before[at:]])


def _decoded(text: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield what stands in base64 or hex for readable text: its beginning, end and value."""
    for found in islice(_IN_HEX.finditer(text), _RUNS):
        data = binascii.unhexlify(found[0])
        if _READABLE.fullmatch(data):
            yield *found.span(), data
    for found in islice(_IN_BASE64.finditer(text), _RUNS):
        # A slash is one of its figures, or what stands before the next name of a path.
        for run in dict.fromkeys((found[0], found[0].partition(b"/")[0])):
            if readable := _READABLE.match(of_digits(run)):
                size = -(-readable.end() * 4 // 3)
                yield found.start(), found.start() + size, readable[0]

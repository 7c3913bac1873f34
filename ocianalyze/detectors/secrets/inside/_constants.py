"""Texts in compiled Python and Java, where a number or a letter stands right beside each.

A text's length stands in front of it, in Python the letter of what follows behind it. Either may be
part of a word, and then a rule sees no border there. Where a secret's beginning is found in such a
file, the text that holds it is cut out by its length and looked at alone. Nothing is unmarshalled:
a length that is none cuts out bytes of the file, no more.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.engine import Engine, Kind, plain
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.literals import beginnings

Compiled = Literal["", "python", "java"]
_JAVA = b"\xca\xfe\xba\xbe"
_PYTHON = (b".pyc", b".pyo")
_BEHIND_MAGIC = b"\r\n"
"""The last two bytes of the magic number of every version of Python's."""
_SHORT = re.compile(rb"[zZ\xfa\xda](?=(.))", re.DOTALL)
"""Text of at most 255 ASCII characters: a letter, bit 7 of which counts for nothing, and a byte
(TYPE_SHORT_ASCII and its interned form, Python/marshal.c)."""
_LONG = re.compile(rb"[aAstu\xe1\xc1\xf3\xf4\xf5](?=(..[\x00-\x0f]\x00))", re.DOTALL)
"""Bytes and any other text: a letter, and four bytes, the lowest first."""
_FARTHEST = 4 << 10
"""From the beginning of a text to that of a secret in it."""
_RUN = re.compile(rb"(?=[a-z_\-./+=~$:]*[A-Z0-9])[\w\-./+=~$:]{12,}")
"""With what a secret that has a beginning goes on; a name of small letters is none."""
_WORD = re.compile(rb"\w")
_BEGINNING = re.compile(r"(?:\\b)?\(\?P<secret>(?:[\w-]|\\[.-]){3}")
_LEAST = 3
"""Bytes of a beginning that is looked for."""
_LENGTH = 5
"""Bytes of the longest letter and length."""
_TRIED = 16
"""Texts that are tried for one beginning."""


def compiled(head: Data, name: bytes) -> Compiled:
    """Return what a content is compiled from; empty for others."""
    if head[:4] == _JAVA:
        return "java"
    return "python" if name.endswith(_PYTHON) and head[2:4] == _BEHIND_MAGIC else ""


@dataclass(slots=True)
class Beginnings:
    """Finds where secrets begin, whatever stands in front of them."""

    of: Engine
    """With the rules; of what it looks for in UTF-16, the beginnings are known."""
    _made: Engine | None = None
    _lengths: tuple[int, ...] = ()

    def starts(self, data: Data) -> tuple[list[int], bool]:
        """Return where secrets may begin, in order, and whether there were too many to tell."""
        if self._made is None:
            self._made = _engine(self.of)
            self._lengths = tuple(len(one.text) // 4 for one in self._made.expressions)
        ends, too_many = self._made.scan(data)
        lengths = self._lengths
        return sorted({end - lengths[index] for index, end in ends}), too_many


def _engine(of: Engine) -> Engine:
    """Return an engine that looks for beginnings alone."""
    begin = [x for x in of.expressions if x.coding == "utf-16" and x.rules]
    texts = {x.text.replace(r"\x00", ""): None for x in begin}
    known = {rule for x in begin for rule in x.rules}
    rest = [rule for index, rule in enumerate(of.rules) if index not in known]
    short = [rule.pattern for rule in rest if _BEGINNING.match(rule.pattern)]
    for text in (text for pattern in short for text in beginnings(pattern)):
        if len(text) >= _LEAST:
            texts["".join(f"\\x{byte:02x}" for byte in text)] = None
    kinds: dict[str, Kind] = {"hyperscan": "hyperscan", "re2": "re2", "re": "re"}
    return plain(texts, kinds.get(of.name, "auto"))


def hidden(data: bytes, starts: Sequence[int], kind: Compiled) -> Iterator[tuple[int, int]]:
    """Yield the texts, as start and end, around beginnings that a neighbour may hide."""
    told: set[tuple[int, int]] = set()
    around = _in_java if kind == "java" else _in_python
    for start in starts:
        if run := _RUN.match(data, start):
            found = set(around(data, start, run.end())) - told
            yield from sorted(found)
            told |= found


def _in_java(data: bytes, at: int, _stop: int) -> Iterator[tuple[int, int]]:
    """Yield the text that begins here: what stands behind one is never part of a word."""
    size = int.from_bytes(data[at - 2 : at], "big")
    if at > 2 and data[at - 3] == 1 and at + size <= len(data) and _WORD.match(data, at - 1):
        yield at, at + size


def _in_python(data: bytes, at: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the text whose length stands here, or those that end before `stop` beside a word.

    Args:
        data: that holds the texts.
        at: where a secret may begin.
        stop: where what may be the secret, and what stands behind the text, ends.

    """
    if at > 1 and _WORD.match(data, at - 1):
        end = at + data[at - 1]
        if _SHORT.match(data, at - 2) and end <= len(data):
            yield at, end
        return
    around = [*_holding(_SHORT, data, at, 255)]
    if stop >= len(data) or not 0x20 <= data[stop] < 0x7F:
        around += _holding(_LONG, data, at, _FARTHEST)
    for start, end in around:
        if end < stop and _WORD.match(data, end):
            yield start, end


def _holding(
    form: "re.Pattern[bytes]", data: bytes, at: int, farthest: int
) -> Iterator[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in form.finditer(data, max(0, at - farthest - _LENGTH), at):
        start = match.end(1)
        end = start + int.from_bytes(match[1], "little")
        if start <= at < end <= len(data):
            found.append((start, end))
    yield from found[-_TRIED:]

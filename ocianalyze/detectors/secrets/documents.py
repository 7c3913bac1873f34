"""Secrets in an image's documents: config, history, labels, annotations, attestations.

Every text of a document is looked at, those that no specification names too (`container_config`),
each with the JSON pointer that leads to it. A text that is the value of a key is shown with it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain
from typing import NamedTuple

from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.document import Document
from ocianalyze.detectors.secrets.encoded import base64_secrets, search
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.inside.inner import Notes
from ocianalyze.model.document import parsed
from ocianalyze.model.fields import pairs

__all__ = ["Document", "Text", "Written", "read"]

_BETWEEN = b"\n\0\n"
_TEXTS = 250_000
"""Of one document; as many values as a document may have."""


class Text(NamedTuple):
    """One text of a document."""

    pointer: str
    data: bytes
    skipped: int
    """Bytes in front that are the key, not the text."""


class Written(NamedTuple):
    """A secret in a document."""

    proved: Proved
    pointer: str
    """JSON pointer; empty in a damaged document."""
    offset: int
    """In the text that the pointer names."""
    secret: bytes
    written: bytes
    """As it stands in the text, or the coded form that it is in."""


def read(engine: Engine, document: Document, notes: Notes) -> Iterator[Written]:
    """Yield the secrets of one document; one that a word of a command holds is told of the word.

    Args:
        engine: made of the rules.
        document: as stored.
        notes: take what is not looked at.

    """
    found = list(_found(engine, document, notes))
    words = {(_list_of(one.pointer), one.secret) for one in found}
    yield from (one for one in found if (one.pointer, one.secret) not in words)


def _list_of(pointer: str) -> str | None:
    """Return the pointer of the list that a word is in; None for what is no word of a list."""
    before, slash, number = pointer.rpartition("/")
    return before if slash and number.isdigit() else None


def _found(engine: Engine, document: Document, notes: Notes) -> Iterator[Written]:
    texts = _texts(document.data)
    starts = list(accumulate((len(x.data) + len(_BETWEEN) for x in texts), initial=0))
    joined = _BETWEEN.join(text.data for text in texts)
    plain = search(engine, b"", joined, notes)
    for proved in chain(plain, base64_secrets(engine, b"", joined, notes)):
        number = bisect_right(starts, proved.start) - 1
        text, start = texts[number], starts[number]
        room = start + len(text.data) - proved.start
        secret = proved.secret if proved.coding else proved.secret[:room]
        offset = max(0, proved.start - start - text.skipped)
        written = joined[proved.start : proved.end][:room]
        yield Written(proved, text.pointer, offset, secret, written)


def _texts(data: bytes) -> list[Text]:
    try:
        value = parsed(data)
    except (ValueError, RecursionError):
        return [Text("", data, 0)]
    found: list[Text] = []
    _gather(value, "", "", found)
    return found


def _gather(value: object, pointer: str, key: str, found: list[Text]) -> None:
    """Add the texts of a value; orjson bounds the depth."""
    if len(found) >= _TEXTS:
        return
    if isinstance(value, str):
        before = f"{key}=".encode(errors="replace") if key else b""
        found.append(Text(pointer, before + value.encode(errors="replace"), len(before)))
    elif isinstance(value, dict):
        for name, item in pairs(value):
            if not isinstance(item, str):
                found.append(Text(f"{pointer}/{_escaped(name)}", name.encode(errors="replace"), 0))
            _gather(item, f"{pointer}/{_escaped(name)}", name, found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _gather(item, f"{pointer}/{index}", "", found)
        words = [item for item in value if isinstance(item, str)]
        if 1 < len(words) == len(value) and key in _COMMANDS:
            found.append(Text(pointer, " ".join(words).encode(errors="replace"), 0))


_COMMANDS = frozenset({"Cmd", "Entrypoint", "Test", "Shell", "OnBuild"})
"""Lists whose words belong together: an option and its value."""


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

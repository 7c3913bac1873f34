"""A tap that gathers one bounded file and parses it at its end, and what its values share.

A kept value is a JSON object or list; `{"problem": ...}` stands for a file that could not be read,
so that a damaged or refused file is told, never passed over.
"""

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Kept
from ocianalyze.limits import KIB, MIB

NAME_CHARS = 512
"""Of a name or version; registries allow 64 to 256."""
DOCUMENT_BYTES = 8 * MIB
"""One JSON or lock file; the largest real lock files have about 5 MiB."""
ROWS = 50_000
"""Packages read of one file; the largest real lock files name about 6,000."""
_TEXT_CHARS = 256
"""Of a licence or an author; the rest is cut."""
_COMMAS = 300_000
_TEXTS = 16
_BOM = b"\xef\xbb\xbf"

Parse = Callable[[bytearray], object]
"""Makes a value of a content, None for nothing worth keeping; raises ValueError for damage."""


@dataclass(slots=True)
class Gathered:
    """Collects the first bytes of a content and parses them."""

    parse: Parse
    room: int = DOCUMENT_BYTES
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        self.data += piece[: self.room]
        self.room -= min(self.room, len(piece))
        return self.room > 0

    def close(self) -> bytes | None:
        """Return what was parsed, or the problem."""
        try:
            value = self.parse(self.data)
        except ValueError as error:
            value = {"problem": f"{error!s:.200}" or "damaged"}
        return None if value is None else orjson.dumps(value)


@dataclass(frozen=True, slots=True)
class Refused:
    """Reads nothing and says why."""

    problem: str

    def feed(self, _piece: bytes | memoryview) -> bool:
        """Want no more."""
        return False

    def close(self) -> bytes | None:
        """Return the problem."""
        return orjson.dumps({"problem": self.problem})


def gather(size: int, parse: Parse, limit: int = DOCUMENT_BYTES) -> Gathered | Refused:
    """Return a tap for a file of `size` bytes, one that refuses when it is over the limit."""
    if size > limit:
        return Refused(f"{size} bytes, more than the {limit // KIB} KiB that are read")
    return Gathered(parse, limit)


def unpack(kept: Kept) -> Any:
    """Return a kept value.

    Raises:
        ValueError: it stands for a file that could not be read.

    """
    value = orjson.loads(kept.value)
    if problem := _problem(value):
        raise ValueError(problem)
    return value


def _problem(value: object) -> str:
    problem = value.get("problem") if isinstance(value, dict) else ""
    return problem if isinstance(problem, str) else ""


def readable(kept: Kept) -> Any:
    """Return a kept value, None for a file that could not be read."""
    try:
        return unpack(kept)
    except ValueError:
        return None


def document(data: bytes | bytearray) -> Any:
    """Parse a bounded JSON document, with or without a byte order mark.

    Raises:
        ValueError: it is no JSON or has too many values.

    """
    if data.count(b",") > _COMMAS:
        raise ValueError(f"document of more than {_COMMAS} values")
    body = data[3:] if data[:3] == _BOM else data
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return orjson.loads(body.decode("utf-8", "replace"))


def mapping(value: object) -> dict[str, Any]:
    """Return an object of a JSON document; an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    """Return a list of a JSON document; an empty one for everything else."""
    return value if isinstance(value, list) else []


def name(value: object) -> str:
    """Return a name or version; empty for what cannot be one."""
    text = value.strip() if isinstance(value, str) else ""
    return text if len(text) <= NAME_CHARS else ""


def text(value: object) -> str:
    """Return the first line of a text, cut; empty for what is none."""
    lines = value.strip().splitlines() if isinstance(value, str) else []
    return lines[0][:_TEXT_CHARS] if lines else ""


def texts(values: Iterable[object]) -> list[str]:
    """Return the first texts of some values, each once."""
    return list(dict.fromkeys(found for value in values if (found := text(value))))[:_TEXTS]


def inside(directory: str, relative: str) -> str:
    """Return a path that is relative to a directory; `..` never leads out of the root."""
    path = f"/{directory}/{relative}"
    if relative and "/." not in path and "//" not in path and not path.endswith("/"):
        return path[1:]
    return posixpath.normpath(posixpath.join("/", directory, relative)).lstrip("/")


def told(**facts: object) -> dict[str, Any]:
    """Return the facts that are not empty, the value to keep."""
    return {key: value for key, value in facts.items() if value}

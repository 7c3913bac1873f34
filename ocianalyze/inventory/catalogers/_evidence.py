"""One small file, parsed at its end while the layer is walked, kept as JSON.

A kept value is an object of plain facts; `{"problem": ...}` stands for a file that could not be
read, so that it is told and never passed over.
"""

from collections.abc import Callable
from dataclasses import field
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Kept
from ocianalyze.layers.observer import Seen, Tap
from ocianalyze.limits import DEFAULT, KIB

NAME_CHARS = 512
"""Of a name, version or setting; the rest is cut."""
PATHS = 100_000
"""Files that one package is believed to own; the largest real ones have about 30,000."""
_PATH_CHARS = 4096
ROWS = 20_000
"""Packages read of one lock file."""

Parse = Callable[[bytes], dict[str, Any] | None]
"""Makes a value of a content, None for nothing worth keeping; raises ValueError for damage."""


@dataclass(slots=True)
class Gathered:
    """Collects one content and hands it to a parser."""

    parse: Parse
    room: int
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        self.data += piece[: self.room - len(self.data)]
        return len(self.data) < self.room

    def close(self) -> bytes | None:
        """Return what the parser made of it, or the problem."""
        try:
            value = self.parse(bytes(self.data))
        except ValueError as error:
            value = {"problem": f"{error!s:.200}"}
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


def gather(seen: Seen, parse: Parse, limit: int) -> Tap:
    """Return a tap that parses a whole file, or refuses one that is over the limit."""
    if seen.size > limit:
        return Refused(f"{seen.size} bytes, more than the {limit // KIB} KiB that are read")
    return Gathered(parse, limit)


def unpack(kept: Kept) -> dict[str, Any]:
    """Return a kept value.

    Raises:
        ValueError: it is damaged, or stands for a file that could not be read.

    """
    value = mapping(orjson.loads(kept.value))
    if problem := value.get("problem"):
        raise ValueError(str(problem))
    return value


def readable(kept: Kept) -> dict[str, Any]:
    """Return a kept value, an empty one for a file that could not be read."""
    try:
        return unpack(kept)
    except ValueError:
        return {}


def document(data: bytes, values: int = DEFAULT.document_values) -> dict[str, Any]:
    """Parse a bounded JSON object.

    Raises:
        ValueError: it is no JSON object or has too many values.

    """
    if data.count(b",") > values:
        raise ValueError(f"document of more than {values} values")
    value = orjson.loads(data)
    if not isinstance(value, dict):
        raise ValueError("document is no JSON object")  # noqa: TRY004 - the content, not the call
    return value


def mapping(value: object) -> dict[str, Any]:
    """Return an object of a JSON document; an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    """Return a list of a JSON document; an empty one for everything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a text of a JSON document in one bounded line; empty for everything else."""
    return value[:NAME_CHARS].strip().split("\n", 1)[0] if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """Return the texts of a list, at most `PATHS`."""
    return [x for x in listing(value)[:PATHS] if isinstance(x, str) and len(x) <= _PATH_CHARS]


def told(**facts: object) -> dict[str, Any]:
    """Return the facts that are not empty."""
    return {key: value for key, value in facts.items() if value}


def properties(**facts: str) -> tuple[tuple[str, str], ...]:
    """Return those facts that are not empty, in the form of `Found.properties`."""
    return tuple(sorted((key, value) for key, value in facts.items() if value))


def below(directory: str, path: str) -> str:
    """Return a path relative to a directory of the image; empty when it leads out of it."""
    parts = [x for x in path.split("/") if x not in ("", ".")]
    if ".." in parts or not parts:
        return ""
    return "/".join([*filter(None, [directory]), *parts])

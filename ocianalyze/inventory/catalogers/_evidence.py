"""One small file, parsed at its end while the layer is walked, kept as JSON.

A kept value is an object of plain facts; `{"problem": ...}` stands for a file that could not be
read, so that it is told and never passed over.
"""

from collections.abc import Callable
from typing import Any

import orjson

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers import _gathered
from ocianalyze.inventory.catalogers._gathered import listing, mapping
from ocianalyze.layers.observer import Seen, Tap
from ocianalyze.limits import DEFAULT

NAME_CHARS = 512
"""Of a name, version or setting; the rest is cut."""
PATHS = 100_000
"""Files that one package is believed to own; the largest real ones have about 30,000."""
_PATH_CHARS = 4096
ROWS = 20_000
"""Packages read of one lock file."""

Parse = Callable[[bytes], dict[str, Any] | None]
"""Makes a value of a content, None for nothing worth keeping; raises ValueError for damage."""


def gather(seen: Seen, parse: Parse, limit: int) -> Tap:
    """Return a tap that parses a whole file, or refuses one that is over the limit."""
    return _gathered.gather(seen.size, lambda data: parse(bytes(data)), limit)


def unpack(kept: Kept) -> dict[str, Any]:
    """Return a kept value.

    Raises:
        ValueError: it is damaged, or stands for a file that could not be read.

    """
    return mapping(_gathered.unpack(kept))


def readable(kept: Kept) -> dict[str, Any]:
    """Return a kept value, an empty one for a file that could not be read."""
    return mapping(_gathered.readable(kept))


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


def text(value: object) -> str:
    """Return a text of a JSON document in one bounded line; empty for everything else."""
    return value[:NAME_CHARS].strip().split("\n", 1)[0] if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """Return the texts of a list, at most `PATHS`."""
    return [x for x in listing(value)[:PATHS] if isinstance(x, str) and len(x) <= _PATH_CHARS]


def properties(**facts: str) -> tuple[tuple[str, str], ...]:
    """Return those facts that are not empty, in the form of `Found.properties`."""
    return tuple(sorted((key, value) for key, value in facts.items() if value))


def below(directory: str, path: str) -> str:
    """Return a path relative to a directory of the image; empty when it leads out of it."""
    parts = [x for x in path.split("/") if x not in ("", ".")]
    if ".." in parts or not parts:
        return ""
    return "/".join([*filter(None, [directory]), *parts])

"""The form that every command's JSON has: one object with lists, or one record a line.

A list is named after what it holds (`files`), a line says what it is (`"record": "file"`).
What is about one image names it under `image`, by index and digest (`model.record.ImageRef`).
Both are written a record at a time.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from ocianalyze.model.report import SCHEMA_VERSION
from ocianalyze.model.subject import Tool
from ocianalyze.report.escape import json_text
from ocianalyze.version import VERSION

Records = Iterable[Mapping[str, Any]]


def head(**more: Any) -> dict[str, Any]:
    """Return what is said once: the version of the schema, the tool, and what is given."""
    tool = Tool(version=VERSION).model_dump(mode="json")
    return {"schema_version": SCHEMA_VERSION, "tool": tool, **more}


def json(once: Mapping[str, Any], lists: Mapping[str, Records]) -> Iterator[bytes]:
    """Yield one object: what is said once, then each list, a record a line."""
    yield b"{"
    for name, value in once.items():
        yield b"\n" + _bytes(name) + b": " + _bytes(value) + b","
    between = b"\n"
    for name, records in lists.items():
        yield between + _bytes(name) + b": ["
        yield from _separated(records)
        yield b"]"
        between = b",\n"
    yield b"\n}\n"


def jsonl(name: str, records: Records) -> Iterator[bytes]:
    """Yield one object a line, each with its type."""
    for record in records:
        yield _bytes({"record": name, **record}) + b"\n"


def _separated(records: Records) -> Iterator[bytes]:
    between = b"\n"
    for record in records:
        yield between + _bytes(record)
        between = b",\n"
    if between == b",\n":
        yield b"\n"


def _bytes(value: Any) -> bytes:
    return json_text(orjson.dumps(value))

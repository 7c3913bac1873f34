"""YAML read safely: bounded, without tags, anchors and doubled keys; every value knows its line.

Plain scalars mean what they mean in JSON: `no` and `2027-06-30` are texts, `5` is a number.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any

import yaml

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError
from ocianalyze.limits import Limits

Location = tuple[str | int, ...]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?P<fraction>\.[0-9]{1,17})?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_VALUES = 100_000
"""Values in one file."""
_CURE = "see `ocianalyze profile init`"
_WRITTEN_OUT = "write the value out where it is used"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML refuses (YAML 1.2, 5.1)."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document."""

    value: Any
    place: str
    """The file, for errors."""
    lines: dict[Location, int] = field(default_factory=dict)
    """Where each value begins; lines count from 1."""

    def at(self, location: Location) -> str:
        """Return file and line of a value, or of the nearest one that it would be in."""
        while location and location not in self.lines:
            location = location[:-1]
        line = self.lines.get(location)
        return f"{self.place}:{line}" if line else self.place


def parse(data: bytes, place: str, limits: Limits) -> Document:
    """Return the one document of a YAML file.

    Raises:
        UsageError: it is no YAML, too large, too deep, or uses what is refused.

    """
    if len(data) > limits.profile_bytes:
        cure = "--limit profile-bytes=N allows more"
        raise UsageError(f"more than {limits.profile_bytes} bytes", place=place, cure=cure)
    building = _Building(place, limits.profile_depth)
    text = _text(data, place)
    try:
        for event in _events(text):
            building.take(event)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        said = error.problem or "it cannot be read"
        raise UsageError(f"not YAML: {said}", place=f"{place}{line}", cure=_CURE) from error
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise UsageError(f"not YAML: {said}", place=place, cure=_CURE) from error
    return Document(building.root, place, building.lines)


def _text(data: bytes, place: str) -> str:
    """Return the text of a file; UTF-16 is known by its first two bytes."""
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        said = f"byte {error.start} is no {name}"
        raise UsageError(said, place=place, cure="save the file as UTF-8") from error
    if wrong := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, wrong.start()) + 1
        said = f"a control character: U+{ord(wrong[0]):04X}"
        raise UsageError(said, place=f"{place}:{line}", cure="save the file as UTF-8 text")
    return text


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C where it was built
    return yaml.parse(text, Loader=loader)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come."""

    value: dict[str, Any] | list[Any]
    location: Location
    key: str | None = None


class _Building:
    """Makes values of events; nothing is ever constructed by name."""

    def __init__(self, place: str, depth: int) -> None:
        self.root: Any = None
        self.lines: dict[Location, int] = {}
        self._place = place
        self._depth = depth
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(event, "more than one document", "one profile to a file")
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(event, "aliases are not allowed", _WRITTEN_OUT)
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._open.pop()

    def _take_node(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, "anchors are not allowed", _WRITTEN_OUT)
        if event.tag not in (None, "!"):
            self._refuse(event, f"tags are not allowed: {event.tag:.40}", "leave it out")
        if isinstance(event, yaml.ScalarEvent):
            top = self._open[-1] if self._open else None
            if top is not None and isinstance(top.value, dict) and top.key is None:
                self._name(top, event)
            else:
                self._put(event, _scalar(event))
            return
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        location = self._put(event, value)
        if len(self._open) >= self._depth:
            self._refuse(event, f"deeper than {self._depth} levels", _CURE)
        self._open.append(_Open(value, location))

    def _name(self, top: _Open, event: Any) -> None:
        if event.value in top.value:
            self._refuse(event, f"key {event.value!r:.60} is there twice", "name it once")
        top.key = event.value

    def _put(self, event: Any, value: Any) -> Location:
        """Put a value where it belongs."""
        if len(self.lines) >= _VALUES:
            self._refuse(event, f"more than {_VALUES} values", "write fewer")
        location: Location = ()
        if not self._open:
            self.root = value
        else:
            top = self._open[-1]
            if isinstance(top.value, list):
                location = (*top.location, len(top.value))
                top.value.append(value)
            elif top.key is None:
                self._refuse(event, "a key must be a text", _CURE)
            else:
                location = (*top.location, top.key)
                top.value[top.key], top.key = value, None
        self.lines[location] = _line(event)
        return location

    def _refuse(self, event: yaml.Event, what: str, cure: str) -> None:
        raise UsageError(what, place=f"{self._place}:{_line(event)}", cure=cure)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Any:
    if event.style is not None and event.style != "":
        return event.value
    if event.value in _WORDS:
        return _WORDS[event.value]
    match = _NUMBER.fullmatch(event.value)
    if match is None:
        return event.value
    return float(event.value) if match["fraction"] else int(event.value)

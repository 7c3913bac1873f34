"""The observer that knows tools by what their files hold, whatever they are called.

The catalogue is `tools.toml`. Every executable's content passes one Hyperscan scan for all texts
of the catalogue; libraries and files without an execute bit are not looked at.
"""

import re
import tomllib
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.automaton import Automaton
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

Form = Literal["elf", "script"]
Marks = tuple[frozenset[bytes], ...]
"""Alternatives, each a set of texts that must all occur."""

_LIBRARY = re.compile(rb"\.so(\.[0-9.]+)?$")
_DECORATION = re.compile(r"^(?:[a-z0-9_]+-(?:[a-z]+-)?linux-(?:gnu|musl)\w*-)?(.+?)(?:-?[0-9.]+)?$")
_EXECUTABLE = 0o111
_NAME = 64
"""Characters of the longest name that decoration is taken off."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One entry of the catalogue."""

    id: str
    category: str
    """`package-manager`, `shell`, `downloader`, `remote-shell`, `network-tool`,
    `legacy-client`, `compiler`, `debugger`, `privilege`, `version-control`, `editor`."""
    names: frozenset[str]
    """Base names that it is installed under."""
    elf: Marks = ()
    script: Marks = ()
    multicall: bool = False
    """One binary that is many tools, by the name it is called with."""

    def marks(self, form: Form) -> Marks:
        """Return the texts of the tool in one form."""
        return self.elf if form == "elf" else self.script

    def is_called(self, name: str) -> bool:
        """Tell whether a base name is the tool's, a version and a target prefix taken off."""
        return name in self.names or plain_name(name) in self.names


@dataclass(frozen=True, slots=True)
class _Engine:
    """The compiled texts of the catalogue and what finding them means."""

    automaton: Automaton
    texts: tuple[bytes, ...]
    longest: int


def plain_name(name: str) -> str:
    """Return a base name without target prefix and version: `x86_64-linux-gnu-gcc-12` is `gcc`."""
    match = _DECORATION.match(name) if len(name) <= _NAME else None
    return match.group(1) if match else name


@cache
def catalogue() -> tuple[Tool, ...]:
    """Return every tool of `tools.toml`, in its order."""
    rows = tomllib.loads(Path(__file__).with_name("tools.toml").read_text("utf-8"))["tool"]
    return tuple(_tool(row) for row in rows)


@cache
def by_name() -> dict[str, tuple[Tool, ...]]:
    """Return the tools of each base name."""
    names = {name for tool in catalogue() for name in tool.names}
    return {name: tuple(t for t in catalogue() if name in t.names) for name in names}


def identify(texts: frozenset[bytes], form: Form) -> list[str]:
    """Return the ids of the tools whose texts were all found."""
    holders, tools = _holders(form), catalogue()
    numbers = {number for text in texts for number in holders.get(text, ())}
    return [
        tools[number].id
        for number in sorted(numbers)
        if any(marks <= texts for marks in tools[number].marks(form))
    ]


@cache
def _holders(form: Form) -> dict[bytes, set[int]]:
    """Return which tools, by their place in the catalogue, hold each text."""
    found: dict[bytes, set[int]] = {}
    for number, tool in enumerate(catalogue()):
        for text in frozenset().union(*tool.marks(form)):
            found.setdefault(text, set()).add(number)
    return found


def read_ids(value: bytes) -> tuple[str, ...]:
    """Return the tool ids of an observation."""
    return tuple(orjson.loads(value))


def _tool(row: dict[str, Any]) -> Tool:
    return Tool(
        id=row["id"],
        category=row["category"],
        names=frozenset(row["names"]),
        elf=_marks(row.get("elf", [])),
        script=_marks(row.get("script", [])),
        multicall=row.get("multicall", False),
    )


def _marks(rows: list[list[str]]) -> Marks:
    return tuple(frozenset(text.encode() for text in row) for row in rows)


@cache
def _engine() -> _Engine:
    """Compile the texts."""
    texts = sorted({x for tool in catalogue() for marks in tool.elf + tool.script for x in marks})
    return _Engine(Automaton(texts, once=True), tuple(texts), max(map(len, texts)))


@dataclass(slots=True)
class _ToolTap:
    """Scans one content; a text that spans two pieces is found where they are joined."""

    form: Form
    engine: _Engine
    found: set[int] = field(default_factory=set)
    last: bytes = b""
    """The end of what was seen, one byte shorter than the longest text."""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Scan the next piece and the seam before it."""
        keep = self.engine.longest - 1
        if self.last:
            self._scan(self.last + bytes(piece[:keep]))
        self._scan(piece)
        self.last = (self.last + bytes(piece[-keep:]))[-keep:]
        return True

    def _scan(self, data: bytes | memoryview) -> None:
        if data:
            self.engine.automaton.scan(data, self._note)

    def _note(self, text: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        self.found.add(text)

    def close(self) -> bytes | None:
        """Return the ids of the tools found as a JSON list."""
        texts = frozenset(self.engine.texts[text] for text in self.found)
        ids = identify(texts, self.form) if texts else []
        return orjson.dumps(ids) if ids else None


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Accept ELF executables and scripts with an execute bit."""
    if not seen.mode & _EXECUTABLE:
        return None
    magic = bytes(head[:4])
    if magic[:2] == b"#!":
        form: Form = "script"
    elif magic == b"\x7fELF" and not _LIBRARY.search(seen.path):
        form = "elf"
    else:
        return None
    return _ToolTap(form, _engine())


OBSERVER = Observer(
    name="tools",
    version=1,
    interest=Interest(magics=frozenset({b"\x7fELF", b"#!"})),
    open=_open,
    summary="shells, package managers, compilers and other tools, by the content of executables",
)

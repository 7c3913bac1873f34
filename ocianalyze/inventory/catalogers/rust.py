"""Crates of compiled programs: the dependency list that cargo-auditable writes.

The section `.dep-v0` holds JSON behind zlib. Section headers are at the end of the file, so every
place that could begin a zlib stream is tried; a few bytes tell. Source: cargo-auditable's
`PARSING.md` and its JSON schema.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._evidence import (
    ROWS,
    document,
    properties,
    readable,
    text,
    unpack,
)
from ocianalyze.inventory.catalogers._gathered import listing, mapping, told
from ocianalyze.inventory.catalogers._marks import Hit, Marks
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BEGINNINGS = (b'{"packages":', b'{"format":')
_BLOCKS = frozenset({*range(0, 256, 8), *range(1, 256, 8), 0xAA, 0xAB}) | frozenset(
    byte for byte in range(256) if byte & 6 == 4 and byte >> 3 < 30
)
"""First byte of a deflated list (RFC 1951, 3.2.3): of a stored block; with fixed codes, where a
brace follows; with codes of its own, of which there are at most 286."""
_BEGINNING_BYTES = max(map(len, _BEGINNINGS))
_JSON_BYTES = 8 * MIB
_STORED_BYTES = 8 * MIB
_CANDIDATES = 64
"""Streams tried at the same time; one that is no list ends within a few hundred bytes."""
_LISTS = 4
"""Streams of one file that may begin like the list; bounds memory and time for those that lie."""
_SMALLEST = 4096
_NEEDED = 1_000
"""Dependencies kept of one crate."""
_ELSEWHERE = frozenset({"git", "local"})
"""Sources worth telling: not the registry that everybody uses."""


@dataclass(slots=True)
class _Stream:
    """One zlib stream that may be the list."""

    next: int
    """Offset of the byte that it wants next."""
    inflater: Any = field(default_factory=zlib.decompressobj)
    json: bytearray = field(default_factory=bytearray)
    stored: int = 0

    def take(self, at: int, piece: bytes | memoryview) -> bool:
        """Inflate what a piece at an offset adds; False for what is no list."""
        data = memoryview(piece)[self.next - at :]
        self.next = at + len(piece)
        self.stored += len(data)
        try:
            self._inflate(data)
        except zlib.error:
            return False
        return (len(self.json) < _BEGINNING_BYTES or self.is_list) and self._fits()

    def _inflate(self, data: memoryview) -> None:
        """Inflate the beginning alone, and the rest of what begins like the list."""
        inflater, wanted = self.inflater, _BEGINNING_BYTES
        while data and len(self.json) < wanted and not inflater.eof:
            self.json += inflater.decompress(data[:_SMALLEST], wanted - len(self.json))
            data = data[_SMALLEST:]
        for part in (inflater.unconsumed_tail, data) if self.is_list else ():
            if part and not inflater.eof:
                self.json += inflater.decompress(part, _JSON_BYTES - len(self.json) or 1)

    @property
    def is_list(self) -> bool:
        """Tell that the stream begins like the list."""
        return bytes(self.json[:_BEGINNING_BYTES]).startswith(_BEGINNINGS)

    @property
    def whole(self) -> bool:
        """Tell that the stream came to its end."""
        return bool(self.inflater.eof)

    def _fits(self) -> bool:
        """Drop a stream that gives nothing for long, or more than a list may have."""
        starved = len(self.json) < _BEGINNING_BYTES and self.stored > _SMALLEST
        return not starved and len(self.json) < _JSON_BYTES and self.stored < _STORED_BYTES


@dataclass(slots=True)
class _RustTap:
    """Tries the streams of one program until one is the list."""

    marks: Marks
    streams: list[_Stream] = field(default_factory=list)
    found: dict[str, Any] | None = None
    refused: int = 0
    """Streams that began like the list and could not be read."""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        at = self.marks.at
        self.streams = [x for x in self.streams if self._going(x, at, piece)]
        for hit in self.marks.feed(piece):
            if self.found is None and _may_begin(hit.data) and self._has_room():
                self._begin(hit, at, piece)
        return self.found is None and self.refused < _LISTS

    def close(self) -> bytes | None:
        """Return the crates as JSON, or that there is a list that cannot be read."""
        for hit in self.marks.close() if self.found is None else ():
            if _may_begin(hit.data) and self._has_room():
                self._going(_Stream(hit.at), hit.at, hit.data)
        if self.found is None and (self.refused or any(x.is_list for x in self.streams)):
            self.found = {"problem": "the list of crates is cut, damaged or too large"}
        return None if self.found is None else orjson.dumps(self.found)

    def _begin(self, hit: Hit, at: int, piece: bytes | memoryview) -> None:
        """Try a stream; the hit may begin before the piece and never ends before it."""
        stream, end = _Stream(hit.at), hit.at + len(hit.data)
        if self._going(stream, hit.at, hit.data) and self._going(stream, end, piece[end - at :]):
            self.streams.append(stream)

    def _has_room(self) -> bool:
        lists = self.refused + sum(x.is_list for x in self.streams)
        return lists < _LISTS and len(self.streams) < _CANDIDATES

    def _going(self, stream: _Stream, at: int, piece: bytes | memoryview) -> bool:
        """Tell whether a stream wants more; one that is whole is read."""
        going = stream.take(at, piece)
        if going and not stream.whole:
            return True
        listed = _listed(bytes(stream.json)) if going and self.found is None else None
        if listed is not None:
            self.found = listed
        elif stream.is_list:
            self.refused += 1
        return False


def _may_begin(data: bytes) -> bool:
    """Tell whether the first bytes of a stream can be those of a list; random ones are not."""
    if len(data) < _BEGINNING_BYTES or data[2] not in _BLOCKS:
        return False
    try:
        begun = zlib.decompressobj().decompress(data, _BEGINNING_BYTES)
    except zlib.error:
        return False
    return any(begun.startswith(x[: len(begun)]) for x in _BEGINNINGS)


def _listed(data: bytes) -> dict[str, Any] | None:
    """Return the crates of a dependency list; None for what is none."""
    try:
        packages = document(data).get("packages")
    except ValueError:
        return None
    rows = [mapping(x) for x in listing(packages)[:ROWS]]
    releases = [f"{text(row.get('name'))}@{text(row.get('version'))}" for row in rows]
    return {"crates": [_crate(row, releases) for row in rows if text(row.get("name"))]}


def _crate(row: dict[str, Any], releases: Sequence[str]) -> dict[str, Any]:
    """Return the facts of one crate, with the crates of which it has the indexes."""
    needs = (x for x in listing(row.get("dependencies"))[:_NEEDED] if isinstance(x, int))
    return told(
        name=text(row.get("name")),
        version=text(row.get("version")),
        source=text(row.get("source")),
        kind=text(row.get("kind")),
        root=row.get("root") is True,
        needs=[releases[number] for number in needs if 0 <= number < len(releases)],
    )


def _open(seen: Seen, head: memoryview) -> Tap | None:
    is_program = _executable.kind(head) and seen.size >= _SMALLEST
    return (
        _RustTap(Marks(_executable.STREAMS, _executable.TEXTS, seen.size)) if is_program else None
    )


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """A crate from another registry, from git or from a directory says so in a property."""
    for crate in listing(unpack(kept).get("crates")):
        source, kind = crate.get("source", ""), crate.get("kind", "")
        yield Found(
            "cargo",
            crate["name"],
            crate.get("version", ""),
            location=kept.path,
            depends=tuple(crate.get("needs", ())),
            properties=properties(
                kind=kind,
                root="true" if crate.get("root") else "",
                source=source if source in _ELSEWHERE else "",
            ),
        )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """The root crate owns its program."""
    for crate in listing(readable(kept).get("crates")):
        if crate.get("root"):
            yield Claim("cargo", crate["name"], location=kept.path, paths=(kept.path,))


OBSERVER = Observer(
    name="rust",
    version=3,
    interest=Interest(magics=_executable.MAGICS),
    open=_open,
    summary="crates that cargo-auditable lists in ELF, PE and Mach-O programs",
)

CATALOGER = Cataloger(
    name="rust",
    types=("cargo",),
    observers=(OBSERVER,),
    summary="Rust crates from the `.dep-v0` section of programs built with cargo-auditable, "
    "build dependencies included and marked",
    read=_read,
    claims=_claims,
)

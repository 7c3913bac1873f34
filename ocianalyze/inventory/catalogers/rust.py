"""Crates of compiled programs: the dependency list that cargo-auditable writes.

The section `.dep-v0` holds JSON behind zlib. Section headers are at the end of the file, so every
place that could begin a zlib stream is tried; a few bytes tell. Source: cargo-auditable's
`PARSING.md` and its JSON schema.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._evidence import (
    ROWS,
    document,
    listing,
    mapping,
    properties,
    readable,
    text,
    told,
    unpack,
)
from ocianalyze.inventory.catalogers._marks import Marks
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_STREAMS = (b"x\x9c", b"x\xda")
"""Beginnings of a zlib stream: default and best compression."""
_BEGINNINGS = (b'{"packages":', b'{"format":')
_JSON_BYTES = 8 * MIB
_STORED_BYTES = 8 * MIB
_CANDIDATES = 64
"""Streams tried at the same time; one that is no list ends within a few hundred bytes."""
_LISTS = 2
"""Streams that begin like the list; bounds the memory for those that lie."""
_SMALLEST = 4096
_REGISTRY = "crates.io"


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
        begin = self.next - at
        self.next = at + len(piece)
        self.stored += self.next - at - begin
        try:
            self.json += self.inflater.decompress(piece[begin:], _JSON_BYTES - len(self.json) or 1)
        except zlib.error:
            return False
        begins = bytes(self.json[:12]).startswith
        unknown = len(self.json) < 12
        return (unknown or begins(_BEGINNINGS)) and self._fits()

    @property
    def whole(self) -> bool:
        """Tell that the stream came to its end."""
        return bool(self.inflater.eof)

    def _fits(self) -> bool:
        """Drop a stream that gives nothing for long, or more than a list may have."""
        starved = len(self.json) < 12 and self.stored > _SMALLEST
        return not starved and len(self.json) < _JSON_BYTES and self.stored < _STORED_BYTES


@dataclass(slots=True)
class _RustTap:
    """Tries the streams of one program until one is the list."""

    marks: Marks = field(default_factory=lambda: Marks(_STREAMS))
    streams: list[_Stream] = field(default_factory=list)
    found: dict[str, Any] | None = None

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        at = self.marks.at
        self.streams = [x for x in self.streams if self._going(x, at, piece)]
        for hit in self.marks.feed(piece):
            stream = _Stream(hit.at)
            begin = len(hit.data) + hit.at - at
            rest = piece[begin:]
            if (
                self._has_room()
                and stream.take(hit.at, hit.data)
                and self._going(stream, at + begin, rest)
            ):
                self.streams.append(stream)
        return self.found is None

    def close(self) -> bytes | None:
        """Return the crates as JSON."""
        for hit in self.marks.close() if self.found is None else ():
            self._going(_Stream(hit.at), hit.at, hit.data)
        return None if self.found is None else orjson.dumps(self.found)

    def _has_room(self) -> bool:
        lists = sum(len(x.json) >= 12 for x in self.streams)
        return lists < _LISTS and len(self.streams) < _CANDIDATES

    def _going(self, stream: _Stream, at: int, piece: bytes | memoryview) -> bool:
        """Tell whether a stream wants more; one that is whole is read."""
        if not stream.take(at, piece):
            return False
        if stream.whole and self.found is None:
            self.found = _listed(bytes(stream.json))
        return not stream.whole


def _listed(data: bytes) -> dict[str, Any] | None:
    """Return the crates of a dependency list; None for what is none."""
    try:
        packages = document(data).get("packages")
    except ValueError:
        return {"problem": "the list of crates is no JSON"} if data[:3] == b'{"p' else None
    crates = [_crate(mapping(x)) for x in listing(packages)[:ROWS]]
    return {"crates": [x for x in crates if x.get("name")]}


def _crate(row: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of one crate; indexes of dependencies are left out."""
    return told(
        name=text(row.get("name")),
        version=text(row.get("version")),
        source=text(row.get("source")),
        kind=text(row.get("kind")),
        root=row.get("root") is True,
    )


def _open(seen: Seen, head: memoryview) -> Tap | None:
    return _RustTap() if _executable.kind(head) and seen.size >= _SMALLEST else None


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """A crate from another registry, from git or from a directory says so in a property."""
    for crate in listing(unpack(kept).get("crates")):
        source, kind = crate.get("source", ""), crate.get("kind", "")
        yield Found(
            "cargo",
            crate["name"],
            crate.get("version", ""),
            location=kept.path,
            properties=properties(
                kind=kind,
                root="true" if crate.get("root") else "",
                source="" if source in (_REGISTRY, "registry") else source,
            ),
        )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """The root crate owns its program."""
    for crate in listing(readable(kept).get("crates")):
        if crate.get("root"):
            yield Claim("cargo", crate["name"], location=kept.path, paths=(kept.path,))


OBSERVER = Observer(
    name="rust",
    version=1,
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

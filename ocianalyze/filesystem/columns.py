r"""The entries of a layer as plain tuples, a column at a time.

Where all of an image is wanted at once, as by SQL, this is several times faster than an `Entry`
for each. Names are as an `Entry` has them, or spelled for documents.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from operator import add
from typing import NamedTuple, TypeAlias

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.merged import DELETED, NEVER, OVERWRITTEN, VISIBLE, Merged
from ocianalyze.filesystem.skeleton import ENTRY, HARDLINK, MARKS
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.facts import NO_DIGEST, Entries
from ocianalyze.model.spelling import is_plain, spelled, spelled_bytes
from ocianalyze.model.strings import Sparse, Strings

Cell: TypeAlias = str | int | None

_CHUNK = 1 << 15
"""Entries whose columns are in memory at a time."""
_GAP = bytes(64)
"""As many entries that nobody asks for are passed over; fewer cost less than another range."""
_LARGEST = (1 << 63) - 1
_STATES = {VISIBLE: "visible", OVERWRITTEN: "overwritten", DELETED: "deleted"}
_KINDS = {ord(kind): kind.name.lower().replace("_", "-") for kind in Kind}
_SHORT = {state: str(state.value) for state in State}


@dataclass(frozen=True, slots=True)
class Source:
    """One layer of a merge, and what makes a row an entry."""

    merged: Merged
    index: int
    types: Sequence[str]
    """The names behind the file type codes."""
    entry: Callable[[int], Entry]
    is_spelled: bool = False
    """Names are valid Unicode (`ocianalyze.model.spelling`); else odd bytes are surrogates."""

    def name(self, raw: bytes) -> str:
        """Return a name as a text."""
        return spelled_bytes(raw) if self.is_spelled else raw.decode("utf-8", "surrogateescape")

    @property
    def entries(self) -> Entries:
        """The layer's own columns."""
        return self.merged.layers[self.index]


class _Field(NamedTuple):
    """How to get at one field of many entries, and of one."""

    column: Callable[[Source, slice], list[Cell]]
    of: Callable[[Entry], Cell]


def table(
    source: Source,
    fields: Sequence[str],
    *,
    visible: bool = False,
    within: bytearray | None = None,
) -> Iterator[tuple[Cell, ...]]:
    """Yield some fields of every entry of a layer, optionally only of the final filesystem.

    Args:
        source: the layer.
        fields: names of `FIELDS`.
        visible: only what is part of the final filesystem.
        within: marks of directories by number; others may be left out.

    """
    odd = _rewritten(source)
    chosen = [FIELDS[name] for name in fields]
    for part in _parts(source, within):
        columns = [field.column(source, part) for field in chosen]
        for at in _between(odd, part):
            member = odd[at]
            entry = source.entry(source.index << 32 | member)
            for field, column in zip(chosen, columns, strict=True):
                column[member - part.start] = _cell(source, field.of(entry))
        rows = zip(*columns, strict=True)
        yield from compress(rows, _visible(source, part)) if visible else rows


def _cell(source: Source, value: Cell) -> Cell:
    return spelled(value) if source.is_spelled and isinstance(value, str) else value


def _parts(source: Source, within: bytearray | None) -> Iterator[slice]:
    """Yield ranges of entries that hold all that are in some directories."""
    length = len(source.entries)
    places = source.merged.places[source.index]
    wanted = b"\1" * length if within is None else bytes(map(within.__getitem__, places))
    start = wanted.find(1)
    while start >= 0:
        gap = wanted.find(_GAP, start, start + _CHUNK)
        stop = gap if gap >= 0 else min(start + _CHUNK, length)
        yield slice(start, stop)
        start = wanted.find(1, stop)


def _rewritten(source: Source) -> list[int]:
    """Return the members whose own header does not tell all: links, and what links wrote to."""
    kinds = source.entries.kind
    found = {row & ENTRY for row, _ in source.merged.headers.of_layer(source.index)}
    at = kinds.find(HARDLINK)
    while at >= 0:
        found.add(at)
        at = kinds.find(HARDLINK, at + 1)
    return sorted(found)


def _between(members: Sequence[int], part: slice) -> range:
    """Return which of some members in rising order are in a part."""
    return range(bisect_left(members, part.start), bisect_left(members, part.stop))


def _visible(source: Source, part: slice) -> Iterator[bool]:
    states, kinds = source.merged.states[source.index][part], source.entries.kind[part]
    return (s == VISIBLE and k not in MARKS for s, k in zip(states, kinds, strict=True))


def _strings(source: Source, strings: Strings, part: slice) -> Iterator[str]:
    """Yield the names of a part of a column."""
    ends = strings.ends
    start = ends[part.start - 1] if part.start else 0
    data = bytes(strings.data[start : ends[part.stop - 1]])
    begins = [start, *ends[part.start : part.stop - 1]]
    pieces = zip(begins, ends[part], strict=True)
    if is_plain(data) if source.is_spelled else data.isascii():
        whole = data.decode("ascii")
        return (whole[a - start : b - start] for a, b in pieces)
    return (source.name(data[a - start : b - start]) for a, b in pieces)


def _paths(source: Source, part: slice) -> list[Cell]:
    names = list(_strings(source, source.entries.names, part))
    paths: list[Cell] = list(map(add, _directories(source, part), names))
    at = names.index("") if "" in names else len(names)
    for unnamed in range(at, len(names)):
        if not names[unnamed]:
            paths[unnamed] = str(paths[unnamed]).removesuffix("/")
    return paths


def _directories(source: Source, part: slice) -> Iterator[str]:
    """Yield directories, each with what stands between it and a name."""
    places = source.merged.places[source.index][part]
    paths = {place: source.merged.skeleton.path(place) for place in set(places)}
    known = {place: f"{source.name(path)}/" if path else "" for place, path in paths.items()}
    return map(known.__getitem__, places)


def _numbers(column: Callable[[Entries], "array[int]"]) -> Callable[[Source, slice], list[Cell]]:
    return lambda source, part: list(column(source.entries)[part])


def _sizes(source: Source, part: slice) -> list[Cell]:
    return [min(size, _LARGEST) for size in source.entries.size[part]]


def _looked_up(
    column: Callable[[Source], Iterable[int]], words: Callable[[Source], Mapping[int, Cell]]
) -> Callable[[Source, slice], list[Cell]]:
    def cells(source: Source, part: slice) -> list[Cell]:
        values = column(source)
        return list(map(words(source).__getitem__, values[part]))  # type: ignore[index]

    return cells


def _owners(source: Source) -> Mapping[int, Cell]:
    return dict(enumerate(map(source.name, source.entries.owners)))


def _types(source: Source) -> Mapping[int, Cell]:
    return {code: name or None for code, name in enumerate(source.types)}


def _digests(source: Source, part: slice) -> list[Cell]:
    raw = source.entries.sha256[part.start * 32 : part.stop * 32].hex()
    none = NO_DIGEST.hex()
    found = (raw[at : at + 64] for at in range(0, len(raw), 64))
    return [None if digest == none else digest for digest in found]


def _sparse(column: Callable[[Entries], Sparse]) -> Callable[[Source, slice], list[Cell]]:
    def cells(source: Source, part: slice) -> list[Cell]:
        found: list[Cell] = [None] * (part.stop - part.start)
        sparse = column(source.entries)
        for at in _between(sparse.entries, part):
            found[sparse.entries[at] - part.start] = source.name(sparse.values[at]) or None
        return found

    return cells


def _states(source: Source, part: slice) -> list[Cell]:
    """Return what became of entries; None for whiteouts, which are no part of the filesystem."""
    found: list[Cell] = list(map(_STATES.__getitem__, source.merged.states[source.index][part]))
    kinds = source.entries.kind[part]
    for mark in MARKS:
        at = kinds.find(mark)
        while at >= 0:
            found[at] = None
            at = kinds.find(mark, at + 1)
    return found


def _constant(source: Source, part: slice) -> list[Cell]:
    return [source.index] * (part.stop - part.start)


def _ended(source: Source, part: slice) -> list[Cell]:
    ended = source.merged.ended[source.index][part]
    return [None if layer == NEVER else layer for layer in ended]


def _device(entry: Entry) -> Cell:
    return f"{entry.device[0]}:{entry.device[1]}" if entry.device else None


FIELDS: Mapping[str, _Field] = {
    "path": _Field(_paths, lambda e: e.path),
    "name": _Field(
        lambda s, part: list(_strings(s, s.entries.names, part)),
        lambda e: e.path.rpartition("/")[2],
    ),
    "layer": _Field(_constant, lambda e: e.layer),
    "member": _Field(lambda _, part: list(range(part.start, part.stop)), lambda e: e.member),
    "state": _Field(_states, lambda e: None if ord(e.kind) in MARKS else _SHORT[e.state]),
    "ended_by": _Field(_ended, lambda e: e.ended_by),
    "kind": _Field(
        _looked_up(lambda s: s.entries.kind, lambda _: _KINDS), lambda e: _KINDS[ord(e.kind)]
    ),
    "mode": _Field(_numbers(lambda e: e.mode), lambda e: e.mode),
    "uid": _Field(_numbers(lambda e: e.uid), lambda e: e.uid),
    "gid": _Field(_numbers(lambda e: e.gid), lambda e: e.gid),
    "uname": _Field(_looked_up(lambda s: s.entries.uname, _owners), lambda e: e.uname),
    "gname": _Field(_looked_up(lambda s: s.entries.gname, _owners), lambda e: e.gname),
    "size": _Field(_sizes, lambda e: min(e.size, _LARGEST)),
    "mtime": _Field(_numbers(lambda e: e.mtime), lambda e: e.mtime_ns // 1_000_000_000),
    "mtime_nanos": _Field(_numbers(lambda e: e.nanos), lambda e: e.mtime_ns % 1_000_000_000),
    "sha256": _Field(_digests, lambda e: e.sha256 or None),
    "type": _Field(
        _looked_up(lambda s: s.entries.file_type, _types), lambda e: e.file_type or None
    ),
    "link": _Field(_sparse(lambda e: e.links), lambda e: e.link or None),
    "device": _Field(_sparse(lambda e: e.devices), _device),
}
"""Every field by its name; numbers that no signed 64-bit integer holds are cut to the largest."""

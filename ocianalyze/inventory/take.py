"""Packages of an image, each with the layer that introduced it.

A cataloger's observer kept a value for each version of each file, in whatever layer. A value's
packages are recorded on all layers from its own to the one that overwrote or deleted the file. A
database that a later layer rewrites records most packages again, so a package is introduced by the
first layer of the last unbroken run of layers that record it, not by the last writer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.purl import purl
from ocianalyze.model.entry import Entry, State
from ocianalyze.model.package import Distribution, Found, Package, Presence

T = TypeVar("T")
_FOREVER = 1 << 30
"""The layer that ends what is still there."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kept value and on which layers its file was there."""

    kept: Kept
    entry: Entry

    @property
    def start(self) -> int:
        """The layer that wrote the file."""
        return self.entry.layer

    @property
    def end(self) -> int:
        """The layer that overwrote or deleted it."""
        return _FOREVER if self.entry.ended_by is None else self.entry.ended_by

    @property
    def is_visible(self) -> bool:
        """Tell that the file is part of the final filesystem."""
        return self.entry.state is State.VISIBLE


@dataclass(slots=True)
class Taken:
    """What all catalogers found."""

    packages: list[Package] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    """Of the final filesystem."""
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Record:
    """One package, and the stretches of layers that record it."""

    found: Found
    evidence: dict[str, None]
    stretches: list[tuple[int, int]]


def take(tree: Tree, catalogers: Iterable[Cataloger], distribution: Distribution) -> Taken:
    """Return every package that any layer records, and the claims of the final filesystem."""
    taken = Taken()
    for cataloger in catalogers:
        evidence = list(_evidence(tree, cataloger))
        if evidence:
            records = _records(cataloger, evidence, distribution, taken.problems)
            taken.packages += (_package(cataloger, record) for record in records)
            taken.claims += _claims(cataloger, evidence, distribution, taken.problems)
    taken.packages.sort(key=_order)
    return taken


def _order(package: Package) -> tuple[str, str, int]:
    return package.purl, package.found.location, package.introduced


def _evidence(tree: Tree, cataloger: Cataloger) -> Iterator[Evidence]:
    for observer in cataloger.observers:
        for entry, value in tree.observations(observer.name):
            yield Evidence(Kept(observer.name, entry.path, value, complete=True), entry)


def _records(
    cataloger: Cataloger,
    evidence: Sequence[Evidence],
    distribution: Distribution,
    problems: list[str],
) -> Iterable[_Record]:
    """Read every value, and join what the same package says in several of them."""
    records: dict[tuple[str, ...], _Record] = {}
    for piece in evidence:
        found = list(_read(cataloger.read, piece, distribution, problems))
        if found and cataloger.joins is not None:
            found = list(cataloger.joins(found, _beside(piece, evidence)))
        for package in found:
            _note(records, package, piece)
    return records.values()


def _read(
    reader: Callable[[Kept, Distribution], Iterable[T]],
    piece: Evidence,
    distribution: Distribution,
    problems: list[str],
) -> Iterator[T]:
    try:
        yield from reader(piece.kept, distribution)
    except (ValueError, KeyError, TypeError) as error:
        where = f"{piece.kept.path} in layer {piece.entry.layer}"
        problems.append(f"{where} cannot be read: {error!s:.120}")


def _beside(piece: Evidence, evidence: Iterable[Evidence]) -> Iterator[Kept]:
    """Yield the other files' values that were there when this one ended."""
    for other in evidence:
        if other.start < piece.end <= other.end and other.kept.path != piece.kept.path:
            yield other.kept


def _note(records: dict[tuple[str, ...], _Record], found: Found, piece: Evidence) -> None:
    key = (
        found.type,
        found.namespace,
        found.name,
        found.epoch,
        found.version,
        found.arch,
        found.location or piece.kept.path,
    )
    record = records.setdefault(key, _Record(found, {}, []))
    if piece.end >= max((end for _, end in record.stretches), default=0):
        record.found = found
    record.evidence.update(dict.fromkeys((piece.kept.path, *found.evidence)))
    record.stretches.append((piece.start, piece.end))


def _package(cataloger: Cataloger, record: _Record) -> Package:
    start, end = _last_run(record.stretches)
    gone = end < _FOREVER
    return Package(
        found=record.found,
        purl=purl(record.found),
        cataloger=cataloger.name,
        presence=Presence.REMOVED if gone else Presence.VISIBLE,
        evidence=tuple(record.evidence),
        introduced=start,
        removed=end if gone else None,
    )


def _last_run(stretches: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the last unbroken stretch of layers, overlapping and touching ones joined."""
    first, last = -1, -1
    for start, end in sorted(stretches):
        if start > last:
            first = start
        last = max(last, end)
    return first, last


def _claims(
    cataloger: Cataloger,
    evidence: Iterable[Evidence],
    distribution: Distribution,
    problems: list[str],
) -> Iterator[Claim]:
    if cataloger.claims is not None:
        for piece in evidence:
            if piece.is_visible:
                yield from _read(cataloger.claims, piece, distribution, problems)

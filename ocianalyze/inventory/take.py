"""Packages of an image, each with the layer that introduced it.

A cataloger's observer kept a value for each version of each file, in whatever layer. A value's
packages are recorded on all layers from its own to the one that overwrote or deleted the file. A
database that a later layer rewrites records most packages again, so a package is introduced by the
first layer of an unbroken run of layers that record it, not by the last writer. One that went and
came again has several runs, each of which is a package.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from itertools import chain, count, islice
from typing import NamedTuple, TypeVar

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.purl import purl
from ocianalyze.inventory.states import (
    FOREVER,
    Evidence,
    Stretch,
    alive,
    stretches,
    unbroken,
    whole,
)
from ocianalyze.model.entry import Entry, State
from ocianalyze.model.package import Distribution, Found, Package, Presence

T = TypeVar("T")
_Key = tuple[str, ...]
_TEXT = 160
"""Characters of what is wrong with a value."""
PROBLEMS = 1_000
"""Problems told one by one."""
_PATHS = 300_000
"""Entries whose path is evidence taken of one image for one cataloger; the largest real Nix stores
have some thousands."""
_BESIDE = 5_000_000
"""Values handed to one cataloger to complete packages with; in states beyond, none are."""


class Problem(NamedTuple):
    """Evidence that could not be read, or not all of it."""

    evidence: Evidence
    detail: str


@dataclass(slots=True)
class Taken:
    """What all catalogers found."""

    packages: list[Package] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unnamed: int = 0
    """Problems beyond `PROBLEMS`, counted only."""
    readings: "list[Reading]" = field(default_factory=list)
    _noted: set[tuple[str, str, int]] = field(default_factory=set)

    def note(self, piece: Evidence, detail: str) -> None:
        """Take the first problem of a piece of evidence."""
        key = (piece.kept.observer, piece.kept.path, piece.start)
        if key in self._noted:
            return
        if len(self.problems) < PROBLEMS:
            self._noted.add(key)
            self.problems.append(Problem(piece, detail[:_TEXT]))
        else:
            self.unnamed += 1

    def claims(self) -> Iterator[Claim]:
        """Yield what packages of the final filesystem claim, made while it is asked for."""
        for reading in self.readings:
            yield from reading.claims()

    def former_claims(self, types: frozenset[str]) -> Iterator[Claim]:
        """Yield what all layers' data of some purl types claims, of removed packages too."""
        for reading in self.readings:
            if not types.isdisjoint(reading.cataloger.types):
                yield from reading.former_claims()

    def visible(self, cataloger: Cataloger) -> list[Kept]:
        """Return what the observers of a cataloger kept of the final filesystem."""
        mine = (reading for reading in self.readings if reading.cataloger is cataloger)
        return [
            piece.kept
            for reading in mine
            for piece in reading.evidence
            if piece.state is State.VISIBLE and piece.kept.value
        ]


@dataclass(slots=True)
class _Record:
    """One package, and the layers that record it."""

    said: list[tuple[Found, Stretch]] = field(default_factory=list)
    """What each piece of evidence says."""

    def packages(self, cataloger: str) -> Iterator[Package]:
        """Yield the package once for each run of layers that record it."""
        found = unbroken((stretch.start, stretch.end) for _, stretch in self.said)
        if len(found) == 1:
            yield _package(cataloger, found[0], self.said)
            return
        parts: list[list[tuple[Found, Stretch]]] = [[] for _ in found]
        begins = [start for start, _ in found]
        for each in self.said:
            parts[bisect_right(begins, each[1].start) - 1].append(each)
        yield from map(partial(_package, cataloger), found, parts)


def _package(
    cataloger: str, run: tuple[int, int], said: Sequence[tuple[Found, Stretch]]
) -> Package:
    """Return the package of one run; the latest evidence of it counts."""
    found, until = said[0][0], 0
    evidence: dict[str, None] = {}
    for each, stretch in said:
        if stretch.end >= until:
            found, until = each, stretch.end
        evidence.update(dict.fromkeys((stretch.evidence.kept.path, *each.evidence)))
    start, end = run
    return Package(
        found=found,
        purl=purl(found),
        cataloger=cataloger,
        presence=Presence.VISIBLE if end == FOREVER else Presence.REMOVED,
        evidence=tuple(evidence),
        introduced=start,
        removed=None if end == FOREVER else end,
    )


def take(tree: Tree, catalogers: Iterable[Cataloger], distribution: Distribution) -> Taken:
    """Return every package that any layer records."""
    taken = Taken()
    for cataloger in catalogers:
        evidence = list(_evidence(tree, cataloger, taken))
        if evidence:
            reading = Reading(cataloger, distribution, evidence, taken)
            each = (record.packages(cataloger.name) for record in reading.records())
            taken.packages += chain.from_iterable(each)
            taken.readings.append(reading)
    return taken


def _evidence(tree: Tree, cataloger: Cataloger, taken: Taken) -> Iterator[Evidence]:
    number = count()
    for kept, entry in chain(_contents(tree, cataloger), _paths(tree, cataloger)):
        end = FOREVER if entry.ended_by is None else entry.ended_by
        piece = Evidence(next(number), kept, entry.layer, end, entry.state)
        if not kept.complete:
            taken.note(piece, "only a part was read")
        yield piece


def _contents(tree: Tree, cataloger: Cataloger) -> Iterator[tuple[Kept, Entry]]:
    for observer in cataloger.observers:
        cut = {(entry.layer, entry.member): entry for entry in tree.cut(observer.name)}
        for entry, value in tree.observations(observer.name):
            complete = cut.pop((entry.layer, entry.member), None) is None
            yield Kept(observer.name, entry.path, value, complete), entry
        for entry in cut.values():
            seen = tree.observed(observer.name, entry)
            yield Kept(observer.name, entry.path, seen or b"", seen is not None), entry


def _paths(tree: Tree, cataloger: Cataloger) -> Iterator[tuple[Kept, Entry]]:
    """Yield paths that are evidence; the last one that is taken says that there are more."""
    named = cataloger.paths(tree) if cataloger.paths else ()
    for number, (path, entry) in enumerate(islice(named, _PATHS)):
        link = entry.link.encode("utf-8", "surrogateescape")
        yield Kept(f"{cataloger.name}-paths", path, link, number < _PATHS - 1), entry


@dataclass(slots=True)
class Reading:
    """One cataloger at work on one image."""

    cataloger: Cataloger
    distribution: Distribution
    evidence: Sequence[Evidence]
    taken: Taken
    _beside: int = _BESIDE
    """What is left of it."""

    def records(self) -> Iterable[_Record]:
        """Read every value, and join what the same package says in several of them."""
        read = self.cataloger.read
        named = {piece.number: list(self._read(read, piece)) for piece in self.evidence}
        pieces = [piece for piece in self.evidence if named[piece.number]]
        records: dict[_Key, _Record] = {}
        for found, stretch in self._joined(named, pieces):
            records.setdefault(_key(found), _Record()).said.append((found, stretch))
        return records.values()

    def claims(self) -> Iterator[Claim]:
        """Yield the claims of the final filesystem."""
        make, places = self.cataloger.claims, self.cataloger.places
        if make is None:
            return
        visible = [piece for piece in self.evidence if piece.end == FOREVER]
        made = (claim for piece in visible for claim in self._read(make, piece))
        yield from made if places is None else places(made, [piece.kept for piece in visible])

    def former_claims(self) -> Iterator[Claim]:
        """Yield the claims of all layers."""
        make, places = self.cataloger.claims, self.cataloger.places
        if make is not None:
            made = (claim for piece in self.evidence for claim in self._read(make, piece))
            yield from made if places is None else places(made, [x.kept for x in self.evidence])

    def _joined(
        self, named: Mapping[int, list[Found]], pieces: Sequence[Evidence]
    ) -> Iterator[tuple[Found, Stretch]]:
        """Yield packages completed with the other files of each state, and where they are."""
        joins = self.cataloger.joins
        if joins is None:
            yield from ((found, whole(piece)) for piece in pieces for found in named[piece.number])
            return
        for end, group in stretches(pieces, self.evidence).items():
            kept = alive(self.evidence, end)
            for batch in _batches(named, group):
                self._beside -= len(kept)
                found = [each for stretch in batch for each in named[stretch.evidence.number]]
                homes, places = _homes(named, batch, _key), _homes(named, batch, _location)
                for each in joins(found, kept if self._beside > 0 else ()):
                    moved = places.get(_location(each)) if each.location else None
                    home = homes.get(_key(each)) or moved or batch[:1]
                    yield from ((each, stretch) for stretch in home)

    def _read(
        self, reader: Callable[[Kept, Distribution], Iterable[T]], piece: Evidence
    ) -> Iterator[T]:
        try:
            yield from reader(piece.kept, self.distribution)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            self.taken.note(piece, str(error) or type(error).__name__)


def _batches(
    named: Mapping[int, list[Found]], group: Iterable[Stretch]
) -> Iterable[Sequence[Stretch]]:
    """Put together what is completed together: installations, and the parts of one database."""
    batches: dict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for stretch in group:
        kept = stretch.evidence.kept
        is_installation = bool(named[stretch.evidence.number][0].location)
        home = "" if is_installation else kept.path.rpartition("/")[0]
        batches[kept.observer, home].append(stretch)
    return batches.values()


def _homes(
    named: Mapping[int, list[Found]], batch: Iterable[Stretch], key: Callable[[Found], _Key]
) -> Mapping[_Key, list[Stretch]]:
    """Return which stretches name each package."""
    homes: dict[_Key, list[Stretch]] = defaultdict(list)
    for stretch in batch:
        for one in dict.fromkeys(map(key, named[stretch.evidence.number])):
            homes[one].append(stretch)
    return homes


def _location(found: Found) -> _Key:
    """Return where a package is, which stays when another name is found for it."""
    return (found.type, found.location)


def _key(found: Found) -> _Key:
    """Return what makes two records one package; a database holds one of each."""
    return (
        found.type,
        found.namespace,
        found.name,
        found.epoch,
        found.version,
        found.arch,
        found.location,
    )

"""The sieve that looks for secrets in every byte of a layer, whatever member it is in."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import partial

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._prefer import clusters, preferred
from ocianalyze.detectors.secrets._prove import is_place
from ocianalyze.detectors.secrets.by_name import NOTHING, ByName
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import Hit, hit, pack
from ocianalyze.detectors.secrets.inside import amid, inner
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.amid import Amid
from ocianalyze.detectors.secrets.inside.inner import Unread
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers import tar
from ocianalyze.layers.sieve import Members, Sieve, Sieving, Sifted, Spot
from ocianalyze.limits import Limits
from ocianalyze.model.secret import Where

NAME = "secrets"
"""Key of what the sieve finds in `LayerFacts`."""
_OUTSIDE = "a gzip member outside of all files was not looked at to its end"
_SHORTEST = 8
"""Bytes of a secret whose end belongs to something else."""


@dataclass(slots=True)
class SecretSieve:
    """Looks through one layer; what it finds is told by member when the layer is read."""

    engine: Engine
    limits: Limits
    bare: bool = False
    """Keep the values themselves."""
    allowance: Allowance = field(default_factory=Allowance)
    """Knows, when the walk is over, what those who look inside files have entered."""
    small: ByName = NOTHING
    """Made of the rules for small files of known names."""
    _found: list[Proved] = field(default_factory=list)
    _beside: list[Proved] = field(default_factory=list)
    _search: Search = field(init=False)
    _aside: Search | None = None
    _amid: Amid = field(init=False)
    _passed: "array[int]" = field(default_factory=lambda: array("q"))
    """Where gzip members begin right behind a header, as files do: others look inside these."""

    def __post_init__(self) -> None:
        """Begin with the stream; what lies beside it is rare."""
        # Apart from that of those who look inside files: which of them comes first, threads decide.
        allowance = Allowance(self.limits)
        self._amid = Amid(self.engine, allowance, self._is_file, self.small, self.bare)
        self._search = Search(self.engine, path=None, along=self._amid.feed)

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the uncompressed stream."""
        self._keep(self._found, self._search.feed(piece))

    def aside(self, data: bytes) -> None:
        """Take stored bytes that decompress to nothing."""
        self._aside = self._aside or Search(self.engine, path=None)
        self._keep(self._beside, self._aside.feed(data))

    def close(self, members: Members) -> Sifted:
        """Return what was found, by member."""
        self._keep(self._found, self._search.close())
        self._amid.close()
        if self._aside:
            self._keep(self._beside, self._aside.close())
        placed = _Placed(members, self.bare)
        fitting = (one for one in self._found if placed.fits(one))
        for one in _best(fitting):
            placed.add(one)
        for at, inside in self._amid.found:
            placed.add_inside(at, inside)
        beside = (one for one in self._beside if not one.rule.paths)
        outside = [*placed.outside, *map(self._off_stream, _best(beside))]
        found = {entry: pack(hits) for entry, hits in placed.hits.items()}
        ends = _ends(members, self._search.archives)
        left = [*_left(members, self._unread(), self.allowance.inflated_in)]
        notes = inner.closed(ends, self.allowance.entered, (one for one in left if one[0] >= 0))
        partial = self._partial() or ("" if all(entry >= 0 for entry, _ in left) else _OUTSIDE)
        return Sifted(found, pack(outside) if outside else b"", partial, notes)

    def _is_file(self, at: int, before: bytes) -> bool:
        """Tell the beginning of a file by the header in front of it."""
        if at % tar.BLOCK or len(before) < tar.BLOCK or not tar.has_right_checksum(before):
            return False
        self._passed.append(at)
        return True

    def _unread(self) -> Iterator[tuple[int, Unread]]:
        """Yield what nobody looked into, but for beginnings of files, with where it begins."""
        yield from self._amid.unread()
        for at in self._passed:
            yield at, Unread(inner.GZIP_IN, 1, "")

    def _keep(self, kept: list[Proved], more: list[Proved]) -> None:
        room = self.limits.layer_secrets + 1 - len(self._found) - len(self._beside)
        kept += more[:room]

    def _off_stream(self, proved: Proved) -> Hit:
        inner = "outside the compressed stream"
        secret = proved.secret
        return hit(proved, "slack", proved.start, secret=secret, inner=inner, bare=self.bare)

    def _partial(self) -> str:
        found = len(self._found) + len(self._beside)
        if max(found, len(self._amid.found)) > self.limits.layer_secrets:
            return f"limit layer_secrets ({self.limits.layer_secrets}) reached"
        searches = [one for one in (self._search, self._aside) if one]
        if self._amid.is_full:
            return "more gzip members than are looked at"
        flooded = any(one.exhausted for one in searches)
        return "more beginnings of secrets than are looked at" if flooded else ""


def _best(found: Iterable[Proved]) -> Iterator[Proved]:
    """Yield the best rule's answer for bytes that several matched."""
    return (one for group in clusters(found) for one in preferred(group))


def _ends(members: Members, archives: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the entry, and its path, that each zip archive of a layer ends in."""
    for at in archives:
        spot = members.at(at)
        if spot.part == "content":
            yield spot.entry, members.entries.path(spot.entry)


def _left(
    members: Members, unread: Iterable[tuple[int, Unread]], inflated: Mapping[bytes, int]
) -> Iterator[tuple[int, Unread]]:
    """Yield what nobody looked into in the middle of files, with the entry; -1 for outside of all.

    Args:
        members: of the layer.
        unread: with where its gzip member begins in the stream.
        inflated: from which byte on files are looked into member by member, by path.

    """
    for at, one in unread:
        spot = members.at(at)
        begin = spot.offset
        if spot.part != "content":
            yield -1, one
        elif begin and begin < inflated.get(members.entries.path(spot.entry), begin + 1):
            yield spot.entry, amid.left(one, begin)


@dataclass(slots=True)
class _Placed:
    """Secrets of a stream, given to the members that they are in."""

    members: Members
    bare: bool
    hits: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    outside: list[Hit] = field(default_factory=list)

    def add(self, proved: Proved) -> None:
        """Give one secret to its member, without what belongs to the next."""
        spot = self.members.at(proved.start)
        secret = proved.secret
        if proved.end > spot.end:
            secret = secret[: spot.end - proved.start] if not proved.coding else b""
            if len(secret) < _SHORTEST:
                return
        if spot.part == "outside":
            self.outside.append(hit(proved, "slack", proved.start, secret=secret, bare=self.bare))
        else:
            self._add(proved, spot, secret)

    def add_inside(self, at: int, found: Hit) -> None:
        """Give what a packed content holds, which begins at a byte of the stream, to its member."""
        spot = self.members.at(at)
        found = amid.placed(found, spot.offset if spot.entry >= 0 else at)
        if spot.part == "outside":
            self.outside.append(replace(found, where="slack"))
        else:
            self.hits[spot.entry].append(found)

    def fits(self, proved: Proved) -> bool:
        """Tell whether a rule speaks of the file that its secret is in."""
        spot = self.members.at(proved.start)
        path = b"" if spot.part == "outside" else self.members.entries.path(spot.entry)
        return is_place(proved.rule.paths, path)

    def _add(self, proved: Proved, spot: Spot, secret: bytes) -> None:
        where = "content" if spot.part == "content" else self._header(spot.entry, secret)
        found = hit(proved, where, spot.offset, secret=secret, bare=self.bare)
        hits = self.hits[spot.entry]
        if where == "content" or all(x.id != found.id or x.where != where for x in hits):
            hits.append(found)

    def _header(self, entry: int, secret: bytes) -> Where:
        entries = self.members.entries
        if secret in entries.path(entry):
            return "path"
        return "link" if secret in entries.links.get(entry) else "header"


def sieving(
    engine: Engine,
    version: str,
    allowance: Allowance | None = None,
    *,
    small: ByName = NOTHING,
    bare: bool = False,
) -> Sieving:
    """Return the sieve for one set of rules.

    Args:
        engine: made of the rules.
        version: digest of the rules.
        allowance: where those who look inside files say which they enter; None for nobody.
        small: rules for small files of known names.
        bare: keep the values themselves; such facts must not be stored.

    """
    begin = partial(_begin, engine, allowance, small, bare=bare)
    return Sieving(NAME, version, begin, inner.CLOSED)


def _begin(
    engine: Engine, allowance: Allowance | None, small: ByName, limits: Limits, *, bare: bool
) -> Sieve:
    return SecretSieve(engine, limits, bare, allowance or Allowance(), small)

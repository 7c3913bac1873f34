"""The sieve that looks for secrets in every byte of a layer, whatever member it is in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import partial

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets._prefer import clusters, preferred
from ocianalyze.detectors.secrets._prove import is_place
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import Hit, hit, pack
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.inside.inner import ARCHIVE_IN
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.sieve import Members, Sieve, Sieving, Sifted, Spot
from ocianalyze.limits import Limits
from ocianalyze.model.secret import Where

NAME = "secrets"
"""Key of what the sieve finds in `LayerFacts`."""
_NOT_ENTERED = frozenset(
    filetype.CODES[name]
    for name in (
        *("application/octet-stream", "text/plain", "application/json", "text/xml", "text/html"),
        *("application/x-mach-binary", "image/webp", "application/x-pem-file"),
    )
)
"""Types of files in which a zip archive is not looked for."""
_SHORTEST = 8
"""Bytes of a secret whose end belongs to something else."""


@dataclass(slots=True)
class SecretSieve:
    """Looks through one layer; what it finds is told by member when the layer is read."""

    engine: Engine
    limits: Limits
    bare: bool = False
    """Keep the values themselves."""
    _found: list[Proved] = field(default_factory=list)
    _beside: list[Proved] = field(default_factory=list)
    _search: Search = field(init=False)
    _aside: Search | None = None

    def __post_init__(self) -> None:
        """Begin with the stream; what lies beside it is rare."""
        self._search = Search(self.engine, path=None)

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
        if self._aside:
            self._keep(self._beside, self._aside.close())
        placed = _Placed(members, self.bare)
        fitting = (one for one in self._found if placed.fits(one))
        for one in _best(fitting):
            placed.add(one)
        beside = (one for one in self._beside if not one.rule.paths)
        outside = [*placed.outside, *map(self._off_stream, _best(beside))]
        found = {entry: pack(hits) for entry, hits in placed.hits.items()}
        notes = _closed(members, self._search.archives)
        return Sifted(found, pack(outside) if outside else b"", self._partial(), notes)

    def _keep(self, kept: list[Proved], more: list[Proved]) -> None:
        room = self.limits.layer_secrets + 1 - len(self._found) - len(self._beside)
        kept += more[:room]

    def _off_stream(self, proved: Proved) -> Hit:
        inner = "outside the compressed stream"
        secret = proved.secret
        return hit(proved, "slack", proved.start, secret=secret, inner=inner, bare=self.bare)

    def _partial(self) -> str:
        if len(self._found) + len(self._beside) > self.limits.layer_secrets:
            return f"limit layer_secrets ({self.limits.layer_secrets}) reached"
        searches = [one for one in (self._search, self._aside) if one]
        flooded = any(one.exhausted for one in searches)
        return "more beginnings of secrets than are looked at" if flooded else ""


def _best(found: Iterable[Proved]) -> Iterator[Proved]:
    """Yield the best rule's answer for bytes that several matched."""
    return (one for group in clusters(found) for one in preferred(group))


def _closed(members: Members, archives: Iterable[int]) -> dict[int, bytes]:
    """Return what tells of zip archives in files that nobody looks for one in."""
    closed: dict[int, dict[str, tuple[int, str]]] = {}
    for at in archives:
        spot = members.at(at)
        if spot.part == "content" and members.entries.file_type[spot.entry] in _NOT_ENTERED:
            inner.note(closed.setdefault(spot.entry, {}), "", ARCHIVE_IN)
    return {entry: inner.packed((), unread) for entry, unread in closed.items()}


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

    def fits(self, proved: Proved) -> bool:
        """Tell whether a rule speaks of the file that its secret is in."""
        spot = self.members.at(proved.start)
        path = b"" if spot.part == "outside" else self.members.entries.path(spot.entry)
        return is_place(proved.rule.paths, path)

    def _add(self, proved: Proved, spot: Spot, secret: bytes) -> None:
        where = "content" if spot.part == "content" else self._header(spot.entry, secret)
        found = hit(proved, where, proved.start - spot.start, secret=secret, bare=self.bare)
        hits = self.hits[spot.entry]
        if where == "content" or all(x.id != found.id or x.where != where for x in hits):
            hits.append(found)

    def _header(self, entry: int, secret: bytes) -> Where:
        entries = self.members.entries
        if secret in entries.path(entry):
            return "path"
        return "link" if secret in entries.links.get(entry) else "header"


def sieving(engine: Engine, version: str, *, bare: bool = False) -> Sieving:
    """Return the sieve for one set of rules.

    Args:
        engine: made of the rules.
        version: digest of the rules.
        bare: keep the values themselves; such facts must not be stored.

    """
    return Sieving(NAME, version, partial(_begin, engine, bare=bare), inner.NAME)


def _begin(engine: Engine, limits: Limits, *, bare: bool) -> Sieve:
    return SecretSieve(engine, limits, bare)

"""Secrets in what a source holds beside its images: blobs that nothing refers to, notes, indexes.

A document is looked at text by text, what is packed or a tar as a layer, anything else as a file.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from itertools import chain
from typing import NamedTuple

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets import encoded, names, small
from ocianalyze.detectors.secrets._identity import masked
from ocianalyze.detectors.secrets.documents import Document, read
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.gather import INSIDE, PACKED, by_name, hits_of
from ocianalyze.detectors.secrets.hits import Hit, hit, unpack
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.inside.inner import Unread
from ocianalyze.detectors.secrets.inside.recognise import HEAD, recognise
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.detectors.secrets.sieve import NAME
from ocianalyze.errors import OcianalyzeError
from ocianalyze.layers.attention import Attention
from ocianalyze.layers.headers import NO_HEADER
from ocianalyze.layers.observer import Seen
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import MIB
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.secret import Place, Where
from ocianalyze.sources._base import StoredFile

_LAYERS = frozenset({"gzip", "zstd", "xz", "bzip2", "tar"})
"""What is read as a layer; a skippable frame of zstd begins none that is worth it."""
_DOCUMENT = (b"{", b"[")
_PIECE = MIB
_FILE = 0o644


class Beside(NamedTuple):
    """What was found in there, and what was not looked at."""

    found: tuple[tuple[Hit, Place], ...] = ()
    unread: tuple[tuple[str, Unread], ...] = ()
    """By name of the file."""


NOTHING = Beside()


def read_beside(
    files: Iterable[StoredFile], engine: Engine, reading: Reading, *, bare: bool
) -> Beside:
    """Look at files while their source is open.

    Args:
        files: what no image is made of.
        engine: made of the rules.
        reading: with the observers and the sieve that look for secrets in layers.
        bare: keep the values themselves.

    """
    looking = _Looking(engine, reading, bare)
    end = time.monotonic() + reading.limits.layer_seconds
    late = f"limit layer_seconds ({reading.limits.layer_seconds:g}) reached"
    for file in files:
        if time.monotonic() > end:
            looking.tell(file, late)
            continue
        try:
            looking.take(file)
        except (OSError, OcianalyzeError) as error:
            looking.tell(file, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return Beside(tuple(looking.found), tuple(looking.unread()))


@dataclass(slots=True)
class _Looking:
    """What was found so far."""

    engine: Engine
    reading: Reading
    bare: bool
    found: list[tuple[Hit, Place]] = field(default_factory=list)
    _unread: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """By reason: how often, and file and place inside of the first."""

    def take(self, file: StoredFile) -> None:
        """Look at one file."""
        with file.blob.open() as stream:
            head = stream.read(HEAD)
        if recognise(head, b"") in _LAYERS:
            self._layer(file)
        elif not self._is_document(file, head):
            self._plain(file)

    def tell(self, file: StoredFile, reason: str, within: str = "", times: int = 1) -> None:
        """Count what is not looked at."""
        count, name, first = self._unread.get(reason, (0, file.name, within))
        self._unread[reason] = count + times, name, first

    def unread(self) -> Iterator[tuple[str, Unread]]:
        """Yield every reason once, with the first file that it was told of."""
        for reason, (times, name, within) in self._unread.items():
            yield self._shown(name), Unread(reason, times, within)

    def _layer(self, file: StoredFile) -> None:
        facts = read_layer(file.blob, self.reading)
        for entry, one, within in _of_layer(facts):
            path = facts.entries.path(entry).decode("utf-8", "replace") if entry >= 0 else ""
            self._keep(file, one, "!/".join(filter(None, (path, within))))
        is_limit = facts.partial.startswith("limit ")
        is_packed_file = facts.partial == NO_HEADER and facts.compression != "none"
        if facts.partial and not is_packed_file:
            self.tell(file, facts.partial if is_limit else f"is damaged ({facts.partial})")
        for seen in chain.from_iterable(
            facts.observations.get(x, ()) for x in (*inner.UNREAD, encoded.NAME, small.NAME)
        ):
            path = facts.entries.path(seen.entry).decode("utf-8", "replace")
            self._tell_inside(file, seen.value, path)
        if not len(facts.entries):
            self._inside(file)

    def _is_document(self, file: StoredFile, head: bytes) -> bool:
        """Look at a document; False for what is none."""
        limit = self.reading.limits.document_bytes
        if not head.lstrip().startswith(_DOCUMENT) or file.blob.size > limit:
            return False
        with file.blob.open() as stream:
            data = stream.read(limit)
        where: Where = "annotation" if _is_manifest(data) else "slack"
        notes: inner.Notes = {}
        for one in read(self.engine, Document(where, data), notes):
            found = hit(one.proved, where, one.offset, secret=one.secret, bare=self.bare)
            self._keep(file, found, pointer=one.pointer)
        for missed in inner.told(notes):
            self.tell(file, missed.reason, missed.inner, missed.times)
        return True

    def _plain(self, file: StoredFile) -> None:
        """Look at all bytes as they are, then inside."""
        search = Search(self.engine, file.name.encode("utf-8", "surrogateescape"))
        found = []
        with file.blob.open() as stream:
            while piece := stream.read(_PIECE):
                found += search.feed(piece)
        for one in (*found, *search.close()):
            self._keep(file, hit(one, "slack", one.start, secret=one.secret, bare=self.bare))
        if search.exhausted:
            self.tell(file, inner.TOO_MANY)
        self._inside(file)

    def _inside(self, file: StoredFile) -> None:
        """Show the file to whoever looks inside files of its kind."""
        attention = Attention(self.reading.limits, self.reading.observers)
        directory, _, base = file.name.encode("utf-8", "surrogateescape").rpartition(b"/")
        seen = Seen(b"/".join((directory, base)), file.blob.size, _FILE)
        with file.blob.open() as stream:
            piece = stream.read(_PIECE)
            head = piece[:HEAD].ljust(4, b"\0")
            taps = attention.open(
                attention.interested(directory, base, head), seen, memoryview(head)
            )
            while piece and any(tap.hungry for tap in taps):
                attention.feed(taps, piece)
                piece = stream.read(_PIECE)
        attention.close(taps, 0, whole=True)
        for name in (*PACKED, inner.NAME):
            for one in attention.observations.get(name, ()):
                self._keep_all(file, hits_of(name, one.value))
                if name in INSIDE:
                    self._tell_inside(file, one.value)

    def _keep_all(self, file: StoredFile, hits: Iterable[Hit]) -> None:
        for one in hits:
            self._keep(file, one, one.inner)

    def _tell_inside(self, file: StoredFile, value: bytes, path: str = "") -> None:
        for one in inner.unpacked(value).unread:
            within = "!/".join(filter(None, (path, one.inner)))
            self.tell(file, one.reason, within, one.times)

    def _keep(self, file: StoredFile, one: Hit, within: str = "", pointer: str = "") -> None:
        """Keep what was found, as far as it is bounded."""
        if len(self.found) >= self.reading.limits.layer_secrets:
            limit = self.reading.limits.layer_secrets
            self.tell(file, f"limit layer_secrets ({limit}) reached", within)
            return
        where: Where = "annotation" if pointer and one.where == "annotation" else "slack"
        place = Place(
            where=where,
            path=self._shown(file.name),
            inner=within,
            pointer=pointer,
            offset=one.offset,
            coding=one.coding,
        )
        self.found.append((replace(one, where=where), place))

    def _shown(self, name: str) -> str:
        """Return a name without the secrets in it."""
        for one in Search(self.engine).find(name.encode("utf-8", "surrogateescape")):
            secret = one.secret.decode("utf-8", "surrogateescape")
            name = name.replace(secret, masked(one.secret, one.rule))
        return name


def _of_layer(facts: LayerFacts) -> Iterator[tuple[int, Hit, str]]:
    """Yield what was found in a layer: the entry, or -1, the secret, and where in the entry."""
    speaking = set()
    for name in (*PACKED, inner.NAME):
        for seen in facts.observations.get(name, ()):
            for one in hits_of(name, seen.value):
                speaking.add(seen.entry)
                yield seen.entry, one, one.inner
    for seen in facts.observations.get(names.NAME, ()):
        if seen.entry not in speaking:
            yield seen.entry, by_name(seen.value.decode(), facts.entries.digest(seen.entry)), ""
    for one in unpack(facts.outside.get(NAME, b"[]")):
        yield -1, one, one.inner


def _is_manifest(data: bytes) -> bool:
    """Tell an index or a manifest, whose texts are annotations for the most part."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and isinstance(value.get("manifests", value.get("layers")), list)

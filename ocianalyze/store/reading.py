"""Facts of layers: kept ones where their bytes are proved, read ones otherwise."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from ocianalyze.dataclass import dataclass
from ocianalyze.limits import Limits
from ocianalyze.model.digest import ALGORITHMS, Digest
from ocianalyze.model.document import read_config
from ocianalyze.model.facts import LayerFacts
from ocianalyze.sources._base import Blob, StoredImage
from ocianalyze.store.local import Store
from ocianalyze.store.telling import Teller

if TYPE_CHECKING:
    from ocianalyze.layers.read import Reading


_OTHERS = ALGORITHMS - {"sha256"}


def blobs(image: StoredImage) -> list[Blob]:
    """Return the layers of an image that have bytes."""
    return [layer.blob for layer in image.layers if layer.blob is not None]


@dataclass(frozen=True, slots=True)
class Sought:
    """What is wanted of layers, and how they are read."""

    reading: "Callable[[], Reading]"
    """Called when a layer needs reading; making it may take long."""
    limits: Limits
    jobs: int = 0
    warn: Callable[[str], None] | None = None
    """Takes one line when the store does not work."""
    begun: Callable[[], None] = lambda: None
    """Called when other processes have begun to read, and this one has nothing to do."""


@dataclass(frozen=True, slots=True)
class _Promised:
    """What the documents of an image say of one blob."""

    digests: list[Digest] = field(default_factory=list)
    """By which facts of it may be kept."""
    others: set[str] = field(default_factory=set)
    """Algorithms beside sha256 by which it must be hashed."""


_Promises = dict[Blob, _Promised]
_Unread = dict[Blob, "Digest | None"]
"""Blobs, with the digest of those whose facts are kept."""


class Reader:
    """Facts of layers: kept ones where their bytes are proved, read ones otherwise."""

    def __init__(self, sought: Sought, store: Store | None, teller: Teller) -> None:
        """Hold nothing yet."""
        self._sought = sought
        self._store = store
        self._teller = teller
        self._held: dict[Blob, LayerFacts] = {}

    def read(self, image: StoredImage) -> list[LayerFacts | None]:
        """Return the facts of each layer, None for a layer without bytes."""
        promises = _promises(image, self._sought.limits)
        missing = [blob for blob in promises if not self._is_held(blob, promises[blob])]
        if missing:
            self._fetch(missing, promises)
        return [self._held[layer.blob] if layer.blob else None for layer in image.layers]

    def drop(self, blobs: Iterable[Blob]) -> None:
        """Forget facts that no later image needs."""
        for blob in blobs:
            self._held.pop(blob, None)

    def _is_held(self, blob: Blob, promised: _Promised) -> bool:
        """Tell whether facts are at hand, with every digest that is wanted."""
        held = self._held.get(blob)
        return held is not None and promised.others <= held.algorithms

    def _fetch(self, missing: Sequence[Blob], promises: _Promises) -> None:
        kept: dict[Blob, LayerFacts] = {}
        unread: _Unread = {}
        for blob in missing:
            facts, proved = self._kept(blob, promises[blob].digests)
            for known in filter(None, (facts, self._held.get(blob))):
                # Facts only gain: images that ask in turn cost no more readings than algorithms.
                promises[blob].others.update(known.algorithms)
            if facts is not None and facts.algorithms != promises[blob].others:
                facts = None
            if facts is not None and proved:
                self._held[blob] = facts
                self._teller.spare(blob)
                continue
            if facts is not None:
                kept[blob] = facts
            unread[blob] = facts.digest if facts else None
        for blob, facts in self._run(unread, promises):
            self._held[blob] = facts if facts is not None else kept[blob]
            self._keep(blob, facts, self._held[blob].digest)
        if self._store is not None and unread.keys() - kept.keys():
            self._store.prune(keep_bytes=self._sought.limits.store_bytes)
        self._warn()

    def _kept(self, blob: Blob, promised: Sequence[Digest]) -> tuple[LayerFacts | None, bool]:
        """Return kept facts, and whether these very bytes were hashed before."""
        if self._store is None:
            return None, False
        known = self._store.known(blob.identity)
        if known is not None and (facts := self._store.get(known)) is not None:
            return facts, True
        found = (self._store.get(digest) for digest in promised)
        return next((facts for facts in found if facts is not None), None), False

    def _run(
        self, unread: _Unread, promises: _Promises
    ) -> Iterator[tuple[Blob, LayerFacts | None]]:
        """Read blobs, those whose facts are kept only as far as proves them."""
        if not unread:
            return
        from ocianalyze.layers.workers import (  # noqa: PLC0415 - kept facts need none
            Task,
            read_layers,
        )

        order = list(unread)
        work = [Task(blob, unread[blob], tuple(sorted(promises[blob].others))) for blob in order]

        def tell(number: int, done: int) -> None:
            self._teller.read(order[number], done)

        sought = self._sought
        for number, facts in read_layers(work, sought.reading(), sought.jobs, tell, sought.begun):
            self._teller.done(order[number])
            yield order[number], facts

    def _keep(self, blob: Blob, facts: LayerFacts | None, digest: Digest) -> None:
        if self._store is None:
            return
        if facts is not None:
            self._store.put(facts)
        if blob.is_settled():
            self._store.remember(blob.identity, digest)

    def _warn(self) -> None:
        if self._store is not None and self._sought.warn is not None:
            for problem in self._store.problems:
                self._sought.warn(problem)
            self._store.problems.clear()


def _promises(image: StoredImage, limits: Limits) -> _Promises:
    """Return what descriptors and config say of each blob."""
    config = image.config and read_config(image.config.data, limits)[0]
    diff_ids = config.rootfs.diff_ids if config else []
    promises: _Promises = {}
    for index, layer in enumerate(image.layers):
        if layer.blob is not None:
            stored, raw = [layer.digest] if layer.digest else [], diff_ids[index : index + 1]
            promised = promises.setdefault(layer.blob, _Promised())
            promised.digests.extend(stored or raw)
            promised.others.update(one.algorithm for one in (*stored, *raw))
            promised.others.intersection_update(_OTHERS)
    return promises

"""Archives of Docker before 1.10: `repositories`, and for each layer `<id>/json`, `layer.tar`."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import field, replace
from itertools import chain as chained
from itertools import islice
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, MalformedImage, NotAnImage
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.document import load_object
from ocianalyze.model.fields import repetitions
from ocianalyze.sources import _v1
from ocianalyze.sources._base import (
    Archive,
    Contents,
    StoredArtifact,
    StoredDocument,
    StoredImage,
    StoredLayer,
)
from ocianalyze.sources._tree import Shelf

REPOSITORIES = "repositories"
_LAYER_DOCUMENT = re.compile(r"([0-9a-f]{64})/json")


def is_legacy(documents: Iterable[str]) -> bool:
    """Tell whether there are layer documents: an archive of images without names has only them."""
    return any(_LAYER_DOCUMENT.fullmatch(name) for name in documents)


def read_legacy(archive: Archive, place: str, limits: Limits) -> Contents:
    """Read every image that has a name; without names, every layer that is nobody's parent.

    Raises:
        MalformedImage: `repositories` cannot be read.
        NotAnImage: there is no image.

    """
    chains = _Chains(archive, Shelf(limits), place)
    anomalies: list[Anomaly] = []
    tops = _named(archive, place, limits, anomalies) or {top: [] for top in _tops(chains)}
    if not tops:
        what = f"{REPOSITORIES} names no images, and each layer is another's parent"
        raise NotAnImage(what, place=place)
    images: list[StoredImage] = []
    artifacts: list[StoredArtifact] = []
    for top, names in islice(tops.items(), limits.images):
        try:
            images.append(replace(_image(chains, top), names=tuple(names)))
        except (MalformedImage, LimitExceeded) as error:
            artifacts.append(StoredArtifact.unread(error, ", ".join(names) or top))
    if len(tops) > limits.images:
        more = LimitExceeded(f"more than {limits.images} images", limit="images")
        artifacts.append(StoredArtifact.unread(more, f"the rest of {REPOSITORIES}"))
    return Contents(tuple(images), tuple(artifacts), tuple(anomalies[: limits.anomalies]))


def _named(
    archive: Archive, place: str, limits: Limits, anomalies: list[Anomaly]
) -> dict[str, list[str]]:
    """Return the names of each top layer."""
    data = archive.read(REPOSITORIES, limits.document_bytes)
    if data is None:
        return {}
    table = load_object(data, limits, f"{place}: {REPOSITORIES}")
    anomalies += repetitions(table)
    found: dict[str, list[str]] = {}
    for name, top in _tags(table, anomalies):
        found.setdefault(top, []).append(name)
    return found


def _tags(table: dict[str, Any], anomalies: list[Anomaly]) -> Iterator[tuple[str, str]]:
    for repository, tags in table.items():
        if not isinstance(tags, dict):
            raise MalformedImage(f"{REPOSITORIES}: {repository:.100} has no tags")
        anomalies += repetitions(tags, f"/{repository:.80}")
        for tag, top in tags.items():
            if not isinstance(top, str):
                raise MalformedImage(f"{REPOSITORIES}: {repository:.100}:{tag:.100} names no layer")
            yield f"{repository}:{tag}", top


@dataclass(frozen=True, slots=True)
class _Link:
    """One layer of a chain, as far as all images above it need it."""

    parent: object
    step: bytes
    layer: StoredLayer
    anomalies: tuple[Anomaly, ...]


@dataclass(slots=True)
class _Chains:
    """The layers of one archive: thousands of images may share a thousand."""

    archive: Archive
    shelf: Shelf
    place: str
    _known: dict[str, _Link] = field(default_factory=dict)

    def document(self, layer: str, anomalies: list[Anomaly]) -> dict[str, Any]:
        """Return the document of a layer; how it may be read otherwise is added to `anomalies`.

        Raises:
            MalformedImage: it is absent, or no document.
            LimitExceeded: it is too large.

        """
        path = f"{layer}/json"
        blob = self.archive.find(path)
        if blob is None:
            raise MalformedImage(f"{path:.200} is not in the archive")
        data = self.shelf.read(path, blob, path)
        return _v1.layer_document(data, self.shelf.limits, anomalies, path)

    def link(self, layer: str) -> _Link:
        """Return what a layer adds to a chain.

        Raises:
            MalformedImage: as of `document`.
            LimitExceeded: as of `document`.

        """
        if layer not in self._known:
            odd: list[Anomaly] = []
            document = self.document(layer, odd)
            step = _v1.step_of(document)
            parent, stored = document.get("parent"), self.stored(layer)
            self._known[layer] = _Link(parent, step, stored, tuple(odd))
        return self._known[layer]

    def stored(self, layer: str) -> StoredLayer:
        """Return the bytes of a layer."""
        path = f"{layer}/layer.tar"
        blob = self.archive.find(path)
        return StoredLayer(
            blob=blob, absent="" if blob else "missing", place=f"{self.place}: {path}"
        )


def _tops(chains: _Chains) -> list[str]:
    """Return the layers that are nobody's parent, in the order of the archive."""
    matches = (_LAYER_DOCUMENT.fullmatch(name) for name in chains.archive.documents)
    layers = [match[1] for match in matches if match]
    parents = set()
    for layer in layers:
        with suppress(MalformedImage, LimitExceeded):
            parent = chains.link(layer).parent
            parents.add(parent if isinstance(parent, str) else "")
    return [layer for layer in layers if layer not in parents]


def _image(chains: _Chains, top: str) -> StoredImage:
    """Follow the parents of a layer; where the chain breaks, what is below it is missing.

    Raises:
        MalformedImage: the top layer has no document, or the chain is a loop.
        LimitExceeded: there are more layers than are allowed.

    """
    limits = chains.shelf.limits
    chain = {top: chains.link(top)}
    layers = [chain[top].layer]
    absent: list[Anomaly] = []
    while parent := chain[next(reversed(chain))].parent:
        if not isinstance(parent, str) or parent in chain:
            raise MalformedImage(f"parents of {top:.100} are a loop or no text")
        if len(chain) >= limits.image_layers:
            bound = limits.image_layers
            raise LimitExceeded(f"more than {bound} layers", limit="image_layers")
        try:
            chain[parent] = chains.link(parent)
        except MalformedImage as error:
            layers.append(chains.stored(parent))
            absent.append(Anomaly("image.layer-absent", error.summary))
            break
        layers.append(chain[parent].layer)
    place = f"{chains.place}: {top}/json"
    steps = (link.step for link in reversed(chain.values()))
    config = _v1.config_of(chains.document(top, []), steps)
    odd = (one for link in chain.values() for one in link.anomalies)
    anomalies = tuple(islice(chained(absent, odd), limits.anomalies))
    chains.shelf.spend(len(config), place)
    return StoredImage(
        (), tuple(layers[::-1]), config=StoredDocument(config, place=place), anomalies=anomalies
    )

"""Archives of Docker before 1.10: `repositories`, and for each layer `<id>/json`, `layer.tar`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from ocianalyze.errors import LimitExceeded, MalformedImage, NotAnImage
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.document import load_object
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
    shelf = Shelf(limits)
    tops = _named(archive, place, limits) or {top: [] for top in _tops(archive, shelf)}
    if not tops:
        what = f"{REPOSITORIES} names no images, and each layer is another's parent"
        raise NotAnImage(what, place=place)
    images: list[StoredImage] = []
    artifacts: list[StoredArtifact] = []
    for top, names in islice(tops.items(), limits.images):
        try:
            images.append(replace(_image(archive, shelf, top, place), names=tuple(names)))
        except (MalformedImage, LimitExceeded) as error:
            artifacts.append(StoredArtifact.unread(error, ", ".join(names) or top))
    if len(tops) > limits.images:
        more = LimitExceeded(f"more than {limits.images} images", limit="images")
        artifacts.append(StoredArtifact.unread(more, f"the rest of {REPOSITORIES}"))
    return Contents(tuple(images), tuple(artifacts))


def _named(archive: Archive, place: str, limits: Limits) -> dict[str, list[str]]:
    """Return the names of each top layer."""
    data = archive.read(REPOSITORIES, limits.document_bytes)
    if data is None:
        return {}
    table = load_object(data, limits, f"{place}: {REPOSITORIES}")
    found: dict[str, list[str]] = {}
    for name, top in _tags(table):
        found.setdefault(top, []).append(name)
    return found


def _tags(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for repository, tags in table.items():
        if not isinstance(tags, dict):
            raise MalformedImage(f"{REPOSITORIES}: {repository:.100} has no tags")
        for tag, top in tags.items():
            if not isinstance(top, str):
                raise MalformedImage(f"{REPOSITORIES}: {repository:.100}:{tag:.100} names no layer")
            yield f"{repository}:{tag}", top


def _tops(archive: Archive, shelf: Shelf) -> list[str]:
    """Return the layers that are nobody's parent, in the order of the archive."""
    matches = (_LAYER_DOCUMENT.fullmatch(name) for name in archive.documents)
    layers = [match[1] for match in matches if match]
    parents = set()
    for layer in layers:
        try:
            parents.add(_document(archive, shelf, layer).get("parent"))
        except (MalformedImage, LimitExceeded):
            continue
    return [layer for layer in layers if layer not in parents]


def _document(archive: Archive, shelf: Shelf, layer: str) -> dict[str, Any]:
    path = f"{layer}/json"
    blob = archive.find(path)
    if blob is None:
        raise MalformedImage(f"{path:.200} is not in the archive")
    return load_object(shelf.read(path, blob, path), shelf.limits, path)


def _image(archive: Archive, shelf: Shelf, top: str, place: str) -> StoredImage:
    """Follow the parents of a layer; where the chain breaks, what is below it is missing.

    Raises:
        MalformedImage: the top layer has no document, or the chain is a loop.
        LimitExceeded: there are more layers than are allowed.

    """
    documents = [_document(archive, shelf, top)]
    chain = [top]
    anomalies: tuple[Anomaly, ...] = ()
    while parent := documents[-1].get("parent"):
        if not isinstance(parent, str) or parent in chain:
            raise MalformedImage(f"parents of {top:.100} are a loop or no text")
        if len(chain) >= shelf.limits.image_layers:
            bound = shelf.limits.image_layers
            raise LimitExceeded(f"more than {bound} layers", limit="image_layers")
        chain.append(parent)
        try:
            documents.append(_document(archive, shelf, parent))
        except MalformedImage as error:
            anomalies = (Anomaly("image.layer-absent", error.summary),)
            break
    config = StoredDocument(_v1.config_of(documents), place=f"{place}: {top}/json")
    layers = tuple(_layer(archive, layer, place) for layer in reversed(chain))
    return StoredImage((), layers, config=config, anomalies=anomalies)


def _layer(archive: Archive, layer: str, place: str) -> StoredLayer:
    path = f"{layer}/layer.tar"
    blob = archive.find(path)
    return StoredLayer(blob=blob, absent="" if blob else "missing", place=f"{place}: {path}")

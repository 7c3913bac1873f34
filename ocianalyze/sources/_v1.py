"""Images of Docker before 1.10: one JSON document for each layer, chained by `parent`.

Two formats carry them: archives with a `repositories` file, and schema 1 manifests, whose
`history` holds the same documents as text. Both become a config as Docker itself converted them:
fields of the top document, a history of all, `container_config` only for what a step ran.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import load_object
from ocianalyze.model.fields import folded
from ocianalyze.model.oci import Descriptor, LayerDocument, Schema1
from ocianalyze.sources._base import StoredDocument, StoredImage, StoredLayer
from ocianalyze.sources._tree import BlobTree

_KEPT = ("architecture", "variant", "os", "os.version", "author", "created", "config")


def layer_document(
    data: bytes, limits: Limits, anomalies: list[Anomaly], place: str = ""
) -> dict[str, Any]:
    """Return the document of one layer; how it may be read otherwise is added to `anomalies`.

    Raises:
        MalformedImage: it is no JSON object.
        LimitExceeded: it is too large.

    """
    return folded(load_object(data, limits, place), LayerDocument, anomalies)


def config_of(top: dict[str, Any], steps: Iterable[bytes]) -> bytes:
    """Return a config made of the top layer's document and of all steps, the lowest first.

    It has no `rootfs`: the format promises no diff_id.
    """
    config = {name: top[name] for name in _KEPT if name in top}
    config["history"] = [orjson.Fragment(step) for step in steps]
    return orjson.dumps(config)


def step_of(document: dict[str, Any]) -> bytes:
    """Return the history entry of one layer's document."""
    step = {name: document[name] for name in ("created", "author", "comment") if document.get(name)}
    ran = document.get("container_config")
    command = ran.get("Cmd") if isinstance(ran, dict) else None
    if isinstance(command, list):
        step["created_by"] = " ".join(word for word in command if isinstance(word, str))
    if document.get("throwaway") is True:
        step["empty_layer"] = True
    return orjson.dumps(step)


def read_schema1(
    tree: BlobTree,
    document: StoredDocument,
    value: dict[str, Any],
    names: tuple[str, ...],
    limits: Limits,
) -> StoredImage:
    """Read a schema 1 manifest (distribution, "Image Manifest Version 2, Schema 1").

    Raises:
        MalformedImage: layers and history do not belong together.
        LimitExceeded: it has too many layers.

    """
    anomalies = [Anomaly("image.schema1", "no diff_ids to compare the layers with")]
    value = folded(value, Schema1, anomalies)
    blobs, history = value.get("fsLayers"), value.get("history")
    if not isinstance(blobs, list) or not isinstance(history, list) or not blobs:
        raise MalformedImage("schema 1 manifest without layers or history")
    if len(blobs) != len(history):
        raise MalformedImage(f"schema 1 manifest of {len(blobs)} layers, {len(history)} steps")
    if len(blobs) > limits.image_layers:
        what = f"manifest of more than {limits.image_layers} layers"
        raise LimitExceeded(what, limit="image_layers")
    documents = [_compatible(entry, limits, anomalies) for entry in history]
    steps = map(step_of, reversed(documents))
    stored = [
        _layer(tree, blob)
        for blob, step in zip(blobs, documents, strict=True)
        if step.get("throwaway") is not True
    ]
    return StoredImage(
        names=names or _own_name(value),
        layers=tuple(reversed(stored)),
        manifest=document,
        config=StoredDocument(config_of(documents[0], steps), place=f"{document.place}: /history"),
        anomalies=tuple(anomalies[: limits.anomalies]),
    )


def _own_name(value: dict[str, Any]) -> tuple[str, ...]:
    name, tag = value.get("name"), value.get("tag")
    return (f"{name}:{tag}",) if name and tag else ()


def _compatible(entry: object, limits: Limits, anomalies: list[Anomaly]) -> dict[str, Any]:
    text = entry.get("v1Compatibility") if isinstance(entry, dict) else None
    if not isinstance(text, str):
        raise MalformedImage("schema 1 manifest without v1Compatibility")
    return layer_document(text.encode("utf-8", "replace"), limits, anomalies)


def _layer(tree: BlobTree, entry: object) -> StoredLayer:
    digest = Digest.parse(entry.get("blobSum") if isinstance(entry, dict) else None)
    blob = tree.blob(Descriptor(digest=digest, size=0))
    absent = "" if blob else "missing"
    return StoredLayer(blob=blob, digest=digest, absent=absent, place=tree.where(digest))

"""Whether the bytes of an image are what its documents promise.

The chain: descriptor -> manifest -> config and layer digests and sizes -> diff_ids (image-spec
"Content Descriptors", section Verification; "Image Configuration", rootfs).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.model import media_type
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import ALGORITHMS, Digest
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.oci import ImageConfig
from ocianalyze.sources._base import StoredDocument, StoredImage, StoredLayer


@dataclass(slots=True)
class Integrity:
    """What was proved, what was disproved, and what could not be tried."""

    digests: int = 0
    """Digests of stored bytes that hold."""
    diff_ids: int = 0
    """Digests of uncompressed layers that hold."""
    untried: int = 0
    """Promises about bytes that are absent, cut, or digested by an unknown algorithm."""
    anomalies: list[tuple[int | None, Anomaly]] = field(default_factory=list)
    """Layer index or None, and what differs."""

    @property
    def failed(self) -> bool:
        """Tell that bytes differ from a promise."""
        return any(is_failure(odd) for _, odd in self.anomalies)


def is_failure(odd: Anomaly) -> bool:
    """Tell that bytes differ from a promise."""
    return odd.code.startswith("integrity.")


def verify(
    image: StoredImage, config: ImageConfig | None, facts: Sequence[LayerFacts | None]
) -> Integrity:
    """Compare every promise of an image with the bytes that were read."""
    found = Integrity()
    found.anomalies += [(None, odd) for odd in image.anomalies if is_failure(odd)]
    for name, document in (("manifest", image.manifest), ("config", image.config)):
        if document is not None:
            _document(found, name, document)
    for index, (layer, known) in enumerate(zip(image.layers, facts, strict=True)):
        _stored(found, index, layer, known)
    if config is None:
        found.untried += _lacks_config(image)
    elif config.rootfs.diff_ids or not _is_made_up(image):
        _diff_ids(found, config, facts)
    return found


def _lacks_config(image: StoredImage) -> bool:
    """Tell an image whose config is named but not to be had; a root filesystem names none."""
    return image.config is not None or any(
        odd.code == "image.config-absent" for odd in image.anomalies
    )


def _is_made_up(image: StoredImage) -> bool:
    """Tell a config that no digest names: formats of before Docker 1.10 promise no diff_id."""
    return image.config is not None and image.config.digest is None


def _document(found: Integrity, name: str, document: StoredDocument) -> None:
    code = f"integrity.{name}-digest"
    if document.size is not None and document.size != len(document.data):
        detail = f"{len(document.data)} bytes, promised {document.size}"
        found.anomalies.append((None, Anomaly(code, detail)))
    if document.digest is None:
        return
    actual = _digest(document.digest.algorithm, document.data)
    if actual is None:
        found.untried += 1
    elif actual == document.digest:
        found.digests += 1
    else:
        found.anomalies.append((None, Anomaly(code, f"{actual}, promised {document.digest}")))


def _digest(algorithm: str, data: bytes) -> str | None:
    if algorithm not in ALGORITHMS:
        return None
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def _stored(found: Integrity, index: int, layer: StoredLayer, known: LayerFacts | None) -> None:
    if known is None:
        found.untried += 1
        return
    if layer.size is not None and layer.size != known.size:
        detail = f"{known.size} bytes, promised {layer.size}"
        found.anomalies.append((index, Anomaly("integrity.blob-size", detail)))
    if layer.digest is not None:
        _blob_digest(found, index, layer.digest, known.digest_by(layer.digest.algorithm))
    promised = media_type.compression(layer.media_type)
    if promised is not None and promised != known.compression and known.size:
        detail = f"{known.compression}, media type says {promised}"
        found.anomalies.append((index, Anomaly("blob.media-type-lies", detail)))


def _blob_digest(found: Integrity, index: int, promised: Digest, actual: Digest | None) -> None:
    if actual is None:
        found.untried += 1
    elif actual == promised:
        found.digests += 1
    else:
        detail = f"{actual}, promised {promised}"
        found.anomalies.append((index, Anomaly("integrity.blob-digest", detail)))


def _diff_ids(found: Integrity, config: ImageConfig, facts: Sequence[LayerFacts | None]) -> None:
    diff_ids = config.rootfs.diff_ids
    if len(diff_ids) != len(facts):
        detail = f"{len(facts)} layers, config names {len(diff_ids)} diff_ids"
        found.anomalies.append((None, Anomaly("integrity.layer-count", detail)))
    for index, (promised, known) in enumerate(zip(diff_ids, facts, strict=False)):
        _diff_id(found, index, promised, known)


def _diff_id(found: Integrity, index: int, promised: Digest, known: LayerFacts | None) -> None:
    actual = known.diff_id_by(promised.algorithm) if known else None
    if known is None or actual is None:
        found.untried += 1
    elif actual == promised:
        found.diff_ids += 1
    elif _was_cut(known):
        found.untried += 1
    else:
        detail = f"{actual}, promised {promised}"
        found.anomalies.append((index, Anomaly("integrity.diff-id", detail)))


def _was_cut(known: LayerFacts) -> bool:
    """Tell that a limit of ours, not the bytes, ended decompression."""
    return any(odd.code == "blob.limit" for odd in known.anomalies) or (
        known.partial.startswith("limit layer_seconds")
    )


def layer_anomalies(
    image: StoredImage, facts: Sequence[LayerFacts | None]
) -> Iterator[tuple[int | None, Anomaly]]:
    """Yield what is odd about each layer, and which are absent or cut."""
    for index, (layer, known) in enumerate(zip(image.layers, facts, strict=True)):
        if known is None:
            encrypted = layer.absent.startswith("encrypted")
            code = "image.layer-encrypted" if encrypted else "image.layer-absent"
            yield index, Anomaly(code, layer.absent or "missing")
            continue
        for anomaly in known.anomalies:
            yield index, anomaly
        if known.anomalies_dropped:
            detail = f"{known.anomalies_dropped} more are not listed"
            yield index, Anomaly("image.more-findings", detail)
        if known.partial:
            yield index, Anomaly("image.layer-partial", known.partial)

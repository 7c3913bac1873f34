"""A manifest becomes a stored image, or an artifact with the reason why it is no image."""

from collections.abc import Iterator
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, MalformedImage, OcianalyzeError, SourceError
from ocianalyze.limits import Limits
from ocianalyze.model import media_type
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import load_object
from ocianalyze.model.fields import fold, folded, scalar
from ocianalyze.model.oci import Descriptor, Manifest, Platform
from ocianalyze.model.validated import validated
from ocianalyze.sources import _v1
from ocianalyze.sources._base import StoredArtifact, StoredDocument, StoredImage, StoredLayer
from ocianalyze.sources._tree import BlobTree

_EXCLUSIVE = (
    ("manifests", frozenset({"layers", "config", "fslayers"})),
    ("fslayers", frozenset({"layers", "config"})),
)
"""Members that no document has together: of an index, of Docker's schema 1, of a manifest."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the index says about a manifest."""

    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Shorter spellings of the names."""
    platform: Platform | None = None
    index_digest: Digest | None = None
    anomalies: tuple[Anomaly, ...] = ()
    """Of the indexes that list it."""

    @property
    def title(self) -> str:
        """The listed names, or the platform where there is none."""
        return ", ".join(self.names) or (str(self.platform) if self.platform else "")

    def artifact(
        self, reason: str, digest: Digest | None, kind: str, *, error: bool = False
    ) -> StoredArtifact:
        """Return what is listed as an artifact."""
        return StoredArtifact(self.title, digest, kind, reason, error)

    def unread(self, error: OcianalyzeError, digest: Digest | None, kind: str) -> StoredArtifact:
        """Return what is listed, and cannot be read, as an artifact."""
        return StoredArtifact.unread(error, self.title, digest, kind)


def read_manifest(
    tree: BlobTree, document: StoredDocument, listing: Listing, limits: Limits
) -> StoredImage | StoredArtifact:
    """Read a manifest; nothing in it makes the other images of the source unreadable."""
    try:
        value = load_object(document.data, limits, document.place)
        if is_schema1(value, document.media_type):
            return _v1.read_schema1(tree, document, value, listing.names, limits)
        return _image(tree, document, value, listing, limits)
    except (MalformedImage, LimitExceeded, SourceError) as error:
        return listing.unread(error, document.digest, document.media_type)


def is_schema1(value: dict[str, Any], kind: str) -> bool:
    """Tell a Docker schema 1 manifest."""
    if kind in {media_type.DOCKER_SCHEMA1, media_type.DOCKER_SCHEMA1_SIGNED}:
        return True
    return scalar(value, "schemaVersion") == 1 and "fslayers" in map(fold, value)


def lists_manifests(value: dict[str, Any]) -> bool:
    """Tell an index by its members."""
    names = set(map(fold, value))
    return "manifests" in names and "layers" not in names


def ambiguity(value: dict[str, Any], kind: str) -> Iterator[Anomaly]:
    """Yield why readers may take a document for something else (GHSA-77vh-xpmg-72qh).

    Args:
        value: a manifest or an index.
        kind: its media type as the descriptor says.

    """
    names = set(map(fold, value))
    for other, own in _EXCLUSIVE:
        if other in names and names & own:
            detail = f"has {other} beside {' and '.join(sorted(names & own))}"
            yield Anomaly("image.ambiguous-manifest", detail)
    stated = str(scalar(value, "mediaType"))
    for one, another in ((kind, stated), (stated, kind)):
        if one in media_type.INDEXES and another in media_type.MANIFESTS:
            detail = f"is {stated} by its own words, {kind} by its descriptor's"
            yield Anomaly("image.ambiguous-manifest", detail)


def _image(
    tree: BlobTree,
    document: StoredDocument,
    value: dict[str, Any],
    listing: Listing,
    limits: Limits,
) -> StoredImage | StoredArtifact:
    anomalies = [*ambiguity(value, document.media_type)]
    value = folded(value, Manifest, anomalies)
    if value.get("artifactType") and "config" not in value:
        # What registries and runtimes skip: the image-spec wants a config, if an empty one.
        kind = str(value["artifactType"])
        return listing.artifact(f"artifact of type {kind:.120}", document.digest, kind)
    manifest = parse_manifest(value, limits)
    reason = why_no_image(manifest)
    if reason:
        kind = manifest.artifact_type or manifest.config.media_type
        return listing.artifact(reason, document.digest, kind)
    config = _config(tree, manifest.config, anomalies)
    return StoredImage(
        names=listing.names,
        aliases=listing.aliases,
        layers=tuple(_layer(tree, layer) for layer in manifest.layers),
        manifest=document,
        config=config,
        platform=listing.platform,
        index_digest=listing.index_digest,
        anomalies=(*listing.anomalies, *anomalies[: limits.anomalies]),
    )


def parse_manifest(value: dict[str, Any], limits: Limits) -> Manifest:
    """Return a manifest.

    Raises:
        LimitExceeded: it has too many layers, or too much of something else.
        MalformedImage: it breaks the model.

    """
    layers = value.get("layers")
    if isinstance(layers, list) and len(layers) > limits.image_layers:
        what = f"manifest of more than {limits.image_layers} layers"
        raise LimitExceeded(what, limit="image_layers")
    return validated(Manifest, value, limits, "manifest")


def why_no_image(manifest: Manifest) -> str:
    """Return why a manifest describes no image; empty for an image.

    An image has a config of an image, and among its layers, if it has any, a filesystem layer:
    signatures and attestations carry the former without the latter.
    """
    kind = manifest.config.media_type
    if kind not in media_type.CONFIGS:
        return f"artifact of type {manifest.artifact_type or kind or 'unknown':.120}"
    if manifest.layers and not any(media_type.is_layer(x.media_type) for x in manifest.layers):
        return f"artifact with contents of type {manifest.layers[0].media_type or 'unknown':.120}"
    return ""


def _config(
    tree: BlobTree, descriptor: Descriptor, anomalies: list[Anomaly]
) -> StoredDocument | None:
    try:
        document = tree.document(descriptor)
    except (LimitExceeded, SourceError) as error:
        anomalies.append(Anomaly("image.config-absent", error.summary))
        return None
    if document is None:
        anomalies.append(Anomaly("image.config-absent", "the config is not in the source"))
    return document


def _layer(tree: BlobTree, descriptor: Descriptor) -> StoredLayer:
    kind = descriptor.media_type
    blob = None if media_type.is_encrypted(kind) else tree.blob(descriptor)
    absent = ""
    if blob is None:
        absent = (
            "encrypted"
            if media_type.is_encrypted(kind)
            else "foreign"
            if media_type.is_foreign(kind)
            else "missing"
        )
    return StoredLayer(
        blob=blob,
        digest=descriptor.digest,
        size=descriptor.size,
        media_type=kind,
        absent=absent,
        place=tree.where(descriptor.digest),
    )

"""What each media type of an image means (image-spec "Media Types"; Docker schema 2)."""

from typing import Literal

Compression = Literal["none", "gzip", "zstd", "xz", "bzip2"]

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
OCI_LAYER_NONDISTRIBUTABLE = "application/vnd.oci.image.layer.nondistributable.v1.tar"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json"
DOCKER_SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
DOCKER_FOREIGN_LAYER = "application/vnd.docker.image.rootfs.foreign.diff.tar"

INDEXES = frozenset({OCI_INDEX, DOCKER_LIST})
MANIFESTS = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
CONFIGS = frozenset({OCI_CONFIG, DOCKER_CONFIG})

_LAYERS = (OCI_LAYER, OCI_LAYER_NONDISTRIBUTABLE, DOCKER_LAYER, DOCKER_FOREIGN_LAYER)
_SUFFIXES: dict[str, Compression] = {
    "": "none",
    "gzip": "gzip",
    "zstd": "zstd",
    "xz": "xz",
    "bzip2": "bzip2",
}


def is_layer(media_type: str) -> bool:
    """Tell a filesystem layer from any other blob."""
    return media_type.startswith(_LAYERS)


def is_foreign(media_type: str) -> bool:
    """Tell a layer that its maker does not let registries distribute."""
    return media_type.startswith((OCI_LAYER_NONDISTRIBUTABLE, DOCKER_FOREIGN_LAYER))


def is_encrypted(media_type: str) -> bool:
    """Tell a layer encrypted by ocicrypt: its media type ends in `+encrypted`."""
    return media_type.endswith("+encrypted")


def compression(media_type: str) -> Compression | None:
    """Return the compression that a layer's media type promises; None when it promises nothing."""
    if not is_layer(media_type):
        return None
    _, _, suffix = media_type.removesuffix("+encrypted").partition(".tar")
    return _SUFFIXES.get(suffix.lstrip("+."))

"""Write an image as `docker save` does today: manifest.json beside an OCI image layout."""

from datetime import UTC, datetime

from testdata.archive import as_json, descriptor, digest, encoded, outer
from testdata.demo.layer import tar, with_parents
from testdata.demo.steps import BUILD_TIME, Step, run_config, steps

NAME, TAG = "team/shop", "1.4"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"


def archive() -> bytes:
    """Return the whole archive; the same recipe gives the same bytes on any machine."""
    build = steps()
    layers = [_layer(number, step) for number, step in enumerate(build) if step.members is not None]
    config = as_json(_config(build, layers))
    manifest = as_json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": descriptor(_CONFIG, config),
            "layers": [descriptor(_LAYER, layer) for layer in layers],
        }
    )
    blobs = {f"blobs/sha256/{encoded(blob)}": blob for blob in (*layers, config, manifest)}
    documents = {
        "index.json": as_json(_index(manifest)),
        "manifest.json": as_json([_docker_manifest(config, layers)]),
        "oci-layout": as_json({"imageLayoutVersion": "1.0.0"}),
        "repositories": as_json({NAME: {TAG: encoded(layers[-1])}}),
    }
    return outer(dict(sorted(blobs.items())) | documents, ("blobs", "blobs/sha256"))


def _layer(number: int, step: Step) -> bytes:
    return tar(with_parents(step.members or ()), BUILD_TIME + 60 * number)


def _config(build: tuple[Step, ...], layers: list[bytes]) -> dict[str, object]:
    return {
        "created": _time(len(build) - 1),
        "architecture": "amd64",
        "os": "linux",
        "config": run_config(),
        "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
        "history": [_history(number, step) for number, step in enumerate(build)],
    }


def _history(number: int, step: Step) -> dict[str, object]:
    entry: dict[str, object] = {
        "created": _time(number),
        "created_by": step.created_by,
        "comment": "buildkit.dockerfile.v0",
    }
    return entry if step.members is not None else {**entry, "empty_layer": True}


def _index(manifest: bytes) -> dict[str, object]:
    annotations = {
        "io.containerd.image.name": f"docker.io/{NAME}:{TAG}",
        "org.opencontainers.image.ref.name": TAG,
    }
    return {
        "schemaVersion": 2,
        "mediaType": _INDEX,
        "manifests": [{**descriptor(_MANIFEST, manifest), "annotations": annotations}],
    }


def _docker_manifest(config: bytes, layers: list[bytes]) -> dict[str, object]:
    return {
        "Config": f"blobs/sha256/{encoded(config)}",
        "RepoTags": [f"{NAME}:{TAG}"],
        "Layers": [f"blobs/sha256/{encoded(layer)}" for layer in layers],
        "LayerSources": {digest(layer): descriptor(_LAYER, layer) for layer in layers},
    }


def _time(number: int) -> str:
    return datetime.fromtimestamp(BUILD_TIME + 60 * number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Write an image as `docker save` does today: manifest.json beside an OCI image layout."""

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime

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
    config = _json(_config(build, layers))
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _descriptor(_CONFIG, config),
            "layers": [_descriptor(_LAYER, layer) for layer in layers],
        }
    )
    blobs = {f"blobs/sha256/{_hex(blob)}": blob for blob in (*layers, config, manifest)}
    documents = {
        "index.json": _json(_index(manifest)),
        "manifest.json": _json([_docker_manifest(config, layers)]),
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        "repositories": _json({NAME: {TAG: _hex(layers[-1])}}),
    }
    return _outer(dict(sorted(blobs.items())) | documents)


def _layer(number: int, step: Step) -> bytes:
    return tar(with_parents(step.members or ()), BUILD_TIME + 60 * number)


def _config(build: tuple[Step, ...], layers: list[bytes]) -> dict[str, object]:
    return {
        "created": _time(len(build) - 1),
        "architecture": "amd64",
        "os": "linux",
        "config": run_config(),
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer) for layer in layers]},
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
        "manifests": [{**_descriptor(_MANIFEST, manifest), "annotations": annotations}],
    }


def _docker_manifest(config: bytes, layers: list[bytes]) -> dict[str, object]:
    return {
        "Config": f"blobs/sha256/{_hex(config)}",
        "RepoTags": [f"{NAME}:{TAG}"],
        "Layers": [f"blobs/sha256/{_hex(layer)}" for layer in layers],
        "LayerSources": {_digest(layer): _descriptor(_LAYER, layer) for layer in layers},
    }


def _descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _outer(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as output:
        for name in ("blobs", "blobs/sha256"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            output.addfile(folder)
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(content), 0o644
            output.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


def _time(number: int) -> str:
    return datetime.fromtimestamp(BUILD_TIME + 60 * number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _hex(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


def _digest(blob: bytes) -> str:
    return f"sha256:{_hex(blob)}"

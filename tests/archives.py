"""One logical image written in every form that images are saved in; same input, same bytes.

`Image` is a list of uncompressed layer tars, a config and names. `docker_archive`,
`docker_legacy`, `docker_modern`, `oci_layout`, `oci_archive`, `directory` and `rootfs_archive`
each write it to a path and return that path. `files_*` give the members instead, for tests that
break one of them before `write_tar` or `write_folder`.
"""

import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import zstandard

Compression = Literal["none", "gzip", "zstd", "xz", "bzip2"]
Style = Literal["docker", "podman", "kaniko", "bazel"]
Files = dict[str, bytes]

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
_SUFFIX = {"none": "", "gzip": "+gzip", "zstd": "+zstd", "xz": "+xz", "bzip2": "+bzip2"}


@dataclass(frozen=True, slots=True)
class Image:
    """A logical image; what the config lacks is filled in by `config_bytes`."""

    layers: list[bytes]
    """Uncompressed tars, lowest first."""
    config: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    @property
    def config_bytes(self) -> bytes:
        """The config document: `architecture`, `os` and `rootfs` are added when absent."""
        filled = {
            "architecture": "amd64",
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in self.layers]},
        }
        return dump(filled | self.config)


@dataclass(frozen=True, slots=True)
class Link:
    """A member of a tar that points elsewhere."""

    target: str
    hard: bool = False


Member = bytes | Link | tuple[int, bytes] | None


def digest(data: bytes) -> str:
    """Return `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def dump(document: object) -> bytes:
    """Return JSON as bytes, keys in the order given."""
    return json.dumps(document, separators=(",", ":")).encode()


def compress(data: bytes, compression: Compression) -> bytes:
    """Compress without time stamps."""
    if compression == "gzip":
        return gzip.compress(data, mtime=0)
    if compression == "zstd":
        return zstandard.ZstdCompressor().compress(data)
    if compression == "xz":
        return lzma.compress(data)
    return bz2.compress(data) if compression == "bzip2" else data


def _info(name: str, member: Member) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name.rstrip("/"))
    mode, data = (0o644, member) if not isinstance(member, tuple) else member
    info.mode = mode
    if data is None:
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        return info, b""
    if isinstance(data, Link):
        info.type = tarfile.LNKTYPE if data.hard else tarfile.SYMTYPE
        info.linkname = data.target
        return info, b""
    info.size = len(data)
    return info, data


def tar(members: Mapping[str, Member]) -> bytes:
    """Return a tar: bytes or (mode, bytes) are files, `Link`s links, None directories."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, member in members.items():
            info, data = _info(name, member)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def write_tar(
    path: Path,
    files: Mapping[str, Member],
    *,
    outer: Compression = "none",
    prefix: str = "",
    directories: bool = False,
) -> Path:
    """Write members to one tar; `prefix` is put before each name, `directories` get members."""
    members: dict[str, Member] = {}
    for name, data in files.items():
        parents = name.split("/")[:-1] if directories else []
        for depth in range(len(parents)):
            members.setdefault(prefix + "/".join(parents[: depth + 1]) + "/", None)
        members[prefix + name] = data
    path.write_bytes(compress(tar(members), outer))
    return path


def write_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write members as files below a directory."""
    for name, data in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path


def repositories(images: Sequence[Image], tops: Sequence[str]) -> bytes:
    """Return the `repositories` document of old docker archives."""
    table: dict[str, dict[str, str]] = {}
    for image, top in zip(images, tops, strict=True):
        for name in image.names:
            repository, _, tag = name.rpartition(":")
            table.setdefault(repository, {})[tag] = top
    return dump(table)


def _layer_name(style: Style, data: bytes, compression: Compression) -> str:
    encoded = digest(data)[7:]
    if style == "docker":
        return f"{hashlib.sha256(b'id' + data).hexdigest()}/layer.tar"
    if style == "bazel":
        return f"{encoded}/layer.tar"
    return f"{encoded}.tar.gz" if compression == "gzip" else f"{encoded}.tar"


def files_docker(
    images: Sequence[Image], *, layers: Compression = "none", style: Style = "docker"
) -> dict[str, Member]:
    """Return the members of a classic docker archive: configs, layers, manifest.json.

    The styles differ in names: docker `<id>/layer.tar`, podman `<hex>.tar` with links from
    `<id>/layer.tar`, kaniko `sha256:<hex>` configs, bazel `<hex>/layer.tar`.
    """
    files: dict[str, Member] = {}
    entries = []
    for image in images:
        config = image.config_bytes
        encoded = digest(config)[7:]
        where = f"sha256:{encoded}" if style == "kaniko" else f"{encoded}.json"
        paths = []
        for layer in image.layers:
            stored = compress(layer, layers)
            paths.append(_layer_name(style, stored, layers))
            files[paths[-1]] = stored
            if style == "podman":
                files[f"{digest(stored)[9:]}00/layer.tar"] = Link(f"../{paths[-1]}")
        files[where] = config
        entries.append({"Config": where, "RepoTags": image.names or None, "Layers": paths})
    files["manifest.json"] = dump(entries)
    if style in {"docker", "podman"}:
        files["repositories"] = repositories(images, ["0" * 64] * len(images))
    return files


def docker_archive(
    path: Path,
    images: Sequence[Image],
    *,
    layers: Compression = "none",
    style: Style = "docker",
    outer: Compression = "none",
    prefix: str = "",
) -> Path:
    """Write a classic `docker save` archive, or the variant of another tool."""
    return write_tar(
        path, files_docker(images, layers=layers, style=style), outer=outer, prefix=prefix
    )


def files_legacy(images: Sequence[Image]) -> Files:
    """Return the members of an archive of Docker before 1.10: `repositories` and parent chains."""
    files: Files = {}
    tops = []
    for image in images:
        parent = ""
        for index, layer in enumerate(image.layers):
            own = hashlib.sha256(parent.encode() + layer).hexdigest()
            document: dict[str, Any] = {
                "id": own,
                "created": f"2015-01-0{index + 1}T00:00:00Z",
                "container_config": {"Cmd": ["/bin/sh", "-c", f"step {index}"], "User": "ignored"},
            }
            if parent:
                document["parent"] = parent
            if index == len(image.layers) - 1:
                document |= {"architecture": "amd64", "os": "linux"} | image.config
            files[f"{own}/VERSION"] = b"1.0"
            files[f"{own}/json"] = dump(document)
            files[f"{own}/layer.tar"] = layer
            parent = own
        tops.append(parent)
    files["repositories"] = repositories(images, tops)
    return files


def docker_legacy(
    path: Path, images: Sequence[Image], *, outer: Compression = "none", prefix: str = ""
) -> Path:
    """Write an archive of Docker before 1.10."""
    return write_tar(path, files_legacy(images), outer=outer, prefix=prefix)


@dataclass(frozen=True, slots=True)
class Layout:
    """How an OCI layout is furnished."""

    layers: Compression = "gzip"
    docker_types: bool = False
    """Docker media types inside the layout."""
    nested: int = 0
    """Indexes between `index.json` and the manifests."""
    attestation: bool = False
    """Each image gets a BuildKit attestation manifest beside it."""
    embed: bool = False
    """Configs are embedded as `data` and have no blob."""
    named: bool = True
    """Names are written as annotations."""


PLAIN = Layout()


def blob(files: Files, data: bytes, media_type: str, **fields: object) -> dict[str, Any]:
    """Store a blob and return its descriptor."""
    files[f"blobs/sha256/{digest(data)[7:]}"] = data
    return {"mediaType": media_type, "digest": digest(data), "size": len(data), **fields}


def _layer_type(options: Layout) -> str:
    if not options.docker_types:
        return f"{OCI}layer.v1.tar{_SUFFIX[options.layers]}"
    return f"{DOCKER}image.rootfs.diff.tar" + (".gzip" if options.layers == "gzip" else "")


def add_image(files: Files, image: Image, options: Layout = PLAIN) -> dict[str, Any]:
    """Store an image's blobs and return the descriptor of its manifest, with its platform."""
    docker = options.docker_types
    kind = f"{DOCKER}container.image.v1+json" if docker else f"{OCI}config.v1+json"
    config = blob(files, image.config_bytes, kind)
    if options.embed:
        del files[f"blobs/sha256/{config['digest'][7:]}"]
        config["data"] = base64.b64encode(image.config_bytes).decode()
    layers = [
        blob(files, compress(layer, options.layers), _layer_type(options)) for layer in image.layers
    ]
    kind = f"{DOCKER}distribution.manifest.v2+json" if docker else f"{OCI}manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers}
    facts = json.loads(image.config_bytes)
    platform = {name: facts[name] for name in ("architecture", "os", "variant") if name in facts}
    return blob(files, dump(manifest), kind, platform=platform)


def add_attestation(files: Files, about: str) -> dict[str, Any]:
    """Store a BuildKit attestation about a manifest and return its descriptor."""
    statement = dump({"_type": "https://in-toto.io/Statement/v0.1", "subject": []})
    layer = blob(files, statement, "application/vnd.in-toto+json")
    config = blob(files, dump({"architecture": "unknown", "os": "unknown"}), f"{OCI}config.v1+json")
    kind = f"{OCI}manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]}
    return blob(
        files,
        dump(manifest),
        kind,
        platform={"architecture": "unknown", "os": "unknown"},
        annotations={
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": about,
        },
    )


def add_index(
    files: Files, entries: Sequence[dict[str, Any]], *, docker: bool = False
) -> dict[str, Any]:
    """Store an index of descriptors and return its own descriptor."""
    kind = f"{DOCKER}distribution.manifest.list.v2+json" if docker else f"{OCI}index.v1+json"
    document = {"schemaVersion": 2, "mediaType": kind, "manifests": list(entries)}
    return blob(files, dump(document), kind)


def finish_layout(files: Files, entries: Sequence[dict[str, Any]]) -> Files:
    """Add `oci-layout` and `index.json`."""
    files["oci-layout"] = dump({"imageLayoutVersion": "1.0.0"})
    files["index.json"] = dump({"schemaVersion": 2, "manifests": list(entries)})
    return files


def files_oci(images: Sequence[Image], options: Layout = PLAIN) -> Files:
    """Return the members of an OCI layout; `index.json` is the last."""
    files: Files = {}
    entries = []
    for image in images:
        own = add_image(files, image, options)
        inner = [own, add_attestation(files, own["digest"])] if options.attestation else [own]
        for _ in range(options.nested):
            inner = [add_index(files, inner, docker=options.docker_types)]
        for name in (image.names if options.named else []) or [""]:
            notes = {"annotations": {"org.opencontainers.image.ref.name": name}} if name else {}
            entries += [inner[0] | notes, *inner[1:]]
    return finish_layout(files, entries)


def oci_layout(path: Path, images: Sequence[Image], options: Layout = PLAIN) -> Path:
    """Write an OCI layout as a directory."""
    return write_folder(path, files_oci(images, options))


def oci_archive(
    path: Path,
    images: Sequence[Image],
    options: Layout = PLAIN,
    *,
    outer: Compression = "none",
    prefix: str = "",
    directories: bool = False,
) -> Path:
    """Write an OCI layout as a tar."""
    files = files_oci(images, options)
    return write_tar(path, files, outer=outer, prefix=prefix, directories=directories)


def files_modern(images: Sequence[Image], options: Layout | None = None) -> Files:
    """Return the members of today's `docker save`: an OCI layout and manifest.json beside it."""
    options = options or Layout(layers="none")
    files = files_oci(images, options)
    entries = [
        {
            "Config": f"blobs/sha256/{digest(image.config_bytes)[7:]}",
            "RepoTags": image.names or None,
            "Layers": [
                f"blobs/sha256/{digest(compress(layer, options.layers))[7:]}"
                for layer in image.layers
            ],
        }
        for image in images
    ]
    return files | {"manifest.json": dump(entries)}


def docker_modern(
    path: Path,
    images: Sequence[Image],
    options: Layout | None = None,
    *,
    outer: Compression = "none",
    prefix: str = "",
) -> Path:
    """Write today's `docker save` archive."""
    return write_tar(path, files_modern(images, options), outer=outer, prefix=prefix)


def files_directory(image: Image, options: Layout = PLAIN) -> Files:
    """Return the files of skopeo's `dir:`."""
    files: Files = {}
    own = add_image(files, image, options)
    flat = {name.rpartition("/")[2]: data for name, data in files.items()}
    manifest = flat.pop(own["digest"][7:])
    return flat | {"manifest.json": manifest, "version": b"Directory Transport Version: 1.1\n"}


def directory(path: Path, image: Image, options: Layout = PLAIN) -> Path:
    """Write skopeo's `dir:`."""
    return write_folder(path, files_directory(image, options))


def rootfs_archive(path: Path, image: Image, *, outer: Compression = "none") -> Path:
    """Write the first layer as `docker export` would write a root filesystem."""
    path.write_bytes(compress(image.layers[0], outer))
    return path

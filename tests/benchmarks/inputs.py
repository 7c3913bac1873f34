"""The large image and the many files, from this machine's own /usr, and how images are kept."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from pathlib import Path

_LAYERS = 3
_TAG = "bench:1"
_LARGEST = 1_700_000_000
"""Raw bytes of the large image."""
_LARGEST_FILE = 1 << 24
MANY = 300_000
"""Files of four bytes in the many-files layer."""


def large(folder: Path) -> list[Path]:
    """Return three gzip layers of the machine's files, at most 1.7 GB raw."""
    made = [folder / f"large-{number}.tar" for number in range(_LAYERS)]
    if not all(path.exists() for path in made):
        _pack(made, list(_machine_files()))
    return gzipped(made)


def gzipped(layers: list[Path]) -> list[Path]:
    """Return layers as gzip, each beside the plain one."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_gzip, layers))


def _machine_files() -> Iterator[Path]:
    """Yield every second file of /usr up to the wanted size, in a stable order."""
    total = 0
    for number, path in enumerate(_walk("/usr")):
        size = path.lstat().st_size
        if number % 2 == 0 and size < _LARGEST_FILE:
            total += size
            yield path
        if total > _LARGEST:
            return


def _walk(top: str) -> Iterator[Path]:
    for where, folders, names in os.walk(top):
        folders.sort()
        paths = (Path(where, name) for name in sorted(names))
        yield from (path for path in paths if path.is_symlink() or path.is_file())


def _pack(made: list[Path], files: list[Path]) -> None:
    """Give each layer a stretch of the files, like steps that install one thing each."""
    sizes = list(accumulate(path.lstat().st_size for path in files))
    ends = [bisect_left(sizes, sizes[-1] * (n + 1) // len(made)) + 1 for n in range(len(made))]
    for path, start, end in zip(made, [0, *ends], ends, strict=False):
        names = "\0".join(str(file)[1:] for file in files[start:end])
        listing = names.encode("utf-8", "surrogateescape")
        command = ["tar", "-C", "/", "--no-recursion", "--null", "-T", "-", "-cf", str(path)]
        subprocess.run(command, input=listing, check=True, stderr=subprocess.DEVNULL)


def _gzip(path: Path) -> Path:
    made = path.with_suffix(".tar.gz")
    if not made.exists():
        partial = path.with_suffix(".partial")
        with path.open("rb") as source, gzip.GzipFile(partial, "wb", 6, mtime=0) as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
        partial.rename(made)
    return made


def many(folder: Path) -> Path:
    """Return one tar layer of 300,000 four-byte files in 300 directories."""
    made = folder / "many.tar"
    if not made.exists():
        partial = folder / "many.partial"
        with tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as archive:
            for number in range(MANY):
                info = tarfile.TarInfo(f"srv/d{number // 1000:03}/f{number:06}")
                info.size, info.mtime = 4, 1_700_000_000
                archive.addfile(info, io.BytesIO(b"%04d" % (number % 10_000)))
        partial.rename(made)
    return made


def oci_archive(path: Path, layers: list[Path], *, docker: bool = False) -> Path:
    """Write an OCI archive of gzip layers; with docker's list too, as `docker save` does today."""
    if path.exists():
        return path
    config = _config([_sha256(layer.with_suffix("")) for layer in layers])
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _descriptor(_hex(config), len(config), "config.v1+json"),
            "layers": [
                _descriptor(_sha256(layer), layer.stat().st_size, "layer.v1.tar+gzip")
                for layer in layers
            ],
        }
    ).encode()
    entry = _descriptor(_hex(manifest), len(manifest), "manifest.v1+json")
    index = json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()
    with tarfile.open(path, "w") as archive:
        _add(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _add(archive, "index.json", index)
        for document in (config, manifest):
            _add(archive, f"blobs/sha256/{_hex(document)}", document)
        names = [f"blobs/sha256/{_sha256(layer)}" for layer in layers]
        for layer, name in zip(layers, names, strict=True):
            archive.add(layer, name)
        if docker:
            listed = {"Config": f"blobs/sha256/{_hex(config)}", "RepoTags": [_TAG], "Layers": names}
            _add(archive, "manifest.json", json.dumps([listed]).encode())
    return path


def docker_archive(path: Path, layers: list[Path]) -> Path:
    """Write a docker archive of plain layers, as `docker save` did for years."""
    if path.exists():
        return path
    diff_ids = [_sha256(layer) for layer in layers]
    config = _config(diff_ids)
    name = _hex(config) + ".json"
    names = [f"{diff_id}/layer.tar" for diff_id in diff_ids]
    manifest = [{"Config": name, "RepoTags": [_TAG], "Layers": names}]
    with tarfile.open(path, "w") as archive:
        for member, layer in zip(names, layers, strict=True):
            archive.add(layer, member)
        _add(archive, name, config)
        _add(archive, "manifest.json", json.dumps(manifest).encode())
    return path


def _config(diff_ids: list[str]) -> bytes:
    history = [{"created_by": f"COPY part{number} /"} for number in range(len(diff_ids))]
    return json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["/usr/bin/true"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{d}" for d in diff_ids]},
            "history": history,
        }
    ).encode()


def _descriptor(encoded: str, size: int, kind: str) -> dict[str, object]:
    return {
        "mediaType": f"application/vnd.oci.image.{kind}",
        "digest": f"sha256:{encoded}",
        "size": size,
    }


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Images made to exhaust a reader: small to store, large to believe."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import archives
from tests.archives import Files, Image, Layout

LAYER = archives.tar({"etc/": None, "etc/passwd": b"root:x:0:0::/root:/bin/sh\n"})
PLAIN = Layout(layers="none")
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def _docker(path: Path, layers: list[bytes], listed: int, images: int = 1) -> Path:
    """Write a docker archive whose manifest.json repeats its layers and its images."""
    image = Image(layers, {"config": {"User": "app"}}, [])
    files = archives.files_docker([image])
    names = [name for name in files if name.endswith("layer.tar")]
    config = next(n for n in files if n.endswith(".json") and n != "manifest.json")
    entry = {"Config": config, "RepoTags": None, "Layers": (names * listed)[:listed]}
    files["manifest.json"] = archives.dump([entry] * images)
    return archives.write_tar(path, files, outer="gzip")


def odd_layer(entries: int) -> bytes:
    """Return a layer of which each entry is an anomaly with a long path."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for number in range(entries):
            info = tarfile.TarInfo(f"../../{'d' * 60}\x1b[31m/{number:06d}")
            archive.addfile(info)
    return out.getvalue()


def flat_layer(entries: int) -> bytes:
    """Return a layer of many empty files."""
    return archives.tar({f"d{number % 50}/{number:06d}": b"" for number in range(entries)})


def same_layer_500_times(path: Path) -> Path:
    """One small layer, over and over."""
    return _docker(path, [LAYER], 500)


def large_layer_500_times(path: Path) -> Path:
    """Two thousand entries, five hundred times."""
    return _docker(path, [flat_layer(2_000)], 500)


def ten_thousand_layers(path: Path) -> Path:
    """More than any runtime stacks."""
    return _docker(path, [LAYER], 10_000)


def odd_layer_1000_times(path: Path) -> Path:
    """A million anomalies, if each were told."""
    return _docker(path, [odd_layer(1_000)], 1_000)


def ten_thousand_images(path: Path) -> Path:
    """All the same, with twenty layers each."""
    return _docker(path, [LAYER], 20, 10_000)


def odd_layers_of_many_images(path: Path) -> Path:
    """Anomalies, layers and images multiplied."""
    return _docker(path, [odd_layer(1_000)], 10, 200)


def _layout(path: Path, index: dict[str, Any], files: Files | None = None) -> Path:
    """Write an OCI archive with this index."""
    members = dict(files or {})
    members["oci-layout"] = archives.dump({"imageLayoutVersion": "1.0.0"})
    members["index.json"] = archives.dump(index)
    return archives.write_tar(path, members, outer="gzip")


def millions_of_descriptors(path: Path) -> Path:
    """As many as fit into a document of eight megabytes."""
    return _layout(path, {"schemaVersion": 2, "manifests": [{}] * 2_500_000})


def many_malformed_descriptors(path: Path) -> Path:
    """As many as a document may have values."""
    return _layout(path, {"schemaVersion": 2, "manifests": [{"size": 1}] * 249_000})


def many_names_of_one_image(path: Path) -> Path:
    """A hundred thousand entries for one manifest."""
    files: Files = {}
    own = archives.add_image(files, Image([LAYER]), PLAIN)
    own.pop("platform")
    names = [
        {**own, "annotations": {"org.opencontainers.image.ref.name": str(n)}} for n in range(20)
    ]
    return _layout(path, {"schemaVersion": 2, "manifests": names * 1_400}, files)


def cyclic_indexes(path: Path) -> Path:
    """Two indexes that list each other: their digests are lies."""
    one, two = (f"sha256:{digit * 64}" for digit in "ab")
    files: Files = {}
    for own, other in ((one, two), (two, one)):
        entries = [{"mediaType": INDEX_TYPE, "digest": other, "size": 1}] * 50
        files[f"blobs/sha256/{own[7:]}"] = archives.dump({"schemaVersion": 2, "manifests": entries})
    entry = {"mediaType": INDEX_TYPE, "digest": one, "size": 1}
    return _layout(path, {"schemaVersion": 2, "manifests": [entry]}, files)


def exploding_indexes(path: Path) -> Path:
    """Each index lists the next one a hundred times: a hundred to the eighth in all."""
    files: Files = {}
    entry = archives.add_image(files, Image([LAYER]), PLAIN)
    for _ in range(7):
        entry = archives.blob(
            files, archives.dump({"schemaVersion": 2, "manifests": [entry] * 100}), INDEX_TYPE
        )
    return _layout(path, {"schemaVersion": 2, "manifests": [entry] * 100}, files)


def large_manifest(path: Path) -> Path:
    """Ten megabytes of annotation."""
    files: Files = {}
    archives.add_image(files, Image([LAYER]), PLAIN)
    data = archives.dump({"schemaVersion": 2, "annotations": {"x": "y" * 10_000_000}})
    entry = archives.blob(files, data, MANIFEST_TYPE)
    return _layout(path, {"schemaVersion": 2, "manifests": [entry]}, files)


def _with_config(path: Path, config: dict[str, Any]) -> Path:
    return archives.docker_archive(path, [Image([LAYER], config, ["app:1"])], outer="gzip")


def many_steps(path: Path) -> Path:
    """A history of sixty thousand steps, each with something to find."""
    step = {"created_by": "RUN apt-get update && chmod 4755 /x", "empty_layer": True}
    return _with_config(path, {"history": [step] * 60_000})


def long_step(path: Path) -> Path:
    """One build step of seven megabytes, and nothing but quotes and operators."""
    text = "RUN /bin/sh -c " + "a='$(b \"c\\\n && ' ; { ( [ <<EOF | " * 200_000
    return _with_config(path, {"history": [{"created_by": text}]})


def many_words(path: Path) -> Path:
    """Lists of the config as long as they get."""
    words = ["--word"] * 60_000
    return _with_config(path, {"config": {"Cmd": words, "Env": words, "Entrypoint": words}})


def deep_config(path: Path) -> Path:
    """Nested beyond any stack."""
    image = Image([LAYER], {}, ["app:1"])
    files = archives.files_docker([image])
    config = next(n for n in files if n.endswith(".json") and n != "manifest.json")
    files[config] = b'{"config":' + b'{"a":[' * 500_000
    return archives.write_tar(path, files, outer="gzip")


def many_files(path: Path) -> Path:
    """Fifty thousand set-id files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(50_000):
            info = tarfile.TarInfo(f"d{number % 100}/f{number}")
            info.mode = 0o6755
            archive.addfile(info)
    return archives.docker_archive(path, [Image([out.getvalue()], {}, ["app:1"])], outer="gzip")


def many_links(path: Path) -> Path:
    """Fifty thousand names of one set-id file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        first = tarfile.TarInfo("su")
        first.mode = 0o6755
        archive.addfile(first)
        for number in range(50_000):
            link = tarfile.TarInfo(f"d{number % 100}/f{number}")
            link.type, link.linkname = tarfile.LNKTYPE, "su"
            archive.addfile(link)
    return archives.docker_archive(path, [Image([out.getvalue()], {}, ["app:1"])], outer="gzip")


def many_whiteouts(path: Path) -> Path:
    """A thousand whiteouts of nothing, four hundred times."""
    whiteouts = archives.tar({f"d/.wh.{number:040d}": b"" for number in range(1_000)})
    return _docker(path, [whiteouts], 400)


CASES: dict[str, Callable[[Path], Path]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        same_layer_500_times,
        large_layer_500_times,
        ten_thousand_layers,
        odd_layer_1000_times,
        ten_thousand_images,
        odd_layers_of_many_images,
        millions_of_descriptors,
        many_malformed_descriptors,
        many_names_of_one_image,
        cyclic_indexes,
        exploding_indexes,
        large_manifest,
        many_steps,
        long_step,
        many_words,
        deep_config,
        many_files,
        many_links,
        many_whiteouts,
    )
}
"""By name."""

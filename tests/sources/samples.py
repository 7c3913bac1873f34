"""An image of two layers, another of one, and what a source says of either."""

from pathlib import Path

from ocianalyze.sources import open_source
from ocianalyze.sources._base import Blob, Contents
from tests import archives
from tests.archives import Image

LOWER = archives.tar({"etc/": None, "etc/os-release": b"ID=test\n", "bin/sh": (0o755, b"#!sh")})
UPPER = archives.tar({"app/": None, "app/main": (0o755, b"main"), "etc/.wh.os-release": b""})
IMAGE = Image([LOWER, UPPER], {"config": {"User": "app"}}, ["team/app:1.4"])
OTHER = Image([LOWER], {"config": {"User": "root"}, "architecture": "arm64"}, ["other:2"])


def contents(path: Path | str) -> Contents:
    """Open and read a source."""
    source, _ = open_source(str(path))
    with source:
        return source.contents()


def layers(path: Path, image: int = 0) -> list[bytes]:
    """Read the stored bytes of all layers of an image."""
    source, _ = open_source(str(path))
    with source:
        found = source.contents().images[image]
        return [read(layer.blob) for layer in found.layers]


def read(blob: Blob | None) -> bytes:
    """Read a blob whole."""
    assert blob is not None
    with blob.open() as file:
        return file.read()


def codes(path: Path | str) -> list[str]:
    """Return the anomalies of a source and of its images."""
    found = contents(path)
    anomalies = [*found.anomalies, *(a for image in found.images for a in image.anomalies)]
    return [anomaly.code for anomaly in anomalies]

"""An authority that no package brought fails; a changed bundle is left to people."""

from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import Layer, symlink

ROOT: Layer = {
    "var/lib/dpkg/status": b"Package: ca-certificates\nStatus: install ok installed\n"
    b"Version: 1\nArchitecture: all\n",
    "var/lib/dpkg/info/ca-certificates.list": b"/usr/share/ca-certificates/a.crt\n",
    "usr/share/ca-certificates/a.crt": b"a",
    "etc/ssl/certs/a.pem": symlink("/usr/share/ca-certificates/a.crt"),
    "etc/ssl/certs/ca-certificates.crt": b"a",
}

SAMPLES: Samples = {
    "ocia-private-ca-added": (
        passes(ROOT),
        fails(ROOT, {"usr/local/share/ca-certificates/house.crt": b"b"}),
        fails(ROOT, {"etc/pki/ca-trust/source/anchors/deep/house.pem": b"b"}),
        fails(ROOT, {"usr/share/ca-certificates/b.crt": b"b"}),
        review(ROOT, {"etc/ssl/certs/ca-certificates.crt": b"ab"}),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

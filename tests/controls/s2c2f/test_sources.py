"""Settings that switch verification off fail; without any package there is nothing to secure."""

from tests.controls.roots import STATUS
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
from tests.images import Layer

ROOT: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": STATUS,
    "etc/apt/sources.list": b"deb https://deb.example.org/debian bookworm main\n",
}
TRUSTED: Layer = {"etc/apt/sources.list": b"deb [trusted=yes] https://deb.example.org/debian x y\n"}
SAMPLES: Samples = {
    "s2c2f-ENF-1": (
        passes(ROOT),
        fails(ROOT, TRUSTED),
        fails(ROOT, config={"Env": ["PIP_TRUSTED_HOST=pypi.example.org"]}),
        fails({"etc/pip.conf": b"[global]\ntrusted-host = pypi.example.org\n"}),
        fails(ROOT, config={"Env": ["GONOSUMDB=example.org"]}),
        review({**ROOT, "etc/apk/repositories": b"http://example.org/v3\n"}),
        passes({**ROOT, **TRUSTED}, {"etc/apt/sources.list": ROOT["etc/apt/sources.list"]}),
        absent({"app": b"x"}),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
        unknown(ROOT, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

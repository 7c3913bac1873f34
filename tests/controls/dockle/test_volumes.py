"""Volumes at the kernel's directories fail; at the system's they are left to people."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.images import Layer

ROOT: Layer = {"app": b"x"}


def _at(*paths: str) -> dict[str, object]:
    return {"Volumes": {path: {} for path in paths}}


SAMPLES: Samples = {
    "dockle-DKL-DI-0002": (
        passes(ROOT),
        passes(ROOT, config=_at("/data", "/devices", "/var/lib/proc", "/etc/app")),
        *(fails(ROOT, config=_at("/data", x)) for x in ("/proc", "/sys/fs", "/dev/", "/", "//dev")),
        *(review(ROOT, config=_at(x)) for x in ("/etc", "/usr/", "/boot", "/lib")),
        unknown(ROOT, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

"""sudo, installed or used, fails."""

from tests.controls.roots import IMPORT, ROOT
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.images import File, Layer

ELF = b"\x7fELF\2\1\1" + bytes(57)
MARK = b"effective uid is not %d, is %s on a file system with the 'nosuid' option set\0"
SUDO: Layer = {"usr/bin/sudo": File(ELF + MARK, mode=0o4755)}
STEP = "RUN /bin/sh -c make # buildkit"
USED = "RUN /bin/sh -c sudo make # buildkit"
SAMPLES: Samples = {
    "dockle-DKL-DI-0001": (
        passes(ROOT, {"x": b""}, history=[IMPORT, STEP]),
        fails(ROOT, SUDO, history=[IMPORT, STEP], reason="sudo-present"),
        fails(ROOT, {"x": b""}, history=[IMPORT, USED], reason="sudo"),
        fails(SUDO),
        review(ROOT, {"usr/bin/sudo": File(ELF, mode=0o755)}, history=[IMPORT, STEP]),
        unknown(ROOT),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

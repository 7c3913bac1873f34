"""Static analysis: a user, COPY instead of ADD, versions."""

from tests.controls.roots import IMPORT, ROOT
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown

USER = {"User": "1000"}
SAMPLES: Samples = {
    "owasp-docker-9": (
        passes(ROOT, {"x": b""}, history=[IMPORT, "COPY x /x # buildkit"], config=USER),
        fails(ROOT, {"x": b""}, history=[IMPORT, "COPY x /x # buildkit"]),
        fails(ROOT, {"x": b""}, history=[IMPORT, "ADD x /x # buildkit"], config=USER),
        fails(ROOT, {"x": b""}, history=[IMPORT, "RUN /bin/sh -c pip install x"], config=USER),
        unknown(ROOT, config=USER),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

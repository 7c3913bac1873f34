"""Instructions of the author's: what is wrong fails, doubles are left to people."""

from tests.controls.roots import APKO, IMPORT, ROOT
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

COPY = "COPY x /x # buildkit"


def _made(*instructions: str) -> list[str | dict[str, object]]:
    empty = [{"created_by": text, "empty_layer": True} for text in instructions]
    return [IMPORT, {"created_by": 'CMD ["bash"]', "empty_layer": True}, COPY, *empty]


def _samples(wrong: tuple[str, ...], right: tuple[str, ...], bad: Sample) -> tuple[Sample, ...]:
    return (
        passes(ROOT, {"x": b""}, history=_made(*right)),
        Sample(bad.status, (ROOT, {"x": b""}), {"history": _made(*wrong)}),
        passes(ROOT, {"x": b""}, history=[*_made(*right)[:2], "RUN /bin/sh -c ./setup.sh"]),
        absent(ROOT, history=[APKO]),
        unknown(ROOT),
    )


SAMPLES: Samples = {
    "trivy-DS-0007": _samples(
        ('ENTRYPOINT ["/a"]', 'ENTRYPOINT ["/b"]'), ('ENTRYPOINT ["/a"]',), review()
    ),
    "trivy-DS-0016": _samples(('CMD ["a"]', 'CMD ["b"]'), ('CMD ["a"]',), review()),
    "trivy-DS-0023": _samples(
        ("HEALTHCHECK {[CMD a] 0s}", "HEALTHCHECK {[NONE] 0s}"), (), review()
    ),
    "trivy-DS-0009": _samples(("WORKDIR app",), ("WORKDIR /app",), fails()),
    "trivy-DS-0022": _samples(("MAINTAINER a",), ("LABEL maintainer=a",), fails()),
    "trivy-DS-0030": _samples(("WORKDIR /usr/bin",), ("WORKDIR /usr/src/app",), fails()),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_windows_paths_and_variables_are_absolute() -> None:
    for path in (r"C:\app", "$HOME", "${DIR}/x", '"/a b"'):
        holds("trivy-DS-0009", passes(ROOT, {"x": b""}, history=_made(f"WORKDIR {path}")))

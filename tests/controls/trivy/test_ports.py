"""Exposed ports are numbers that there are; a base is named by a version or a digest."""

import pytest

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown
from tests.images import Layer

ROOT: Layer = {"app": b"x"}
NAME = "org.opencontainers.image.base.name"


def _ports(*ports: str) -> dict[str, object]:
    return {"ExposedPorts": {port: {} for port in ports}}


def _base(name: str) -> dict[str, object]:
    return {"Labels": {NAME: name}}


SAMPLES: Samples = {
    "trivy-DS-0004": (
        passes(ROOT),
        passes(ROOT, config=_ports("2222/tcp")),
        fails(ROOT, config=_ports("80/tcp", "22/tcp")),
        fails(ROOT, config=_ports("20-25/tcp")),
        unknown(ROOT, has_config=False),
    ),
    "trivy-DS-0008": (
        passes(ROOT, config=_ports("1/tcp", "65535/udp", "53", "8000-8010/tcp")),
        unknown(ROOT, has_config=False),
        *(
            fails(ROOT, config=_ports(port))
            for port in ("0/tcp", "65536/tcp", "99999999/tcp", "http", "", "90-80/tcp", "-1")
        ),
    ),
    "trivy-DS-0001": (
        passes(ROOT, config=_base("docker.io/library/debian:12")),
        passes(ROOT, config=_base(f"debian:latest@sha256:{'0' * 64}")),
        passes(ROOT, config=_base("localhost:5000/debian:12")),
        fails(ROOT, config=_base("debian:latest")),
        fails(ROOT, config=_base("localhost:5000/debian")),
        unknown(ROOT, reason="base-unnamed"),
        unknown(ROOT, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("port", ["1/2~3", "\u202e22/tcp", "22" * 4000])
def test_hostile_ports_point_to_themselves(port: str) -> None:
    said = holds("trivy-DS-0008", fails(ROOT, config=_ports(port)))
    (told,) = said.evidence
    assert told.pointer.rpartition("ExposedPorts/")[2].replace("~1", "/").replace("~0", "~") == port

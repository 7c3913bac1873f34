"""What an image hints at of runtimes is out of scope, with evidence."""

import struct

import pytest

from ocianalyze.controls.catalogue import controls
from tests.controls.samples import Sample, Samples, hints, holds, obeys
from tests.images import File, Layer

CAPABLE: Layer = {
    "usr/bin/ping": File(
        b"\x7fELF",
        mode=0o755,
        xattrs={"security.capability": struct.pack("<IIIII", 2 << 24 | 1, 1 << 13, 0, 0, 0)},
    )
}
LABELLED = {"Labels": {"run": "docker run --privileged --net=host -v /etc:/host IMAGE"}}
PORTS: dict[str, dict[str, object]] = {"ExposedPorts": {"80/tcp": {}, "8080/tcp": {}}}
PLAIN: Layer = {"app": b"x"}
SAMPLES: Samples = {
    "k8s-pss-host-namespaces": (hints(PLAIN, config=LABELLED), hints(PLAIN)),
    "k8s-pss-privileged-containers": (hints(PLAIN, config=LABELLED),),
    "k8s-pss-capabilities-baseline": (hints(CAPABLE),),
    "k8s-pss-capabilities-restricted": (hints(CAPABLE, config=PORTS),),
    "k8s-pss-hostpath-volumes": (hints(PLAIN, config=LABELLED),),
    "k8s-pss-host-ports": (hints(PLAIN, config=PORTS),),
    "k8s-pss-privilege-escalation": (hints(CAPABLE),),
    "disa-stig-V-242414": (hints(PLAIN, config=PORTS),),
    "owasp-docker-1": (hints(PLAIN, config={"Volumes": {"/var/run/docker.sock": {}}}),),
    "owasp-docker-8": (hints(PLAIN, config={"Volumes": {"/data": {}}}),),
    "nist-800-190-4.4.3": (hints(PLAIN, config=LABELLED),),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_first_sample_shows_evidence(name: str) -> None:
    assert holds(name, SAMPLES[name][0]).evidence


def test_only_low_ports_are_privileged() -> None:
    (low,) = holds("disa-stig-V-242414", SAMPLES["disa-stig-V-242414"][0]).evidence
    assert low.pointer == "/config/ExposedPorts/80~1tcp"
    assert len(holds("k8s-pss-host-ports", SAMPLES["k8s-pss-host-ports"][0]).evidence) == 2


@pytest.mark.parametrize(
    "name",
    [
        "cis-kubernetes-5.2.2",
        "cis-kubernetes-5.2.6",
        "cis-kubernetes-5.2.8",
        "cis-kubernetes-5.2.9",
        "cis-kubernetes-5.2.12",
        "owasp-docker-3",
        "owasp-docker-4",
        "owasp-docker-5a",
        "nist-800-190-4.4.2",
        "disa-srg-SRG-APP-000142-CTR-000325",
        "disa-srg-SRG-APP-000142-CTR-000330",
        "disa-srg-SRG-APP-000383-CTR-000910",
    ],
)
def test_the_same_question_has_one_control(name: str) -> None:
    (control,) = [control for control, item in controls() if item and item.id == name]
    assert name in control.answers
    assert control.id in SAMPLES

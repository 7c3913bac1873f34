"""What an image hints is evidence; the status of what another party owns never changes."""

import struct

import pytest

from ocianalyze.controls.hints import rights
from ocianalyze.controls.items import recommendations
from ocianalyze.controls.ocia.tools import SHELLS
from ocianalyze.model.finding import Status
from tests.controls.samples import Sample, Samples, hints, holds, listed, obeys
from tests.images import File, Layer

ELF = b"\x7fELF\2\1\1" + bytes(57)
ROOT: Layer = {"etc/hostname": b"x"}
CAPABILITY = struct.pack("<IIIII", 2 << 24 | 1, 1 << 12, 0, 0, 0)

DASH = b"Package: dash\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"


def _program(path: str, text: bytes = b"") -> Layer:
    return {**ROOT, path: File(ELF + text + b"\0", mode=0o755)}


def _label(value: str, name: str = "run") -> dict[str, dict[str, str]]:
    return {"Labels": {name: value}}


TOLD: dict[str, list[tuple[Sample, str]]] = {
    "cis-docker-2.5": [
        (hints({"etc/docker/daemon.json": b"{}"}), "settings of an engine"),
        (hints({"etc/docker/daemon.json": b'{"insecure-registries": ["a"]}'}), "insecure"),
        (hints({"etc/containers/registries.conf": b"[[registry]]\ninsecure = true\n"}), "insecure"),
    ],
    "cis-docker-5.4": [
        (hints({"p": File(ELF, xattrs={"security.capability": CAPABILITY})}), "capabilities"),
        (hints(_program("usr/sbin/tcpdump")), "more capabilities"),
    ],
    "cis-docker-5.5": [
        (hints(ROOT, config=_label("docker run --privileged IMAGE")), "privileged"),
        (hints(_program("usr/bin/dockerd")), "container engine"),
        (hints(ROOT, config={"Cmd": ["/sbin/init"]}), "init system"),
    ],
    "cis-docker-5.6": [
        (hints(ROOT, config={"Volumes": {"/etc": {}}}), "volume at /etc"),
        (hints(ROOT, config=_label("docker run -v /var:/host IMAGE")), "mounts directories"),
    ],
    "cis-docker-5.7": [
        (hints(_program("usr/sbin/sshd")), "remote logins"),
        (hints({"root/.ssh/authorized_keys": b"x"}), "key of remote logins"),
        (hints(ROOT, config={"ExposedPorts": {"22/tcp": {}}}), "port 22"),
        (hints(ROOT, config={"Cmd": ["/usr/sbin/sshd", "-D"]}), "starts a server"),
    ],
    "cis-docker-5.8": [(hints(ROOT, config={"ExposedPorts": {"80/tcp": {}}}), "port 80")],
    "cis-docker-5.9": [(hints(ROOT, config={"ExposedPorts": {"8080/tcp": {}}}), "port 8080")],
    "cis-docker-5.10": [
        (hints(ROOT, config=_label("docker run --net=host IMAGE", "RUN")), "network"),
        (hints(ROOT, config=_label("podman run --network host IMAGE")), "network"),
    ],
    "cis-docker-5.13": [
        (hints(ROOT, config={"Volumes": {"/data": {}}}), "/data"),
        (hints({"srv": File(kind="d", mode=0o755, uid=9)}, config={"User": "9"}), "owned by"),
    ],
    "cis-docker-5.16": [(hints(ROOT, config=_label("docker run --pid=host IMAGE")), "processes")],
    "cis-docker-5.17": [(hints(ROOT, config=_label("docker run --ipc=host IMAGE")), "IPC")],
    "cis-docker-5.18": [
        (hints({"dev/sda": File(kind="b")}), "block device"),
        (hints(ROOT, config={"Volumes": {"/dev": {}}}), "/dev"),
    ],
    "cis-docker-5.23": [
        (hints(ROOT), "no shell"),
        (hints(_program("bin/bash", b"GNU bash, version %s")), "a shell"),
        (hints(_program("bin/bash")), "a shell that exec can start: bash (name-only)"),
        (hints({"var/lib/dpkg/status": DASH}), "a shell that exec can start: package dash 1"),
    ],
    "cis-docker-5.24": [(hints(ROOT), "no shell")],
    "cis-docker-5.26": [
        (hints(ROOT), "takes nothing away"),
        (hints({"bin/su": File(ELF, mode=0o4755)}), "/bin/su would lose its rights: mode 4755"),
        (hints({"p": File(ELF, xattrs={"security.capability": CAPABILITY})}), "/p would lose"),
    ],
    "cis-docker-5.27": [
        (hints(ROOT, config={"Healthcheck": {"Test": ["CMD", "/x"]}}), "health check"),
    ],
    "cis-docker-5.28": [
        (hints(ROOT, history=[{"created_by": "RUN x", "created": "2024-01-02T00:00:00Z"}]),
         "2024-01-02"),
    ],
    "cis-docker-5.31": [(hints({"x": File(b"x", uid=70_000)}), "uid 70000")],
    "cis-docker-5.32": [
        (hints(_program("usr/bin/docker")), "client"),
        (hints(ROOT, config={"Env": ["DOCKER_HOST=unix:///x"]}), "DOCKER_HOST"),
        (hints(ROOT, config={"Volumes": {"/var/run/docker.sock": {}}}), "docker.sock"),
    ],
}  # fmt: skip
"""By control: an image, and what its first hint says."""

SAMPLES: Samples = {name: [sample for sample, _ in found] for name, found in TOLD.items()}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("name", TOLD)
def test_a_hint_is_told_and_never_judged(name: str) -> None:
    for sample, words in TOLD[name]:
        verdict = holds(name, sample)
        assert words in verdict.evidence[0].detail
        assert {x.severity for x in verdict.evidence} <= {"info", "high", "medium"}


@pytest.mark.parametrize("name", TOLD)
def test_an_image_that_holds_nothing_hints_at_nothing_wrong(name: str) -> None:
    """All that can be said of it is what it lacks."""
    evidence = holds(name, hints(ROOT, config={"User": "9"})).evidence
    assert all(x.detail.startswith("no ") for x in evidence)


@pytest.mark.parametrize("name", ["cis-docker-5.23", "cis-docker-5.24", "cis-docker-5.26"])
@pytest.mark.parametrize("about", [{"os": "windows"}, {}], ids=["windows", "unread"])
def test_what_could_not_be_seen_is_not_said_to_be_absent(name: str, about: dict[str, str]) -> None:
    layers = (ROOT,) if about else (ROOT, None)
    assert not holds(name, hints(*layers, **about)).evidence


def test_the_hint_of_shells_and_the_control_agree() -> None:
    samples = (ROOT, _program("bin/bash"), _program("usr/bin/x", b"GNU bash, version %s"))
    for layer in samples:
        view = hints(layer).view()
        said = SHELLS.evaluate(view)
        told = [x for x in rights.shells(view) if x.path]
        assert [x.path for x in told] == [x.path for x in said.evidence]
        assert (said.status is Status.PASS) == (not told)


def test_a_long_path_is_told_by_its_end() -> None:
    long = f"{'d' * 80}/su"
    (told,) = holds("cis-docker-5.26", hints({long: File(ELF, mode=0o4755)})).evidence
    assert told.detail.startswith("...d")
    assert "/su would lose" in told.detail
    assert told.path == long


def test_hints_are_of_items_that_others_own() -> None:
    rows = recommendations()
    assert {rows[name].include for name in TOLD} == {"hint"}
    for name in TOLD:
        assert rows[name].owner in listed(name)[0].limits

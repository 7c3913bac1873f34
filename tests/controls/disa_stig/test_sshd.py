"""A server of SSH fails by content and by package; its traces are left to people."""

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
from tests.images import File, Layer

ELF = b"\x7fELF\2\1\1" + bytes(57)
DROPBEAR = File(ELF + b"Dropbear server v%s https://example.org\0", mode=0o755)


def _dpkg(name: str) -> Layer:
    status = f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
    return {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": status.encode()}


ROOT = _dpkg("openssh-client")
SAMPLES: Samples = {
    "disa-stig-V-235803": (
        passes(ROOT),
        passes({"etc/ssh/sshd_config": b"Port 22\n"}),
        passes(_dpkg("dropbear-doc")),
        fails({"usr/sbin/dropbear": DROPBEAR}, reason="sshd-present"),
        fails({"opt/.hidden": DROPBEAR}, reason="sshd-present"),
        fails(_dpkg("openssh-server")),
        review({"usr/sbin/sshd": File(ELF, mode=0o755)}, reason="sshd-traces"),
        review(ROOT, config={"ExposedPorts": {"22/tcp": {}}}),
        review({"root/.ssh/authorized_keys": b"ssh-ed25519 AAAA made-up"}),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
        unknown(ROOT, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

"""Modes and owners of the files that the benchmark names."""

import pytest

from ocianalyze.controls.cis_debian_12.modes import CONTROLS
from ocianalyze.model.finding import Status
from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer, directory, symlink

GROUP = b"root:x:0:\nshadow:x:42:\n"
RED_HAT: Layer = {"etc/os-release": b"ID=rocky\nID_LIKE='rhel centos fedora'\n"}
SSHD: Layer = {"usr/sbin/sshd": File(b"\x7fELF", mode=0o755)}
CRON: Layer = {"usr/sbin/cron": File(b"\x7fELF", mode=0o755)}
PLAIN = {
    "1.6.4": "etc/motd",
    "1.6.5": "etc/issue",
    "1.6.6": "etc/issue.net",
    "7.1.1": "etc/passwd",
    "7.1.2": "etc/passwd-",
    "7.1.3": "etc/group",
    "7.1.4": "etc/group-",
    "7.1.9": "etc/shells",
}
SHADOWS = {
    "7.1.5": "etc/shadow",
    "7.1.6": "etc/shadow-",
    "7.1.7": "etc/gshadow",
    "7.1.8": "etc/gshadow-",
}
CRON_DIRECTORIES = {
    "2.4.1.3": "etc/cron.hourly",
    "2.4.1.4": "etc/cron.daily",
    "2.4.1.5": "etc/cron.weekly",
    "2.4.1.6": "etc/cron.monthly",
    "2.4.1.7": "etc/cron.d",
}
KEY = "etc/ssh/ssh_host_rsa_key"


def _plain(path: str) -> tuple[Sample, ...]:
    return (
        passes({path: b"x"}),
        passes({path: File(b"x", mode=0o400)}),
        fails({path: File(b"x", mode=0o664)}),
        fails({path: File(b"x", uid=1)}),
        fails({path: File(b"x", gid=1)}),
        fails({path: File(b"x", mode=0o4644)}),
        fails({path: symlink("elsewhere"), "etc/elsewhere": File(b"x", mode=0o666)}),
        passes({path: File(b"x", mode=0o666)}, {path: b"x"}),
        absent({"app": b"x"}, reason="file-absent"),
        absent({path: symlink("nowhere")}, reason="file-absent"),
        absent({path: b"x"}, os="windows"),
        unknown({path: b"x"}, None),
        unknown({path: directory()}, reason="not-a-file"),
    )


def _shadow(path: str) -> tuple[Sample, ...]:
    return (
        passes({path: File(b"x", mode=0o640, gid=42), "etc/group": GROUP}),
        passes({path: File(b"x", mode=0o600), "etc/group": GROUP}),
        passes({path: File(b"x", mode=0o640, gid=15), "etc/group": b"shadow:x:15:\n"}),
        passes({path: File(b"x", mode=0o640, gid=42)}),
        passes({**RED_HAT, path: File(b"x", mode=0o000), "etc/group": b"root:x:0:\n"}),
        fails({**RED_HAT, path: File(b"x", mode=0o640), "etc/group": b"root:x:0:\n"}),
        fails({path: File(b"x", mode=0o644, gid=42), "etc/group": GROUP}),
        fails({path: File(b"x", mode=0o640, gid=42), "etc/group": b"root:x:0:\nsftp:x:42:\n"}),
        fails({path: File(b"x", mode=0o660, gid=42), "etc/group": GROUP}),
        unknown({path: File(b"x", mode=0o640), "etc/group": b"#" * (1 << 20) + b"#"}),
        absent({"etc/group": GROUP}),
    )


SAMPLES: Samples = {
    **{f"cis-debian-12-{number}": _plain(path) for number, path in PLAIN.items()},
    **{f"cis-debian-12-{number}": _shadow(path) for number, path in SHADOWS.items()},
    **{
        f"cis-debian-12-{number}": (
            passes({**CRON, path: directory(0o700)}),
            fails({**CRON, path: directory(0o755)}),
            absent({path: directory(0o755)}, reason="program-absent"),
            unknown({**CRON, path: b"a file"}, reason="not-a-file"),
        )
        for number, path in CRON_DIRECTORIES.items()
    },
    "cis-debian-12-2.4.1.2": (
        passes({**CRON, "etc/crontab": File(b"x", mode=0o600)}),
        fails({**CRON, "etc/crontab": b"x"}),
        absent({"etc/crontab": b"x"}),
    ),
    "cis-debian-12-5.1.1": (
        passes({**SSHD, "etc/ssh/sshd_config": File(b"x", mode=0o600)}),
        fails({**SSHD, "etc/ssh/sshd_config": b"x"}),
        fails(
            {
                **SSHD,
                "etc/ssh/sshd_config": File(b"x", mode=0o600),
                "etc/ssh/sshd_config.d/50-x.conf": b"x",
            }
        ),
        absent({"etc/ssh/sshd_config": b"x"}, reason="program-absent"),
    ),
    "cis-debian-12-5.1.2": (
        passes({**SSHD, KEY: File(b"x", mode=0o600)}),
        passes({**SSHD, KEY: File(b"x", mode=0o640, gid=9), "etc/group": b"ssh_keys:x:9:\n"}),
        fails({**SSHD, KEY: File(b"x", mode=0o640)}),
        fails({**SSHD, KEY: File(b"x", mode=0o640, gid=8), "etc/group": b"ssh_keys:x:9:\n"}),
        absent({**SSHD, f"{KEY}.pub": b"x"}),
    ),
    "cis-debian-12-5.1.3": (
        passes({**SSHD, f"{KEY}.pub": b"x"}),
        fails({**SSHD, f"{KEY}.pub": File(b"x", mode=0o666)}),
        absent({**SSHD, KEY: b"x"}),
    ),
    "cis-debian-12-7.1.10": (
        passes({"etc/security/opasswd": File(b"", mode=0o600)}),
        fails({"etc/security/opasswd": b""}),
        fails({"etc/security/opasswd.old": b"x"}),
        absent({"app": b"x"}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_every_row_has_samples() -> None:
    assert {control.id for control in CONTROLS} == SAMPLES.keys()


@pytest.mark.parametrize(
    ("mode", "uid", "severity"),
    [(0o642, 0, "critical"), (0o644, 0, "high"), (0o660, 0, "medium"), (0o640, 7, "critical")],
)
def test_a_shadow_file_weighs_by_who_gains(mode: int, uid: int, severity: str) -> None:
    sample = fails({"etc/shadow": File(b"x", mode=mode, uid=uid), "etc/group": GROUP})
    verdict = holds("cis-debian-12-7.1.5", sample)
    assert verdict.status is Status.FAIL
    assert verdict.evidence[0].severity == severity

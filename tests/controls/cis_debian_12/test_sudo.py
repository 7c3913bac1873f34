"""Rules of sudo and doas: only those that are in force count."""

from ocianalyze.controls.cis_debian_12.sudo import CONTROLS
from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer

SUDO: Layer = {"usr/bin/sudo": File(b"\x7fELF", mode=0o4755)}
DOAS: Layer = {"usr/bin/doas": File(b"\x7fELF", mode=0o4755)}
PLAIN = b"""# NOPASSWD: nobody
Defaults env_reset
root ALL=(ALL:ALL) ALL
%wheel ALL=(ALL) ALL # NOPASSWD: not
@includedir /etc/sudoers.d
"""
FREE = b"app ALL=(ALL) NOPASSWD: ALL\n"
OPEN = b"Defaults:app !authenticate\n"
BIG = b"#" * (1 << 20) + b"#"


def rules(content: bytes, **more: bytes) -> Layer:
    extra = {f"etc/sudoers.d/{name.replace('_', '-')}": text for name, text in more.items()}
    return {**SUDO, "etc/sudoers": content, **extra}


def named(name: str, content: bytes, main: bytes = PLAIN) -> Layer:
    return {**SUDO, "etc/sudoers": main, f"etc/sudoers.d/{name}": content}


def both(bad: bytes) -> tuple[Sample, ...]:
    return (
        passes(rules(PLAIN)),
        fails(rules(bad)),
        fails(named("90-app", bad)),
        fails(named("90-app", bad, PLAIN.replace(b"@include", b"#include"))),
        fails({"usr/etc/sudoers": bad}),
        fails(rules(bad.replace(b" ", b" \\\n", 1))),
        passes(named("90-app.dpkg-old", bad)),
        passes(named("90-app~", bad)),
        passes(named("90-app", bad, b"root ALL=(ALL) ALL\n")),
        passes(rules(b"#" + bad)),
        passes(rules(bad), {"etc/sudoers": PLAIN}),
        absent({"app": b"x"}, reason="no-sudoers"),
        absent(rules(bad), os="windows"),
        unknown(rules(PLAIN), None),
        unknown(rules(BIG), reason="file-unread"),
        unknown(named("big", BIG), reason="file-unread"),
        unknown(rules(b"@include /srv/rules\n", x=b""), {"srv/rules": b"x"}, reason="file-unread"),
        passes(rules(b"@include /etc/sudoers\n")),
    )


SAMPLES: Samples = {
    "cis-debian-12-5.2.4": (
        *both(FREE),
        fails(rules(b"%sudo ALL=(ALL) SETENV: NOPASSWD : /bin/x\n")),
        fails(rules(b"#1000 ALL=(ALL) NOPASSWD: ALL\n")),
        fails({**DOAS, "etc/doas.conf": b"permit nopass :wheel\n"}),
        fails({**DOAS, "etc/doas.d/x.conf": b"permit nopass keepenv app\n"}),
        passes({**DOAS, "etc/doas.conf": b"# permit nopass x\npermit persist :wheel\n"}),
    ),
    "cis-debian-12-5.2.5": (*both(OPEN), fails(rules(b"Defaults ! authenticate\n"))),
    "cis-debian-12-5.2.2": (
        passes(rules(b"Defaults use_pty\n")),
        passes(rules(b"Defaults env_reset, use_pty\n")),
        fails(rules(PLAIN)),
        fails(rules(b"Defaults !use_pty\n")),
        absent({"etc/sudoers": PLAIN}, reason="no-sudo"),
        unknown(rules(BIG)),
    ),
    "cis-debian-12-5.2.3": (
        passes(rules(b'Defaults logfile="/var/log/sudo.log"\n')),
        fails(rules(PLAIN)),
        absent(SUDO, reason="no-sudo"),
    ),
    "cis-debian-12-5.2.6": (
        passes(rules(PLAIN)),
        passes(rules(b"Defaults env_reset, timestamp_timeout=15\n")),
        fails(rules(b"Defaults timestamp_timeout = 30\n")),
        fails(rules(b"Defaults timestamp_timeout=-1\n")),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_every_control_has_samples() -> None:
    assert {control.id for control in CONTROLS} == SAMPLES.keys()


def test_rules_without_sudo_weigh_little() -> None:
    with_sudo = holds("cis-debian-12-5.2.4", fails(rules(FREE)))
    without = holds("cis-debian-12-5.2.4", fails({"etc/sudoers": FREE}))
    assert (with_sudo.evidence[0].severity, without.evidence[0].severity) == ("high", "low")


def test_a_directory_with_too_many_rules_is_not_passed() -> None:
    many: dict[str, bytes] = {f"etc/sudoers.d/{n:05}": b"# x\n" for n in range(1_100)}
    holds("cis-debian-12-5.2.4", unknown({**rules(PLAIN), **many}, reason="file-unread"))

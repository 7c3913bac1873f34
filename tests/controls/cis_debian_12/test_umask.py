"""umask: octal, symbolic, commented out."""

import pytest

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

SAMPLES: Samples = {
    "cis-debian-12-5.4.2.6": (
        passes({"root/.profile": b"# umask 000\nmesg n || true\n"}),
        passes({"root/.bashrc": b"umask 0077\n"}),
        passes({"app": b"x"}),
        fails({"root/.profile": b"umask 022\n"}),
        fails({"root/.bash_profile": b"[ -n x ] && umask 002\n"}),
        unknown({"root/.profile": b"#" * (1 << 18) + b"#"}),
        unknown({"root/.profile": b"umask 027\n"}, None),
        absent({"app": b"x"}, os="windows"),
    ),
    "cis-debian-12-5.4.3.3": (
        passes({"etc/login.defs": b"# UMASK 000\nUMASK\t\t027\n"}),
        passes({"etc/profile": b"umask u=rwx,g=rx,o=\n"}),
        review({"etc/login.defs": b"UMASK 022\n"}),
        review({"etc/profile": b"if true; then\n  umask 022\nfi\n"}),
        fails({"etc/profile": b"umask 002\n"}),
        fails({"etc/profile.d/x.sh": b"umask 0\n"}),
        fails({"etc/bashrc": b"umask u=rwx,g=rwx,o=rx\n"}),
        passes({"etc/profile.d/x.csh": b"umask 0\n", "etc/profile": b"umask 077"}),
        absent({"etc/profile": b"echo 'umask 000'\n"}, reason="no-umask"),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("line", [b" " * 65_000, b"umask " * 10_000, b"u=" * 30_000])
def test_long_lines_take_no_time(line: bytes) -> None:
    holds("cis-debian-12-5.4.2.6", passes({"root/.profile": line}))

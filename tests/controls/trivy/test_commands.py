"""Commands of the author's steps: what is wrong fails, what the base did is excused."""

import pytest

from ocianalyze.controls.trivy import _words
from tests.controls.roots import APKO, CMD, IMPORT, ROOT
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
from tests.images import Layer, image


def _ran(command: str) -> str:
    return f"RUN /bin/sh -c {command} # buildkit"


def _both(wrong: str, right: str) -> tuple[Sample, ...]:
    """Return samples that every rule about commands obeys."""
    more: tuple[Layer, Layer] = ({"x": b""}, {"y": b""})
    return (
        passes(ROOT, more[0], history=[IMPORT, _ran(right)]),
        fails(ROOT, more[0], history=[IMPORT, _ran(wrong)]),
        review(ROOT, *more, history=[IMPORT, _ran(wrong), CMD, _ran(right)]),
        passes(ROOT, more[0], history=[IMPORT, _ran("./configure && make; curl x | bash")]),
        unknown(ROOT, more[0], history=[IMPORT, _ran("/dev/pipes/EOF")], reason="history-opaque"),
        unknown(ROOT, reason="history-absent"),
        absent(ROOT, history=[APKO]),
    )


SAMPLES: Samples = {
    "trivy-DS-0010": _both("sudo apt-get install -y x", "apt-get install -y sudo"),
    "trivy-DS-0013": _both("cd /app && make", "make -C /app"),
    "trivy-DS-0014": (
        passes(ROOT, {"x": b""}, history=[IMPORT, _ran("curl -O a; curl -O b")]),
        fails(ROOT, {"x": b""}, {"y": b""}, history=[IMPORT, _ran("curl a"), _ran("wget b")]),
        fails(ROOT, {"x": b""}, history=[IMPORT, _ran("curl a || wget a")]),
        unknown(ROOT),
    ),
    "trivy-DS-0021": _both("apt-get install x", "apt-get install -y x"),
    "trivy-DS-0029": _both("apt-get install -y x", "apt-get install -y --no-install-recommends x"),
    "dockle-DKL-DI-0003": _both("apt-get -y dist-upgrade", "apt-get -y upgrade"),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("apt-get install x", True),
        ("apt install x", True),
        ("apt-get -y install x", False),
        ("apt-get install -yq x", False),
        ("apt-get install -qy x", False),
        ("apt-get install -qq x", False),
        ("apt-get install -q x", True),
        ("apt-get install --yes x", False),
        ("apt-get install --assume-yes x", False),
        ("apt-get -o APT::Get::Assume-Yes=true install x", False),
        ("apt-get install --no-install-recommends x", True),
        ("apt-get update", False),
        ("apk add x", False),
        ("DEBIAN_FRONTEND=noninteractive apt-get install x", True),
    ],
)
def test_apt_asks_unless_it_is_answered(command: str, asks: bool) -> None:  # noqa: FBT001 - a table
    (step,) = image({}, history=[_ran(command)]).history.steps
    assert bool(_words.asks(step)) is asks


@pytest.mark.parametrize(
    ("command", "uses"),
    [
        ("sudo make", True),
        ("make && sudo make install", True),
        ("/usr/bin/sudo make", True),
        ("A=1 sudo make", True),
        ("if true; then sudo make; fi", True),
        ("apt-get install -y sudo", False),
        ("echo 'use sudo make'", False),
        ('echo "x; sudo make"', False),
        ("mkdir -p /etc/sudo make", False),
        ("pseudo make", False),
    ],
)
def test_sudo_is_a_command(command: str, uses: bool) -> None:  # noqa: FBT001 - a table
    (step,) = image({}, history=[_ran(command)]).history.steps
    assert bool(_words.sudo(step)) is uses


def test_hostile_texts_take_no_time() -> None:
    """Quadratic patterns would take minutes."""
    for piece in ("\n", "A=", "A=b ", "sudo", "'", '"', ";", "{ ", "/"):
        (step,) = image({}, history=[_ran(piece * (60_000 // len(piece)))]).history.steps
        _words.sudo(step)
        _words.changes_directory(step)

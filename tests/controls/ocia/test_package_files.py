"""Files of packages that are not as the database records them."""

from hashlib import md5

import pytest

from ocianalyze.controls.aspects.verification import contents
from ocianalyze.model.finding import Status
from tests.controls.roots import STATUS as BARE_STATUS
from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    listed,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer, hardlink

PROGRAM = b"\x7fELF program"
OTHER = File(b"\x7fELF other", mode=0o755)
STATUS = (
    BARE_STATUS
    + b"Conffiles:\n /etc/base.conf "
    + md5(b"a", usedforsecurity=False).hexdigest().encode()
    + b"\n"
)
SUMS = md5(PROGRAM, usedforsecurity=False).hexdigest().encode() + b"  usr/bin/base\n"
BARE: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/base.list": b"/usr/bin/base\n",
    "usr/bin/base": File(PROGRAM, mode=0o755),
}
ROOT: Layer = {**BARE, "var/lib/dpkg/info/base.md5sums": SUMS}
SECOND: Layer = {
    "var/lib/dpkg/info/base.list": b"/usr/bin/base\n/usr/bin/second\n",
    "usr/bin/second": OTHER,
}
"""A program that its package's list names and no digest is of."""
SUMS_OF_SECOND = b"%s  usr/bin/second\n" % md5(b"\x7fELF other").hexdigest().encode()
REWRITTEN: Layer = {
    "usr/bin/base": OTHER,
    "var/lib/dpkg/info/base.md5sums": SUMS_OF_SECOND.replace(b"second", b"base"),
}
"""A program and its record, changed together."""
STEPS = ["ADD rootfs.tar / # buildkit", "RUN /bin/sh -c strip /usr/bin/base # buildkit"]

SAMPLES: Samples = {
    "ocia-package-file-tampered": (
        passes(ROOT),
        passes({**ROOT, "etc/base.conf": b"edited"}),
        review({**ROOT, **SECOND}, reason="digests-missing"),
        review(ROOT, SECOND, reason="digests-missing"),
        passes({**ROOT, **SECOND, "var/lib/dpkg/info/base.md5sums": SUMS + SUMS_OF_SECOND}),
        passes({**ROOT, **SECOND, "usr/bin/second": b"data"}),
        passes({**ROOT, **SECOND, "usr/bin/second": hardlink("usr/bin/base")}),
        review({**ROOT, "var/lib/dpkg/info/base.md5sums": b""}, reason="digests-missing"),
        passes(ROOT, {"usr/bin/own": OTHER}),
        fails({**ROOT, "usr/bin/base": OTHER}, reason="tampered"),
        fails(ROOT, {"usr/bin/base": OTHER}, reason="tampered"),
        fails({**ROOT, "usr/bin/base": OTHER}, None, reason="tampered"),
        review(ROOT, {"usr/bin/base": OTHER}, history=STEPS, reason="changed-later"),
        review(
            {"etc/apk/world": b"x", "usr/bin/base": File(PROGRAM, mode=0o755), **ROOT},
            reason="digest-not-made",
        ),
        unknown(ROOT, None),
        review(ROOT, REWRITTEN, reason="record-rewritten"),
        review(BARE, reason="digests-missing"),
        unknown({k: v for k, v in ROOT.items() if k != "usr/bin/base"}, reason="nothing-compared"),
        absent({"app": OTHER}, reason="no-package-database"),
        absent(ROOT, os="windows"),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_what_differs_without_reason_comes_first() -> None:
    """An edited setting is told behind it, and as nothing wrong."""
    edited = File(b"#!/bin/sh\n", mode=0o755)
    sample = fails({"etc/base.conf": edited, **ROOT, "usr/bin/base": OTHER})
    told = holds("ocia-package-file-tampered", sample).evidence
    assert [x.path for x in told] == ["usr/bin/base", "etc/base.conf"]
    assert [x.severity for x in told] == ["high", "info"]


def test_a_files_of_a_language_package_is_none_of_the_distributions() -> None:
    """Python's RECORD is CIS 4.11's."""
    home = "usr/lib/python3/dist-packages"
    record = b"x.py,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,1\n"
    files = {
        f"{home}/x-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: x\nVersion: 1\n",
        f"{home}/x-1.dist-info/RECORD": record,
        f"{home}/x.py": b"1",
    }
    view = passes({**ROOT, **files}).view()
    assert [x.path for x in view.verification.changed] == [f"{home}/x.py"]
    said = listed("ocia-package-file-tampered")[0].evaluate(view)
    assert said.status is Status.PASS


def test_packages_beyond_those_told_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_TOLD", 1)
    more: Layer = {
        "var/lib/dpkg/status": STATUS + b"\n" + STATUS.replace(b"Package: base", b"Package: more"),
        "var/lib/dpkg/info/more.list": b"/usr/bin/more\n",
        "usr/bin/more": OTHER,
    }
    said = holds("ocia-package-file-tampered", review({**BARE, **more}, reason="digests-missing"))
    assert "1 more packages have files without a digest" in {x.detail for x in said.evidence}

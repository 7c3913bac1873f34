"""What is installed is known or told as unknown; what a policy says is compared."""

from tests.controls.roots import DEBIAN as ROOT
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

ELF = File(b"\x7fELF", mode=0o755)
ANCIENT: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=8\n"}
NOW = {"now": "2024-01-20"}


def _alpine(licence: str) -> Layer:
    record = f"P:base\nV:1-r0\nA:x86_64\nL:{licence}\n\n" if licence else "P:base\nV:1\nA:x\n\n"
    return {"etc/os-release": b"ID=alpine\n", "lib/apk/db/installed": record.encode()}


DENIED = {"denied": ("AGPL-3.0*", "SSPL-1.0")}
SAMPLES: Samples = {
    "s2c2f-INV-1": (
        passes(ROOT),
        review({**ROOT, "usr/bin/own": ELF}),
        fails({"app": ELF}),
        absent({"etc/motd": b"x"}),
        unknown(ROOT, None),
    ),
    "s2c2f-SCA-3": (
        passes(ROOT, set=NOW),
        fails(ANCIENT, set=NOW),
        absent({"app": b"x"}, set=NOW),
        unknown(ROOT),
        unknown(ROOT, None, set=NOW),
    ),
    "s2c2f-SCA-2": (
        passes(_alpine("MIT AND Apache-2.0"), set=DENIED),
        fails(_alpine("MIT OR (agpl-3.0-only)"), set=DENIED),
        fails(_alpine("SSPL-1.0"), set=DENIED),
        review(_alpine(""), set=DENIED),
        unknown(_alpine("AGPL-3.0-only"), reason="no-licence-policy"),
        unknown(_alpine("MIT"), None, set=DENIED),
    ),
    "s2c2f-ING-3": (
        passes(ROOT, set={"denied": ("left-pad",)}),
        fails(ROOT, set={"denied": ("ba?e",)}),
        fails(ROOT, set={"denied": ("pkg:deb/debian/base@1*",)}),
        unknown(ROOT, reason="no-deny-list"),
        unknown(ROOT, None, set={"denied": ("left-pad",)}),
    ),
    "s2c2f-ING-1": (
        passes(ROOT, set={"types": ("deb",)}),
        fails(ROOT, set={"types": ("pypi", "apk")}),
        unknown(ROOT, reason="no-policy"),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_damaged_package_data_is_no_inventory() -> None:
    damaged: Layer = {**ROOT, "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0 and no more"}
    holds("s2c2f-INV-1", unknown(damaged, reason="package-data-unread"))

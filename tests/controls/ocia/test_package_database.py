"""Databases that changed while the files that they name did not."""

from collections.abc import Sequence

from ocianalyze.model.finding import Status
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

PROGRAM = File(b"\x7fELF", mode=0o755)
OS: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
INFO = "var/lib/dpkg/info"
APK_INFO = "lib/apk/db"


def status(*packages: str, size: int = 9) -> bytes:
    """Return a status file of packages given as `name=version`."""
    stanzas = (
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Version: {version}\nInstalled-Size: {size}\n"
        for name, _, version in (package.partition("=") for package in packages)
    )
    return "\n".join(stanzas).encode()


def database(*packages: str) -> Layer:
    """Return dpkg's database with the files of each package."""
    names = [package.partition("=")[0] for package in packages]
    lists = {f"{INFO}/{name}.list": f"/usr/bin/{name}\n".encode() for name in names}
    sums = {f"{INFO}/{name}.md5sums": b"" for name in names}
    return {"var/lib/dpkg/status": status(*packages), **lists, **sums}


def programs(*names: str) -> Layer:
    return {f"usr/bin/{name}": PROGRAM for name in names}


def apk(*packages: str) -> bytes:
    """Return apk's database of packages given as `name=version`, each with one program."""
    return "".join(
        f"P:{name}\nV:{version}\nA:x86_64\nI:{0 if name[0] == '.' else 9}\nF:usr/bin\nR:{name}\n\n"
        for name, _, version in (package.partition("=") for package in packages)
    ).encode()


def without(layer: Layer, *names: str) -> Layer:
    return {path: file for path, file in layer.items() if path not in names}


ROOT: Layer = {**OS, **database("a=1", "b=1"), **programs("a", "b")}
GONE: Layer = {"var/lib/.wh.dpkg": b""}
UNSIZED: Layer = {
    **ROOT,
    "var/lib/dpkg/status": status("a=1", "b=1").replace(b"Installed-Size: 9\n", b""),
}
MODULE: Layer = {
    "srv/node_modules/q/package.json": b'{"name": "q", "version": "1.0.0"}',
    "srv/node_modules/q/q.js": b"x",
}
SUMS_OF_B = {f"{INFO}/.wh.b.md5sums": b"", f"{INFO}/.wh.b.list": b""}
ALPINE: Layer = {"etc/os-release": b"ID=alpine\nVERSION_ID=3.20\n", **programs("a", "b")}
APK: Layer = {**ALPINE, "lib/apk/db/installed": apk("a=1", "b=1")}
DAMAGED: Layer = {"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + bytes(84)}

SAMPLES: Samples = {
    "ocia-package-db-tampered": (
        passes(ROOT),
        passes(ROOT, {"app": b"x"}),
        passes(ROOT, {**database("a=2", "b=1"), **programs("a")}),
        passes(ROOT, {"var/lib/dpkg/status": status("a=1"), **SUMS_OF_B, "usr/bin/.wh.b": b""}),
        passes(ROOT, {**database("a=1", "b=1", "c=1"), **programs("c")}),
        passes(ROOT, {**database("a=1", "b=1", "c=1"), **programs("c")}, programs("c")),
        passes(APK, {"lib/apk/db/installed": apk("a=1", "b=1", ".deps=1")}),
        passes(
            {**APK, "lib/apk/db/installed": apk("a=1", ".deps=1")},
            {"lib/apk/db/installed": apk("a=1")},
        ),
        review(
            ROOT,
            {"usr/bin/a": File(b"\x7fELF!", mode=0o755), f"{INFO}/a.md5sums": b"0  usr/bin/a\n"},
            reason="database-odd",
        ),
        fails(ROOT, GONE, reason="database-removed"),
        fails(ROOT, {"var/lib/dpkg/status": b""}, reason="database-removed"),
        fails(without(ROOT, "var/lib/dpkg/status"), reason="database-removed"),
        fails({**ROOT, "var/lib/dpkg/status": status("a=1")}, reason="database-removed"),
        fails({**ALPINE, "lib/apk/db/scripts.tar": b"x"}, reason="database-removed"),
        fails(APK, {"lib/apk/db/.wh.installed": b""}, reason="database-removed"),
        fails(ROOT, {"var/lib/dpkg/status": status("a=1"), **SUMS_OF_B}, reason="database-edited"),
        fails(UNSIZED, GONE, reason="database-removed"),
        fails(
            ROOT,
            {**GONE, "lib/apk/db/installed": apk("c=1"), **programs("c")},
            reason="database-edited",
        ),
        fails(ROOT, GONE, {"var/lib/dpkg/status": status("a=1")}, reason="database-edited"),
        fails(
            {**ROOT, "x": b"x"},
            {".wh.x": b"", "var/lib/dpkg/status": status("a=1"), **SUMS_OF_B},
            reason="database-edited",
        ),
        passes({**ROOT, **MODULE}, {"srv/node_modules/q/.wh.package.json": b""}),
        fails(ROOT, {"var/lib/dpkg/status": status("a=2", "b=1")}, reason="database-edited"),
        fails(ROOT, {"var/lib/dpkg/status": status("a=2", "b=1"), "app": b"x"}),
        fails(APK, {"lib/apk/db/installed": apk("a=1")}, reason="database-edited"),
        fails(APK, {"lib/apk/db/installed": apk("a=2", "b=1")}, reason="database-edited"),
        review({**OS, **programs("a")}, database("a=1"), reason="database-odd"),
        review({**OS, **DAMAGED}, reason="database-odd"),
        review({**OS, **programs("a")}, reason="database-absent"),
        absent(programs("a"), reason="no-package-database"),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
        unknown(ROOT, GONE, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def _layers(sample: Sample) -> Sequence[int | None]:
    return [x.layer for x in holds("ocia-package-db-tampered", sample).evidence]


def test_the_layer_that_changed_the_record_is_told() -> None:
    sample = fails(ROOT, {"app": b"x"}, {"var/lib/dpkg/status": status("a=2", "b=1")})
    assert _layers(sample) == [2]


def test_settings_may_stay_as_they_are_when_a_package_is_upgraded() -> None:
    """No package manager writes settings that did not change."""
    lists = {f"{INFO}/a.list": b"/etc/a.conf\n", f"{INFO}/a.md5sums": b""}
    root = {**OS, "var/lib/dpkg/status": status("a=1"), **lists, "etc/a.conf": b"x"}
    upgraded = {"var/lib/dpkg/status": status("a=2")}
    assert holds("ocia-package-db-tampered", passes(root, upgraded)).status is Status.PASS


def test_an_image_whose_files_all_went_with_the_database_is_none_of_it() -> None:
    everything = {".wh..wh..opq": b"", "app": b"x"}
    absent_ = absent(ROOT, everything, reason="no-package-database")
    assert holds("ocia-package-db-tampered", absent_).status is Status.NOT_APPLICABLE

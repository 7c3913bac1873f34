"""Images that hide their inventory from the first layer on."""

import pytest

from ocianalyze.detectors.captured import OBSERVER as CAPTURED
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly, homes
from tests.images import Layer, directory, image, symlink
from tests.inventory.owned import ELF, dpkg, view

STATUS = "var/lib/dpkg/status"
RECORDS = dpkg(a=["usr/bin/a"], b=[])
TEXT = RECORDS[STATUS]
assert isinstance(TEXT, bytes)
ROOT: Layer = {"usr/bin/dpkg-query": ELF + b"q", "usr/bin/a": ELF}
MOVED: Layer = {name.replace("var/lib/dpkg", "srv/db"): each for name, each in RECORDS.items()}
PROGRAMS = "and 2 programs of a distribution are there"
RELEASE: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}


def named(*layers: Layer) -> ImageView:
    """Return an image whose os-release is read."""
    made = image(*layers, observers=(CAPTURED, *assembly.observers()))
    return assembly.with_inventory(made)


def details(found: ImageView) -> list[str]:
    """Return what is told, which is a problem of the inventory, too."""
    assert [x.partition(": ")[2] for x in found.inventory.problems] == [
        x.detail for x in found.findings
    ]
    return [x.detail for x in found.findings]


@pytest.mark.parametrize(
    ("layer", "path", "said"),
    [
        pytest.param(
            {**MOVED, "var/lib/dpkg": symlink("../../srv/db")},
            STATUS,
            "package database (deb) is in srv/db/status, which is not read",
            id="behind-a-link",
        ),
        pytest.param(
            {"var/lib/dpkg/status": symlink("/srv/x"), "srv/x": TEXT},
            STATUS,
            "package database (deb) is in srv/x, which is not read",
            id="a-link",
        ),
        pytest.param(
            {STATUS: b""}, STATUS, "package database (deb) names no package", id="truncated"
        ),
        pytest.param(
            {STATUS: TEXT.replace(b"install ok installed", b"deinstall ok config-files")},
            STATUS,
            "package database (deb) names no package",
            id="deinstall",
        ),
        pytest.param(
            {STATUS: directory()},
            STATUS,
            "a directory is where the package database (deb) should be",
            id="directory",
        ),
        pytest.param(
            {}, "usr/bin/dpkg-query", "no package database (deb) is there", id="only-the-program"
        ),
    ],
)
def test_a_database_that_names_nothing_is_told(layer: Layer, path: str, said: str) -> None:
    found = view({**ROOT, **layer})
    assert found.packages() == ()
    assert details(found) == [f"{said}, {PROGRAMS}"]
    (finding,) = found.findings
    severity = "high" if path == STATUS else "medium"
    assert (finding.code, finding.severity) == ("inventory.database-removed", severity)
    assert (finding.path, finding.layer) == (path, 0)


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        pytest.param({"sbin/apk": ELF}, "apk", id="apk"),
        pytest.param({"etc/apk/world": b"a\n", "bin/x": ELF}, "apk", id="world-without-installed"),
        pytest.param({"usr/bin/rpmkeys": ELF}, "rpm", id="rpm"),
        pytest.param({"var/lib/rpm": directory(), "bin/x": ELF}, "rpm", id="rpm-directory"),
        pytest.param({"usr/bin/pacman": ELF}, "alpm", id="pacman"),
    ],
)
def test_each_package_manager_leaves_a_trace(layer: Layer, kind: str) -> None:
    said = f"no package database ({kind}) is there, and 1 program of a distribution is there"
    assert details(view(layer)) == [said]


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param({"app": ELF}, id="one-program"),
        pytest.param({"bin/busybox": ELF, "bin/dpkg": ELF, "bin/rpm": ELF}, id="busybox"),
        pytest.param({**RELEASE, "app": ELF, "usr/local/bin/x": ELF}, id="scratch-with-os-release"),
        pytest.param({**RELEASE, "usr/bin/tool": ELF}, id="a-program-and-os-release"),
        pytest.param({**RELEASE, "var/lib/dpkg/status": b""}, id="no-program"),
        pytest.param({**ROOT, **RELEASE, **RECORDS}, id="packages"),
        pytest.param({**RECORDS, "usr/lib/rpm/macros": b"", "usr/bin/a": ELF}, id="two-managers"),
    ],
)
def test_nothing_is_hidden_where_nothing_is_missing(layer: Layer) -> None:
    assert details(named(layer)) == []


def test_a_distribution_that_nothing_records_is_told_by_its_name() -> None:
    system: Layer = {"usr/bin/emerge": ELF, "usr/lib64/libc.so.6": ELF + b"c"}
    (said,) = details(named({"etc/os-release": b"ID=gentoo\n", **system}))
    assert said == f"no package of gentoo is named, {PROGRAMS}"


def test_a_root_without_its_link_in_etc_lacks_its_packages_too() -> None:
    """Anybody can remove the link: what packages would tell does not pass without them."""
    libraries: Layer = {"usr/lib/a/tool": ELF, "usr/lib/libc.so.6": ELF + b"c"}
    found = named({"usr/lib/os-release": b"ID=debian\n", **libraries})
    (finding,) = found.findings
    assert finding.detail == f"no package of debian is named, {PROGRAMS}"
    assert (finding.severity, len(found.inventory.problems)) == ("medium", 1)


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param({"etc/ssl/certs/ca-certificates.crt": b"x", "app": ELF}, id="scratch"),
        pytest.param(
            {
                "usr/lib/python3/dist-packages/a.so": ELF,
                "usr/share/dpkg/cputable": b"",
                "usr/lib/dpkg/methods/apt/install": b"#!/bin/sh",
                "usr/lib/rpm/macros": b"",
                "usr/share/doc/a/copyright": b"x",
                "usr/lib/libc.so.6": ELF + b"c",
            },
            id="copies-of-lib-and-share",
        ),
        pytest.param({"bin/busybox": ELF, "lib/libc.so.6": ELF + b"c"}, id="busybox-glibc"),
    ],
)
def test_a_copy_of_what_was_installed_elsewhere_lacks_no_database(layer: Layer) -> None:
    assert named(layer).inventory.problems == ()


@pytest.mark.parametrize("home", homes.DPKG)
def test_a_database_is_read_where_images_move_it(home: str) -> None:
    """The link is what dpkg itself follows."""
    moved = {name.replace("var/lib/dpkg", home): each for name, each in RECORDS.items()}
    link: Layer = {} if home == "var/lib/dpkg" else {"var/lib/dpkg": symlink(f"../../{home}")}
    found = named({**ROOT, **RELEASE, **moved, **link})
    assert [x.name for x in found.packages()] == ["a", "b"]
    assert details(found) == []


@pytest.mark.parametrize("home", homes.PACMAN)
def test_a_pacman_database_is_read_where_images_move_it(home: str) -> None:
    record = f"{home}/local/a-1-1/desc"
    found = named({record: b"%NAME%\na\n\n%VERSION%\n1-1\n\n", "usr/bin/pacman": ELF})
    assert [x.name for x in found.packages()] == ["a"]
    assert details(found) == []


def test_what_a_layer_took_away_is_told_once() -> None:
    (said,) = details(named({**ROOT, **RELEASE, **RECORDS}, {"var/lib/.wh.dpkg": b""}))
    assert said.startswith("package database removed in layer 1")


def test_an_unread_layer_may_have_the_database() -> None:
    made = image({**RELEASE, **ROOT}, None, observers=(CAPTURED, *assembly.observers()))
    assert assembly.with_inventory(made).inventory.problems == ()


def test_a_damaged_database_is_not_told_twice() -> None:
    found = view({"var/lib/rpm/Packages": b"x" * 5000, "usr/bin/rpmkeys": ELF})
    assert [x.code for x in found.findings] == ["inventory.damaged-database"]


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        pytest.param(
            {**RECORDS, **dpkg(b=[])},
            ["1 list of files without a package (a), and 1 file of theirs is there"],
            id="no-stanza",
        ),
        pytest.param({**RECORDS, **dpkg(b=["usr/bin/a"])}, [], id="another-package-has-it"),
        pytest.param(
            {**RECORDS, **dpkg(b=[]), "var/lib/dpkg/info/a.list": b"/etc/a\n", "etc/a": ELF},
            [],
            id="settings",
        ),
    ],
)
def test_a_list_without_its_package_is_told(layer: Layer, said: list[str]) -> None:
    found = view({"usr/bin/a": ELF, **layer})
    assert details(found) == said
    assert {x.code for x in found.findings} <= {"inventory.record-removed"}


SITE = "usr/lib/python3/dist-packages"
RECORD: Layer = {
    f"{SITE}/q-1.dist-info/RECORD": b"q/__init__.py,,\n",
    f"{SITE}/q/__init__.py": b"x",
}


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        pytest.param(
            RECORD,
            ["1 list of files without a package (q), and 1 file of theirs is there"],
            id="no-metadata",
        ),
        pytest.param(
            {**RECORD, f"{SITE}/q-1.dist-info/METADATA": b""},
            ["1 list of files without a package (q), and 1 file of theirs is there"],
            id="empty-metadata",
        ),
        pytest.param({**RECORD, f"{SITE}/q-1.dist-info/METADATA": b"x: y\n"}, [], id="metadata"),
        pytest.param({f"{SITE}/q-1.dist-info/RECORD": b"q/__init__.py,,\n"}, [], id="no-files"),
    ],
)
def test_a_distribution_whose_metadata_was_taken_away_is_told(
    layer: Layer, said: list[str]
) -> None:
    assert details(view(layer)) == said


def test_a_database_kept_elsewhere_is_told_although_a_decoy_is_read() -> None:
    setting = "etc/dpkg/dpkg.cfg.d/x"
    found = view({**ROOT, **RECORDS, **MOVED, setting: b"admindir=/srv/db\n"})
    assert details(found) == ["package database is set to be in srv/db, which is not read"]
    assert [x.path for x in found.findings] == [setting]

"""Whoever asks for a package database finds it in each of its homes."""

import hashlib

import pytest

from ocianalyze.controls.aspects.history.indexes import changed_databases, refreshed_alone
from ocianalyze.controls.aspects.packages.rewritten_records import rewritten
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.inventory.homes import (
    APK,
    DPKG,
    LISTS,
    PACMAN,
    PREFIXES,
    RPM,
    RPM_DATABASES,
    alone,
    below,
    placed,
    within,
)
from ocianalyze.inventory.places import DATABASES
from ocianalyze.inventory.verify_digests import CONTENTS, PROGRAMS, digests
from ocianalyze.inventory.verify_digests import observers as of_digests
from ocianalyze.model.finding import Status
from tests.controls.samples import Sample, fails, holds, passes
from tests.images import File, Layer, facts, image

PROGRAM = File(b"\x7fELF\2\1\1", mode=0o755)
RECORDS = (
    *((path, "dnf") for path in within(RPM, *RPM_DATABASES)),
    *((path, "apt") for path in within(DPKG, "status", "status.d/base")),
    *((path, "apk") for path in within(APK, "installed")),
    *((path, "pacman") for path in within(PACMAN, "local/a-1/desc")),
)
LISTS_OF_INDEXES = {
    "dnf": "var/cache/dnf/a/repodata/b.xml",
    "apt": "var/lib/apt/lists/a_Packages",
    "apk": "var/cache/apk/APKINDEX.1.tar.gz",
    "pacman": "var/lib/pacman/sync/core.db",
}


def test_paths_are_made_of_homes_and_names() -> None:
    assert within(("a", "b"), "x", "y") == ("a/x", "a/y", "b/x", "b/y")
    assert below(("a",), "x", "y") == {b"a/x", b"a/y"}
    assert placed(("a", "b.c"), r"x\Z|y/").match("b.c/x")
    assert not placed(("a", "b.c"), r"x\Z|y/").match("bxc/x")


def test_where_dpkg_has_programs_as_well_only_the_database_is_one() -> None:
    assert "usr/lib/dpkg" not in alone(DPKG)
    assert "usr/lib/dpkg/info/a.list".startswith(PREFIXES)
    assert not "usr/lib/dpkg/methods/apt/setup".startswith(PREFIXES)
    assert set(PREFIXES) <= set(DATABASES)


@pytest.mark.parametrize(("path", "family"), RECORDS)
def test_a_changed_database_is_seen_and_an_index_is_not_alone(path: str, family: str) -> None:
    view = image({LISTS_OF_INDEXES[family]: b"x"}, {path: b"x", LISTS_OF_INDEXES[family]: b"y"})
    assert [x.family for x in refreshed_alone(view, 0)] == [family]
    assert family in changed_databases(view, 1)
    assert not refreshed_alone(view, 1)


@pytest.mark.parametrize("home", LISTS)
def test_a_list_of_digests_that_is_gone_is_told(home: str) -> None:
    directory, _, name = home.rpartition("/")
    sums = hashlib.md5(PROGRAM.content, usedforsecurity=False).hexdigest()
    record = b"Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
    status = f"{home}/tool" if name == "status.d" else f"{directory}/status"
    root: Layer = {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        status: record,
        f"{home}/tool.list": b"/.\n/usr/bin/tool\n",
        f"{home}/tool.md5sums": f"{sums}  usr/bin/tool\n".encode(),
        "usr/bin/tool": PROGRAM,
    }
    view = with_inventory(image(root, {f"{home}/.wh.tool.md5sums": b""}, observers=observers()))
    assert [(x.how, x.entry.path) for x in rewritten(view)] == [
        ("record removed", f"{home}/tool.md5sums")
    ]


OS: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", "usr/bin/a": PROGRAM}


def _without_record(sample: Sample) -> set[str]:
    verdict = holds("ocia-package-db-tampered", sample)
    assert verdict.status is Status.FAIL
    return {x.path for x in verdict.evidence}


@pytest.mark.parametrize("home", LISTS)
def test_a_list_without_its_record_is_told(home: str) -> None:
    path = f"{home}/gone.md5sums"
    assert path in _without_record(fails({**OS, path: b""}, reason="database-removed"))


@pytest.mark.parametrize("path", within(APK, "scripts.tar", "triggers"))
def test_what_lies_beside_a_database_of_apk_is_told(path: str) -> None:
    assert path in _without_record(fails({**OS, path: b"x"}, reason="database-removed"))


def test_a_record_beside_its_list_is_one_whatever_its_name() -> None:
    home = "var/lib/dpkg/status.d"
    record = b"Package: base\nArchitecture: amd64\nVersion: 1\n"
    layer: Layer = {**OS, f"{home}/YmFzZQ": record, f"{home}/YmFzZQ.md5sums": b""}
    assert holds("ocia-package-db-tampered", passes(layer)).status is Status.PASS


@pytest.mark.parametrize(
    ("home", "md5", "sha1"),
    [
        *((home, True, False) for home in DPKG),
        *((home, False, True) for home in APK),
        *((home, False, False) for home in RPM),
    ],
)
def test_a_home_tells_which_digest_is_recorded(home: str, *, md5: bool, sha1: bool) -> None:
    layer: Layer = {f"{home}/x": b"x", "usr/libexec/x": PROGRAM}
    found = {x.entry: x.value for x in facts(layer, of_digests()).observations[PROGRAMS]}
    assert tuple(map(bool, digests(found[1]))) == (md5, sha1)


@pytest.mark.parametrize("path", [path for path, _ in RECORDS])
def test_a_database_is_no_content_of_a_package(path: str) -> None:
    assert not facts({path: b"x"}, of_digests(full=True)).observations.get(CONTENTS)

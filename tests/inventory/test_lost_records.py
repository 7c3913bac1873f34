"""Records of single packages that went while files that they name stayed."""

import pytest

from tests.images import Layer
from tests.inventory.owned import ELF, dpkg, view

LOWER: Layer = {"usr/bin/a": ELF, **dpkg(a=["usr/bin/a"], b=[])}
STATUS = "var/lib/dpkg/status"


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param([LOWER, {"x": b""}], id="still-there"),
        pytest.param([LOWER, {"var/lib/.wh.dpkg": b""}, LOWER], id="restored"),
        pytest.param([LOWER, {"usr/bin/.wh.a": b""} | dpkg(b=[])], id="package-and-files-removed"),
        pytest.param([LOWER, dpkg(b=["usr/bin/a"])], id="another-owns-the-file"),
        pytest.param([LOWER, {"usr/bin/a": ELF + b"x", **dpkg(b=[])}], id="file-replaced"),
        pytest.param([{"usr/bin/a": ELF}], id="never-there"),
    ],
)
def test_other_changes_are_no_loss(layers: list[Layer]) -> None:
    found = view(*layers)
    assert found.inventory.problems == ()
    assert found.findings == ()


SITE = "usr/lib/python3/dist-packages"
WHEEL: Layer = {
    f"{SITE}/q-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: q\nVersion: 1\n",
    f"{SITE}/q-1.dist-info/RECORD": b"q/__init__.py,,\n",
    f"{SITE}/q/__init__.py": b"x",
}
STANZA: Layer = {
    "usr/bin/a": ELF,
    "var/lib/dpkg/status.d/a": b"Package: a\nVersion: 1\nArchitecture: all\n\n",
    "var/lib/dpkg/status.d/a.md5sums": b"0123456789abcdef0123456789abcdef  usr/bin/a\n",
    "var/lib/dpkg/status.d/b": b"Package: b\nVersion: 1\nArchitecture: all\n\n",
    "var/lib/dpkg/status.d/b.md5sums": b"0123456789abcdef0123456789abcdef  usr/share/b\n",
}


@pytest.mark.parametrize(
    ("layers", "kind"),
    [
        pytest.param([LOWER, dpkg(b=[])], "deb", id="stanza"),
        pytest.param([STANZA, {"var/lib/dpkg/status.d/.wh.a": b""}], "deb", id="status.d"),
        pytest.param([WHEEL, {f"{SITE}/.wh.q-1.dist-info": b""}], "pypi", id="dist-info"),
    ],
)
def test_data_of_one_package_that_is_gone_while_its_files_stay_is_told(
    layers: list[Layer], kind: str
) -> None:
    found = view(*layers)
    detail = f"data of 1 package ({kind}) removed in layer 1; 1 file of theirs stayed"
    assert [(x.code, x.detail) for x in found.findings] == [("inventory.record-removed", detail)]
    assert [x.partition(": ")[2] for x in found.inventory.problems] == [detail]
    (title,) = (x.title for x in found.findings)
    assert title == "records of packages are gone, and files that they name are there"


GEMS = "usr/lib/ruby/gems/3.1.0"
GEM: Layer = {
    f"{GEMS}/specifications/q-1.gemspec": b'Gem::Specification.new do |s|\n  s.name = "q"\n'
    b'  s.version = "1"\nend\n',
    f"{GEMS}/gems/q-1/lib/q.rb": b"x",
}
MODULES = "app/node_modules"
MODULE: Layer = {
    f"{MODULES}/q/package.json": b'{"name": "q", "version": "1.0.0"}',
    f"{MODULES}/q/lib/q.js": b"x",
    f"{MODULES}/q/node_modules/r/package.json": b'{"name": "r", "version": "1.0.0"}',
    f"{MODULES}/q/node_modules/r/r.js": b"x",
}


@pytest.mark.parametrize(
    ("layers", "kind"),
    [
        pytest.param([MODULE, {f"{MODULES}/q/.wh.package.json": b""}], "npm", id="npm"),
        pytest.param([GEM, {f"{GEMS}/specifications/.wh.q-1.gemspec": b""}], "gem", id="gem"),
    ],
)
def test_a_directory_that_is_a_packages_own_outlives_its_record(
    layers: list[Layer], kind: str
) -> None:
    detail = f"data of 1 package ({kind}) removed in layer 1; 1 file of theirs stayed"
    assert [x.detail for x in view(*layers).findings] == [detail]


def test_a_copy_that_lost_its_record_is_told_although_another_copy_has_one() -> None:
    other: Layer = {f"srv/{path}": each for path, each in MODULE.items()}
    found = view({**MODULE, **other}, {f"{MODULES}/q/.wh.package.json": b""})
    detail = "data of 1 package (npm) removed in layer 1; 1 file of theirs stayed"
    assert [x.detail for x in found.findings] == [detail]


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param([MODULE, {f"{MODULES}/.wh.q": b""}], id="npm-uninstall"),
        pytest.param(
            [MODULE, {f"{MODULES}/q/package.json": b'{"name": "q", "version": "2.0.0"}'}],
            id="npm-install-of-another-version",
        ),
        pytest.param(
            [
                MODULE,
                {
                    f"{MODULES}/q/.wh.lib": b"",
                    f"{MODULES}/q/.wh.package.json": b"",
                    f"{MODULES}/q/cache": b"x",
                },
            ],
            id="only-later-files-and-other-packages",
        ),
        pytest.param(
            [
                GEM,
                {f"{GEMS}/specifications/.wh.q-1.gemspec": b"", f"{GEMS}/gems/.wh.q-1": b""},
            ],
            id="gem-uninstall",
        ),
        pytest.param(
            [WHEEL, {f"{SITE}/.wh.q-1.dist-info": b"", f"{SITE}/.wh.q": b""}], id="pip-uninstall"
        ),
        pytest.param(
            [
                WHEEL,
                {
                    f"{SITE}/.wh.q-1.dist-info": b"",
                    f"{SITE}/Q-2.dist-info/METADATA": b"Metadata-Version: 2.1\n"
                    b"Name: Q\nVersion: 2\n",
                },
            ],
            id="pip-install-of-another-version",
        ),
    ],
)
def test_what_is_uninstalled_is_no_loss(layers: list[Layer]) -> None:
    found = view(*layers)
    assert (found.findings, found.inventory.problems) == ((), ())


APK_LAYER: Layer = {
    "lib/apk/db/installed": b"P:x\nV:1\nA:x86_64\nI:9\nF:bin\nR:x\n\n",
    "bin/x": ELF + b"x",
    "srv/own": ELF + b"y",
}


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        pytest.param(
            [{**LOWER, **APK_LAYER}, {"lib/apk/db/installed": b"", "bin/.wh.x": b""}],
            [],
            id="the-last-package-removed",
        ),
        pytest.param(
            [{**LOWER, **APK_LAYER}, {"var/lib/.wh.dpkg": b""}],
            ["data of 1 package (deb) removed in layer 1; 1 file of theirs stayed"],
            id="programs-stayed",
        ),
    ],
)
def test_of_two_databases_one_is_gone_where_its_own_programs_stayed(
    layers: list[Layer], told: list[str]
) -> None:
    assert [x.detail for x in view(*layers).findings] == told


def test_a_record_and_then_the_whole_database_are_told_each() -> None:
    found = view(LOWER, dpkg(b=[]), {"var/lib/.wh.dpkg": b""})
    assert [(x.code, x.layer) for x in found.findings] == [
        ("inventory.database-removed", 2),
        ("inventory.record-removed", 1),
    ]
    how = {x.name: dict(x.found.properties)["removed-with"] for x in found.packages("all")}
    assert how == {"a": "record", "b": "database"}


def test_a_file_that_another_package_took_over_is_lost_with_that_one() -> None:
    taken_over = {**dpkg(b=[], c=["usr/bin/a"]), "var/lib/dpkg/info/.wh.a.list": b""}
    found = view(LOWER, taken_over, {STATUS: dpkg(b=[])[STATUS]})
    assert [(x.code, x.layer) for x in found.findings] == [("inventory.record-removed", 2)]
    how = {x.name: dict(x.found.properties).get("removed-with") for x in found.packages("all")}
    assert how == {"a": None, "b": None, "c": "record"}


def test_of_versions_that_went_the_last_one_lost_its_record() -> None:
    """An upgrade writes its program anew; the record that goes afterwards is that version's."""
    later = dpkg(a=["usr/bin/a"], b=[])
    status = later[STATUS]
    assert isinstance(status, bytes)
    later[STATUS] = status.replace(b"Version: 1", b"Version: 2")
    third = {STATUS: dpkg(b=[])[STATUS]}
    found = view(LOWER, {**later, "usr/bin/a": ELF + b"x"}, third)
    (finding,) = found.findings
    assert (finding.code, finding.layer) == ("inventory.record-removed", 2)
    assert {
        x.version: dict(x.found.properties).get("removed-with", "")
        for x in found.packages("all")
        if x.name == "a"
    } == {"1": "", "2": "record"}

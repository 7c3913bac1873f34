"""Databases that an image had and has no more."""

import pytest

from ocianalyze.model.entry import State
from tests.images import Layer
from tests.inventory.owned import ELF, dpkg, view

LOWER: Layer = {"usr/bin/a": ELF, **dpkg(a=["usr/bin/a"], b=[])}
STATUS = "var/lib/dpkg/status"


@pytest.mark.parametrize(
    ("upper", "what", "state"),
    [
        pytest.param({"var/lib/.wh.dpkg": b""}, "removed", State.DELETED, id="its-directory"),
        pytest.param({"var/lib/dpkg/.wh.status": b""}, "removed", State.DELETED, id="the-file"),
        pytest.param({STATUS: b""}, "emptied", None, id="emptied"),
        pytest.param(
            {"var/.wh..wh..opq": b"", "var/x": b""}, "removed", State.DELETED, id="opaque"
        ),
    ],
)
def test_a_database_that_is_gone_is_told(upper: Layer, what: str, state: State | None) -> None:
    found = view(LOWER, {"x": b""}, upper)
    told = f"package database {what} in layer 2; it named 2 packages (deb)"
    (finding,) = found.findings
    assert (finding.code, finding.detail) == ("inventory.database-removed", told)
    assert (finding.path, finding.layer, finding.state) == (STATUS, 2, state)
    assert found.inventory.problems == (f"{STATUS}: {told}",)
    assert found.packages() == ()
    assert sorted(one.name for one in found.packages("all")) == ["a", "b"]


APK: Layer = {
    "lib/apk/db/installed": b"C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:musl\nV:1.2\nA:x86_64\n\n",
    "lib/apk/db/triggers": b"x",
    "bin/a": ELF,
}
SOME = "package database is gone, and files of its layers are there"
NONE = "package database is gone, and so is all of its layers"


@pytest.mark.parametrize(
    ("layers", "title", "severity"),
    [
        pytest.param(
            [{**LOWER, "srv/data": b"x"}, {"var/.wh.lib": b"", "usr/.wh.bin": b""}],
            SOME,
            "high",
            id="no-program-but-another-file",
        ),
        pytest.param(
            [LOWER, {"var/.wh.lib": b"", "usr/.wh.bin": b""}], NONE, "low", id="everything-removed"
        ),
        pytest.param(
            [LOWER, {"var/lib/.wh.dpkg": b"", "usr/bin/a": ELF + b"x"}],
            NONE,
            "low",
            id="all-overwritten",
        ),
        pytest.param(
            [APK, {"lib/apk/db/.wh.installed": b"", ".wh.bin": b""}],
            NONE,
            "low",
            id="what-apk-left",
        ),
    ],
)
def test_a_database_without_a_program_left_says_what_is(
    layers: list[Layer], title: str, severity: str
) -> None:
    found = view(*layers)
    (finding,) = found.findings
    assert (finding.code, finding.layer) == ("inventory.database-removed", 1)
    assert (finding.title, finding.severity) == (title, severity)
    assert bool(found.inventory.problems) is (severity == "high")


@pytest.mark.parametrize(
    ("layers", "with_it"),
    [
        pytest.param(
            [LOWER, {"var/lib/.wh.dpkg": b""}], {"a": "database", "b": "database"}, id="whole"
        ),
        pytest.param([LOWER, dpkg(b=[])], {"a": "record", "b": ""}, id="one-record"),
        pytest.param(
            [{**LOWER, **dpkg(a=["usr/bin/a"], b=[], c=[])}, LOWER, {"var/lib/.wh.dpkg": b""}],
            {"a": "database", "b": "database", "c": ""},
            id="one-removed-before",
        ),
        pytest.param(
            [LOWER, {"usr/bin/.wh.a": b"", **dpkg(b=[])}], {"a": "", "b": ""}, id="no-loss"
        ),
    ],
)
def test_packages_that_only_their_record_is_gone_of_say_so(
    layers: list[Layer], with_it: dict[str, str]
) -> None:
    told = {
        one.name: dict(one.found.properties).get("removed-with", "")
        for one in view(*layers).packages("all")
    }
    assert told == with_it


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
    assert not [x for x in found.findings if x.code == "inventory.database-removed"]


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
    assert [(x.code, x.detail) for x in found.findings] == [("inventory.database-removed", detail)]
    assert [x.partition(": ")[2] for x in found.inventory.problems] == [detail]
    (title,) = (x.title for x in found.findings)
    assert title == "records of packages are gone, and files that they name are there"

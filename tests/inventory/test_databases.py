"""Databases that an image had and has no more."""

import pytest

from ocianalyze.model.entry import State
from tests.images import Layer, directory, symlink
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
OTHERS = "package database is gone, and so are the files that it named"
NONE = "package database is gone, and so is all of its layers"


@pytest.mark.parametrize(
    ("layers", "title", "severity"),
    [
        pytest.param(
            [
                {**LOWER, "srv/data": b"x", "var/lib/dpkg/info/a.list": b"/usr/bin/a\n/srv/data\n"},
                {"var/.wh.lib": b"", "usr/.wh.bin": b""},
            ],
            SOME,
            "high",
            id="no-program-but-another-file",
        ),
        pytest.param(
            [
                {**LOWER, "srv/app": ELF + b"x"},
                {"var/lib/dpkg/status": b"", "var/lib/dpkg/.wh.info": b"", "usr/bin/.wh.a": b""},
            ],
            OTHERS,
            "low",
            id="last-package-purged",
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
    ("upper", "what"),
    [
        pytest.param({STATUS: b""}, "emptied", id="no-bytes"),
        pytest.param({STATUS: b"\n \n"}, "emptied", id="blanks"),
        pytest.param({STATUS: b"\x00\xff" * 100}, "emptied", id="other-bytes"),
        pytest.param({STATUS: directory()}, "replaced", id="directory"),
        pytest.param({STATUS: symlink("/dev/null")}, "replaced", id="link"),
        pytest.param(
            {
                "var/lib/.wh.dpkg": b"",
                "var/lib/dpkg": symlink("../../srv/dpkg"),
                "srv/dpkg/status": LOWER[STATUS],
            },
            "moved",
            id="moved-behind-a-link",
        ),
    ],
)
def test_what_lies_where_the_database_was_is_said(upper: Layer, what: str) -> None:
    findings = view(LOWER, upper).findings
    (finding,) = (x for x in findings if x.code == "inventory.database-removed")
    assert finding.detail.startswith(f"package database {what} in layer 1")
    assert finding.state is None

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


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param([LOWER, {"x": b""}], id="still-there"),
        pytest.param([LOWER, {"var/lib/.wh.dpkg": b""}, LOWER], id="restored"),
        pytest.param([LOWER, {"var/.wh.lib": b"", "usr/.wh.bin": b""}], id="everything-removed"),
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

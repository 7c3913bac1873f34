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
        pytest.param([LOWER, dpkg(b=[])], id="packages-left"),
        pytest.param([{"usr/bin/a": ELF}], id="never-there"),
    ],
)
def test_other_changes_are_no_loss(layers: list[Layer]) -> None:
    found = view(*layers)
    assert found.inventory.problems == ()
    assert not [x for x in found.findings if x.code == "inventory.database-removed"]

"""Values of parameters are read before anything is judged."""

import pytest

from ocianalyze.controls.catalogue import controls
from ocianalyze.controls.settings import DAY, READERS, misfits


def test_every_parameter_that_can_be_wrong_is_read() -> None:
    declared = {
        (control.id, parameter.name)
        for control, _ in controls()
        for parameter in control.parameters
        if not isinstance(parameter.default, bool) and parameter.name != DAY
    }
    assert set(READERS) == declared


def test_every_default_fits() -> None:
    for control, _ in controls():
        for parameter in control.parameters:
            assert list(misfits(control.id, parameter.name, parameter.default)) == []


@pytest.mark.parametrize(
    ("control", "name", "value", "positions"),
    [
        ("cis-docker-4.8", "allow", ("/bin/su", "x=", "path=/a mode=4755", "", "path=a path=b"),
         [1, 3, 4]),
        ("cis-docker-4.2", "trusted", ("alpine:*", "sha256:" + "a" * 64, "sha256:a", " "), [2, 3]),
        ("cis-docker-4.6", "orchestrator", "swarm", [None]),
        ("cis-docker-4.6", "exempt_label", " a", [None]),
        ("s2c2f-ING-3", "denied", ("",), [0]),
        ("ocia-image-age", "days", 10**17, [None]),
        ("house-1", "now", "2026-13-01", [None]),
        ("house-1", "days", -1, []),
    ],
)  # fmt: skip
def test_what_is_no_value_is_told_with_its_position(
    control: str, name: str, value: object, positions: list[int | None]
) -> None:
    found = list(misfits(control, name, value))
    assert [position for position, _ in found] == positions
    assert all(said and "\n" not in said for _, said in found)

"""Values of parameters are read before anything is judged."""

import pytest

from ocianalyze.controls import values
from ocianalyze.controls._base import Parameter
from ocianalyze.controls.catalogue import controls
from ocianalyze.controls.values import misfits

PARAMETERS = {
    (control.id, parameter.name): parameter
    for control, _ in controls()
    for parameter in control.parameters
}


def test_every_parameter_that_can_be_wrong_is_read() -> None:
    unread = [
        name
        for name, parameter in PARAMETERS.items()
        if parameter.read is None and not isinstance(parameter.default, bool)
    ]
    assert not unread


def test_every_default_fits() -> None:
    for parameter in PARAMETERS.values():
        assert list(misfits(parameter, parameter.default)) == []


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
        ("ocia-image-age", "now", "2026-13-01", [None]),
    ],
)  # fmt: skip
def test_what_is_no_value_is_told_with_its_position(
    control: str, name: str, value: object, positions: list[int | None]
) -> None:
    found = list(misfits(PARAMETERS[control, name], value))
    assert [position for position, _ in found] == positions
    assert all(said and "\n" not in said for _, said in found)


def test_a_parameter_from_outside_brings_its_own_reader() -> None:
    assert list(misfits(Parameter("days", 1, "", values.count), -1))
    assert not list(misfits(Parameter("word", "", "any"), "\n"))

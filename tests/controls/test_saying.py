"""What controls say has room in a line, and what counts is not cut from it."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.controls.saying import ROOM, judged, of_package, shortened
from ocianalyze.model.finding import Evidence, Status
from ocianalyze.model.package import Found, Inventory, Package, Presence
from ocianalyze.policy.allowances import apply
from ocianalyze.policy.profile import Allowance
from tests.images import image

_ENDS = st.text(max_size=12)


@given(st.text(max_size=200), st.integers(20, 100), _ENDS)
def test_a_text_is_cut_to_its_room_and_its_end_is_not(text: str, room: int, end: str) -> None:
    said = shortened(text, room, end)
    assert len(said) <= room
    assert said.endswith(end)
    assert said == text + end or said.removesuffix(end).endswith("...")


@given(st.lists(st.text(min_size=1, max_size=80), max_size=5))
def test_whatever_was_found_is_counted_in_the_summary(paths: list[str]) -> None:
    verdict = judged([Evidence("odd", path=path) for path in paths], "odd-file", "odd file")
    assert verdict.status is (Status.FAIL if paths else Status.PASS)
    assert len(verdict.summary) <= ROOM
    assert verdict.summary.endswith(f", {len(paths) - 1} more") or len(paths) < 2


SUDO = Package(
    Found("deb", "sudo", "1.9"), "pkg:deb/sudo@1.9", "dpkg", Presence.VISIBLE, ("var/x",), 2
)


def test_a_package_is_named_by_its_detail() -> None:
    """Its path is that of the database."""
    found = of_package(SUDO)
    assert (found.path, found.layer) == ("var/x", 2)
    assert judged([found], "sudo", "sudo").summary == "sudo: deb sudo 1.9"


def test_an_allowance_knows_a_package_by_its_evidence() -> None:
    view = replace(image({}), inventory=Inventory(packages=(SUDO,)))
    verdict = judged([of_package(SUDO, "is denied")], "package-denied", "denied")
    allowance = Allowance(control="x", package="sudo", reason="we know")
    said = apply(verdict, ("x",), (allowance,), view, date(2026, 1, 1))
    assert (said.status, said.evidence[0].detail) == (Status.PASS, "deb sudo 1.9: is denied")


@given(st.text(max_size=500), st.text(max_size=500))
def test_a_package_with_a_long_name_is_cut(name: str, what: str) -> None:
    long = replace(SUDO, found=Found("deb", name, "1"))
    assert len(of_package(long, what).detail) <= 200

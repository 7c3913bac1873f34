"""What controls say has room in a line, and what counts is not cut from it."""

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.controls.saying import ROOM, judged, shortened
from ocianalyze.model.finding import Evidence, Status

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


def test_a_package_is_named_by_its_detail() -> None:
    """Its path is that of the database."""
    found = Evidence("package sudo 1.9", "package", path="var/lib/dpkg/status")
    assert judged([found], "sudo", "sudo").summary == "sudo: package sudo 1.9"

"""Every place of every text is told, whoever looks at the same time."""

import re
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze.detectors.automaton import Automaton

TEXTS = (b"\0ab", b"ab", b".*")


@pytest.fixture(params=["hyperscan", "one by one"], autouse=True)
def _kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every law hold with and without the wheel."""
    if request.param == "one by one":
        monkeypatch.setitem(sys.modules, "hyperscan", None)


def ends(automaton: Automaton, data: bytes) -> list[tuple[int, int]]:
    """Return text and end of each hit."""
    found: list[tuple[int, int]] = []
    automaton.scan(data, lambda text, _start, end, *_: found.append((text, end)))
    return sorted(found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([b"\0", b"ab", b".*", b"x", b"\n"])).map(b"".join))
def test_texts_are_found_as_they_are(data: bytes) -> None:
    expected = sorted(
        (number, hit.end())
        for number, text in enumerate(TEXTS)
        for hit in re.finditer(re.escape(text), data)
    )
    assert ends(Automaton(TEXTS), data or b"x") == expected
    once = {number for number, _ in expected}
    assert [number for number, _ in ends(Automaton(TEXTS, once=True), data or b"x")] == sorted(once)


def test_a_scan_within_a_scan_disturbs_neither() -> None:
    automaton, inner = Automaton((b"a",)), []
    outer: list[int] = []

    def note(_text: int, _start: int, end: int, *_: object) -> None:
        inner.append(ends(automaton, b"aa"))
        outer.append(end)

    assert automaton.scan(b"a-a", note)
    assert outer == [1, 3]
    assert inner == [[(0, 1), (0, 2)]] * 2


def test_whoever_takes_hits_can_end_the_scan() -> None:
    seen: list[int] = []

    def note(_text: int, _start: int, end: int, *_: object) -> bool:
        seen.append(end)
        return len(seen) == 2

    automaton = Automaton((b"a",))
    assert not automaton.scan(b"aaaa", note)
    assert seen == [1, 2]
    assert automaton.scan(b"----", note)

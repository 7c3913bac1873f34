"""Findings of an image are counted exactly, whatever the room for them."""

import pytest

from ocianalyze.filesystem.assembly import _gravest
from ocianalyze.model.anomaly import Anomaly

LOW, HIGH = Anomaly("tar.duplicate"), Anomaly("tar.truncated")


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_nothing_is_said_to_be_missing_when_all_is_told(number: int) -> None:
    odd = [(0, LOW)] * number
    assert _gravest(odd, 3, 0) == odd


def test_what_is_cut_is_counted_and_the_gravest_stay() -> None:
    told = _gravest([(0, LOW), (0, LOW), (1, HIGH), (0, LOW)], 2, 5)
    assert told[:2] == [(0, LOW), (1, HIGH)]
    assert told[2] == (None, Anomaly("image.more-findings", "7 more not listed"))

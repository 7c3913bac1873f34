"""The end of a content stays, whatever the pieces were."""

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._recent import Recent


@given(
    pieces=st.lists(st.binary(max_size=20), max_size=8),
    kept=st.integers(0, 30),
    start=st.integers(0, 30),
    size=st.integers(0, 40),
)
def test_cuts_are_those_of_the_whole(pieces: list[bytes], kept: int, start: int, size: int) -> None:
    recent, whole = Recent(), b""
    for piece in pieces:
        low = max(len(whole) - kept, 0)
        whole += piece
        recent.add(memoryview(piece))
        for first in (low + start, low - start):
            base, data = recent.cut(first, first + size)
            assert base == max(first, low)
            assert data == whole[base : max(first + size, 0)]
        recent.keep(recent.at - kept)

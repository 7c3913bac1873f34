"""Where gzip members begin, whatever the pieces are."""

import gzip

import pytest

from ocianalyze.detectors.secrets.inside.gzips import Gzips

MEMBER = gzip.compress(bytes(range(256)) * 40, mtime=0)


@pytest.mark.parametrize("step", [1, 7, 1_000, 1_024, 1_500, 1 << 20])
def test_each_is_found_once_in_any_pieces(step: int) -> None:
    data = MEMBER + bytes(999) + MEMBER + b"\x1f\x8b\x08" * 400 + bytes(1_021) + MEMBER
    gzips = Gzips()
    for at in range(0, len(data), step):
        gzips.feed(data[at : at + step])
    gzips.close()
    second = len(MEMBER) + 999
    assert gzips.found == [0, second, len(data) - len(MEMBER)]

"""Findings of an image are counted exactly, whatever the room for them."""

import pytest

from ocianalyze.filesystem.assembly import _gravest, _odd_platform
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.oci import ImageConfig, Platform
from ocianalyze.sources._base import StoredImage

LOW, HIGH = Anomaly("tar.duplicate"), Anomaly("tar.truncated")


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_nothing_is_said_to_be_missing_when_all_is_told(number: int) -> None:
    odd = [(0, LOW)] * number
    assert _gravest(odd, 3, 0) == odd


def test_what_is_cut_is_counted_and_the_gravest_stay() -> None:
    told = _gravest([(0, LOW), (0, LOW), (1, HIGH), (0, LOW)], 2, 5)
    assert told[:2] == [(0, LOW), (1, HIGH)]
    assert told[2] == (None, Anomaly("image.more-findings", "7 more not listed"))


@pytest.mark.parametrize(
    ("index", "config", "told"),
    [
        ("linux/amd64", "linux/amd64", False),
        ("linux/amd64", "linux/x86_64", False),
        ("linux/arm64/v8", "linux/arm64", False),
        ("linux/amd64", "linux/arm64", True),
        ("linux/amd64", "windows/amd64", True),
        ("linux/amd64", "/", False),
        ("", "linux/amd64", False),
    ],
)
def test_an_index_that_promises_another_platform_is_told(
    index: str, config: str, *, told: bool
) -> None:
    """Whoever picks by the index would run something else."""
    os, architecture = config.split("/")
    given = index.split("/")
    promised = Platform(os=given[0], architecture=given[1]) if index else None
    image = StoredImage((), layers=(), platform=promised)
    odd = list(_odd_platform(image, ImageConfig(os=os, architecture=architecture)))
    assert [one.code for _, one in odd] == ["image.platform-differs"] * told

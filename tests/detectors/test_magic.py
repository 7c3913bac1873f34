"""libmagic is asked where it is, and nobody misses it where it is not."""

import sys
from collections.abc import Iterator

import pytest

from ocianalyze.detectors import magic


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    magic._load.cache_clear()
    yield
    magic._load.cache_clear()


def test_without_libmagic_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "magic", None)
    assert magic.describe(b"%PDF-1.7") is None
    assert magic.version() is None


def test_with_libmagic_a_type_is_named() -> None:
    """Which words libmagic chooses is its own business."""
    if magic.version() is None:
        pytest.skip("libmagic is not installed")
    described = magic.describe(b"%PDF-1.7\n")
    assert described is not None
    assert "/" in described
    assert magic.describe(b"") is not None

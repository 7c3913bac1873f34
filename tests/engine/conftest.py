"""A store of each test, and sources whose files count as settled at once."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a store of the test's own."""
    return tmp_path / "store"


@pytest.fixture
def records(store: Path) -> Callable[[], list[Path]]:
    """Return a function that lists the records in the store."""
    return lambda: sorted(store.glob("records/*/*.records"))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once, which takes two seconds otherwise."""
    monkeypatch.setattr("ocianalyze.sources._blob._SETTLED", -1.0)

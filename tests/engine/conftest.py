"""A store whose rules are compiled already: that takes seconds, and is no part of a record."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.engine import Options
from tests import archives


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store in which nothing but compiled rules is kept."""
    folder = tmp_path_factory.mktemp("compiled")
    folder.chmod(0o700)
    one = archives.Image([archives.tar({"opt/one": b"one"})])
    engine.open_images(
        str(archives.docker_archive(folder / "one.tar", [one])), Options(store=folder)
    )
    for kind in ("facts", "records"):
        shutil.rmtree(folder / kind, ignore_errors=True)
    for file in folder.glob("catalogue*"):
        file.unlink()
    return folder


@pytest.fixture
def store(tmp_path: Path, compiled: Path) -> Path:
    """Return a store of the test's own."""
    return shutil.copytree(compiled, tmp_path / "store")


@pytest.fixture
def records(store: Path) -> Callable[[], list[Path]]:
    """Return a function that lists the records in the store."""
    return lambda: sorted(store.glob("records/*/*.records"))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once, which takes two seconds otherwise."""
    monkeypatch.setattr("ocianalyze.sources._blob._SETTLED", -1.0)

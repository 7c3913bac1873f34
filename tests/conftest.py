"""Fixtures that every room's tests share, and how much hypothesis tries."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ocianalyze.detectors.secrets._cache import load

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("developer", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[None]:
    """Keep facts in a folder of the tests, never in the user's.

    Rules for secrets are compiled once, not for each test that names a store.
    """
    cache = tmp_path_factory.mktemp("cache")
    compiled = pytestconfig.cache.mkdir("compiled")
    compiled.chmod(0o700)
    load(cache=compiled)
    if (compiled / "secrets").exists():
        shutil.copytree(compiled / "secrets", cache / "ocianalyze" / "secrets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        patch.delenv("OCIANALYZE_STORE", raising=False)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top of the project."""
    return ROOT


@pytest.fixture(scope="session")
def demo() -> Path:
    """Return the image that the project ships."""
    return ROOT / "testdata" / "demo.tar"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of images made by others; skip where it is absent."""
    folder = ROOT / os.environ.get("OCIANALYZE_CORPUS", "../shared/corpus")
    if not (folder / "INDEX.md").is_file():
        pytest.skip("no corpus of images made by others; name one with OCIANALYZE_CORPUS")
    return folder.resolve()


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """Return a function from a program's name to its path, which skips where it is absent."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"the independent tool {name} is not installed")
        return path

    return find

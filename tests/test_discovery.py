"""Parts are found by being there, and refused when they are something else."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from ocianalyze.discovery import series


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return a package with two modules, one of them private."""
    folder = tmp_path / "parts_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A package."""\n')
    (folder / "_private.py").write_text("raise RuntimeError\n")
    (folder / "one.py").write_text("ONE = 1\n")
    (folder / "two.py").write_text("SEVERAL = (2, 3)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield import_module("parts_of_a_test")
    for name in [name for name in sys.modules if name.startswith("parts_of_a_test")]:
        del sys.modules[name]


def test_a_module_gives_one_part_or_several(package: ModuleType) -> None:
    """In the order of the names of modules; private ones are not even imported."""
    assert list(series(package, "ONE", "SEVERAL", int)) == [1, 2, 3]


@pytest.mark.parametrize("text", ["X = 1", "ONE = 'a'", "SEVERAL = [1]", "SEVERAL = (1, 'a')"])
def test_a_module_with_something_else_is_refused(package: ModuleType, text: str) -> None:
    (Path(package.__path__[0]) / "wrong.py").write_text(f"{text}\n")
    with pytest.raises(TypeError, match="wrong"):
        list(series(package, "ONE", "SEVERAL", int))

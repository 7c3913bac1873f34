"""Imports point one way, and light commands load no heavy package."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"hyperscan", "isal", "magic", "oras", "orjson", "pydantic", "requests", "zstandard"}


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout


def test_every_import_contract_is_kept(root: Path) -> None:
    """Layers, offline and views: the contracts of pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", ["ocianalyze", "ocianalyze.__main__", "ocianalyze.cli.main"])
def test_importing_the_command_line_loads_no_heavy_package(module: str) -> None:
    """`--version` and `--help` stay quick; each command imports its work when it runs."""
    code = f"import sys, json, {module}; print(json.dumps(list(sys.modules)))"
    assert not HEAVY & set(json.loads(_run(code)))


def test_public_names_are_what_all_says() -> None:
    """Nothing of ours is public by accident, and each promised name is there."""
    code = (
        "import json, types, ocianalyze as o;"
        "[getattr(o, name) for name in o.__all__];"
        "print(json.dumps([o.__all__, [n for n, v in vars(o).items() if not n.startswith('_')"
        " and getattr(v, '__module__', '').startswith('ocianalyze')]]))"
    )
    promised, present = json.loads(_run(code))
    assert set(present) <= set(promised)
    assert promised == sorted(promised)


def test_the_library_makes_only_dataclasses_that_ours_cannot(root: Path) -> None:
    """A command has two hundred: `ocianalyze.dataclass` says what that costs."""
    made = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    for path in (root / "ocianalyze").rglob("*.py"):
        text = path.read_text("utf-8")
        if made.search(text) and path.name != "dataclass.py":
            assert "InitVar" in text or "kw_only=True" in text, path

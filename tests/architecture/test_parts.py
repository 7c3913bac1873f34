"""Every part that discovery finds has its test and its row in the reference."""

import re
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import pytest

from ocianalyze.controls import cis_docker

CONTROLS = sorted(
    module.name for module in iter_modules(cis_docker.__path__) if not module.name.startswith("_")
)


def _statuses(text: str) -> set[str]:
    return set(re.findall(r"\bStatus\.[A-Z_]+", text))


@pytest.mark.parametrize("module", CONTROLS)
def test_every_status_that_a_control_gives_is_tested(root: Path, module: str) -> None:
    """By a test that imports the control; one that always abstains is tested for that."""
    source = root / "ocianalyze" / "controls" / "cis_docker" / f"{module}.py"
    tests = [path.read_text() for path in (root / "tests" / "controls").rglob("test_*.py")]
    mine = "".join(text for text in tests if re.search(rf"\b{module}\b", text))
    expected = _statuses(source.read_text()) & {"Status.PASS", "Status.FAIL"}
    assert (expected or {"Status.NOT_EVALUATED"}) <= _statuses(mine)


@pytest.mark.parametrize("module", CONTROLS)
def test_every_control_has_a_row_in_the_reference(root: Path, module: str) -> None:
    source = (root / "ocianalyze" / "controls" / "cis_docker" / f"{module}.py").read_text()
    number = re.search(r'id="cis-docker-([0-9.]+)"', source)
    assert number, "the control's id is not written in its module"
    assert (
        f"`cis-docker-{number[1]}`" in (root / "docs/reference/controls/cis-docker.md").read_text()
    )


def test_the_readme_has_the_numbers_of_the_comparison(root: Path) -> None:
    """The page is written by a run of the tools, the README by hand."""
    page = (root / "docs/reference/secrets-comparison.md").read_text()
    row = r"^\| all \| (\d+) of (\d+) \| (\d+) of \2 \| (\d+) of \2 \|$"
    counts = re.search(row, page, re.MULTILINE)
    assert counts
    assert counts[1] == counts[2], "the README says that all are found"
    said = f"kingfisher finds {counts[3]} of {counts[2]} planted ones, trivy {counts[4]}"
    assert said in (root / "README.md").read_text()


def test_generated_pages_are_current(root: Path) -> None:
    """`make generate` rewrites them."""
    command = [sys.executable, "docs/generate.py", "--check"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

"""Where Hyperscan has no wheel, a scan takes longer and says the same."""

import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "testdata" / "demo.tar"
PROGRAM = """
import sys
sys.modules.update(dict.fromkeys({hidden!r}))
from ocianalyze.cli.main import run
run(["scan", {image!r}, "--no-store", "--profile", "all", "--format", "json", "--fail-on", "never"])
"""


def report(*hidden: str) -> bytes:
    """Scan the demo image in a process that cannot import some packages."""
    program = PROGRAM.format(hidden=hidden, image=str(DEMO))
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def usual() -> bytes:
    """What is said with everything installed."""
    return report()


@pytest.mark.parametrize("hidden", [("hyperscan",), ("hyperscan", "re2")], ids=["re2", "re"])
def test_a_scan_without_hyperscan_says_the_same(usual: bytes, hidden: tuple[str, ...]) -> None:
    assert b'"controls"' in usual
    assert report(*hidden) == usual

"""What several of these tests read and is slow to make."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

_SECONDS = 240


@pytest.fixture(scope="session")
def minbase(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a Debian 12 that nobody has touched, as a tar."""
    root = tmp_path_factory.mktemp("minbase") / "minbase.tar"
    command = [tool("mmdebstrap"), "--variant=minbase", "bookworm", str(root)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the Debian archive is too slow from here")
    if done.returncode:
        pytest.skip("the Debian archive is not reachable from here, or mmdebstrap needs root")
    return root

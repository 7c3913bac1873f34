"""Debian roots that mmdebstrap makes, as tars."""

import subprocess
from pathlib import Path

import pytest

_SECONDS = 600


def debian(program: str, archive: Path, *options: str) -> Path:
    """Write the root of a Debian 12 that nobody has touched; skip the test where none is to be had.

    Args:
        program: mmdebstrap.
        archive: to write.
        options: its variant and packages.

    """
    command = [program, *options, "bookworm", str(archive)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the Debian archive is too slow from here")
    if done.returncode:
        pytest.skip("the Debian archive is not reachable from here, or mmdebstrap needs root")
    return archive

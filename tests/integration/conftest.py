"""What several of these tests read and is slow to make."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.debian import debian


@pytest.fixture(scope="session")
def minbase(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a Debian 12 that nobody has touched, as a tar."""
    archive = tmp_path_factory.mktemp("minbase") / "minbase.tar"
    return debian(tool("mmdebstrap"), archive, "--variant=minbase")

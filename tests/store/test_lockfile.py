"""The lock: one at a time, and nobody waits for ever."""

import stat
from pathlib import Path

import pytest

from ocianalyze.store.lockfile import NAME, locked


def test_waiting_has_an_end(tmp_path: Path) -> None:
    with locked(tmp_path, 1.0), pytest.raises(TimeoutError), locked(tmp_path, 0.01):
        pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path, 1.0):
        raise KeyError
    with locked(tmp_path, 0.01):
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600

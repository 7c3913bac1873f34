"""Places that reports go to: what cannot be written is said before the work begins."""

from pathlib import Path

import pytest

from ocianalyze.cli.output import writable
from ocianalyze.errors import UsageError


def test_a_place_behind_a_closed_folder_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not `may be read`: it is an output."""

    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", closed)
    with pytest.raises(UsageError, match="cannot be written: Permission denied; name a place"):
        writable(tmp_path / "x.txt")

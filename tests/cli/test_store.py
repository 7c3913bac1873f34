"""`store`: what is kept, and removing it."""

from errno import EROFS
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_an_absent_store_is_empty_and_stays_absent(command: Command, tmp_path: Path) -> None:
    """Asking writes nothing."""
    folder = tmp_path / "none"
    shown = command("store", "info", "--store", str(folder))
    assert shown.status == 0
    assert "0 layers, 0 records, 0 B" in shown.out
    assert (
        command("store", "prune", "--all", "--store", str(folder)).out == "removed 0 files, 0 B\n"
    )
    assert not folder.exists()


def test_a_size_has_a_unit(command: Command, tmp_path: Path) -> None:
    """Or the usage is wrong."""
    assert command("store", "prune", "--keep", "2G", "--store", str(tmp_path)).status == 0
    assert command("store", "prune", "--keep", "lots", "--store", str(tmp_path)).status == 2


@pytest.mark.parametrize("asked", [("info",), ("prune", "--all")], ids=["info", "prune"])
def test_what_is_no_directory_is_no_empty_store(
    asked: tuple[str, ...], command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"mine")
    shown = command("store", *asked, "--store", str(file))
    assert (shown.status, shown.out) == (3, "")
    assert "is no directory" in shown.err


@pytest.mark.parametrize("asked", [("info",), ("prune", "--all")], ids=["info", "prune"])
def test_nothing_is_made_in_a_folder_that_is_no_store(
    asked: tuple[str, ...], command: Command, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    assert command("store", *asked, "--store", str(tmp_path)).status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_prune_that_could_not_remove_says_so_and_fails(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "facts" / "ab" / f"{'c' * 62}.facts"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"of no version")

    def refuse(_path: Path, *, missing_ok: bool) -> None:
        raise OSError(EROFS, f"Read-only file system{'' if missing_ok else '?'}")

    monkeypatch.setattr(Path, "unlink", refuse)
    shown = command("store", "prune", "--all", "--store", str(tmp_path))
    assert (shown.status, shown.out) == (3, "removed 0 files, 0 B\n")
    assert "1 file cannot be removed: Read-only file system; " in shown.err
    assert kept.exists()

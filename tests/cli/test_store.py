"""`store`: what is kept, and removing it."""

from pathlib import Path

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

"""Executables without an owner as columns: what goes in comes out, in few bytes."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model import unowned
from ocianalyze.model.package import Unowned
from ocianalyze.model.unowned import UnownedFiles

_NAMES = st.text(st.characters(codec="utf-8")) | st.just("bin/\udcff")
FILES = st.builds(
    Unowned,
    path=_NAMES,
    kind=st.sampled_from(("elf", "script")),
    sha256=st.sampled_from(("", "ab" * 32)),
    size=st.integers(0, 2**64 - 1),
    layer=st.integers(0, 999),
    within=st.sampled_from(("", "pkg:npm/a@1", "pkg:npm/b@1")),
)


@given(st.lists(FILES, unique_by=lambda file: file.path), st.integers(1, 9))
def test_files_come_out_by_path(files: list[Unowned], run: int) -> None:
    """The sorted list is the oracle, however many are sorted at a time."""
    wanted = sorted(files, key=lambda file: file.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unowned, "_RUN", run)
        made = UnownedFiles(files)
    assert list(made) == wanted
    assert made == tuple(wanted)
    assert made != [*wanted, 7]
    assert made != 7
    assert [made[at] for at in range(len(made))] == wanted
    assert list(made[1:3]) == wanted[1:3]
    assert bool(made) == bool(wanted)


def test_a_file_takes_a_hundred_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unowned, "_RUN", 1_000)
    files = (
        Unowned(f"opt/some/directory/f{number:07d}", "elf", f"{number:064x}", number, 0)
        for number in range(20_000)
    )
    tracemalloc.start()
    made = UnownedFiles(files)
    taken, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / len(made) < 120
    assert peak / len(made) < 140

"""Directories as numbers, and whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.filesystem import skeleton as module
from ocianalyze.filesystem.skeleton import Skeleton

names = st.binary(min_size=1, max_size=4).filter(lambda name: b"/" not in name)
paths = st.lists(st.lists(names, max_size=5).map(b"/".join), max_size=20)


def grown(several: list[bytes]) -> Skeleton:
    skeleton = Skeleton()
    for path in several:
        skeleton.number(path)
    return skeleton


@given(paths)
def test_a_frozen_skeleton_has_the_same_paths(several: list[bytes]) -> None:
    growing, frozen = grown(several), grown(several)
    frozen.freeze()
    numbers = range(len(growing))
    assert [frozen.path(x) for x in numbers] == [growing.path(x) for x in numbers]
    assert all(frozen.find(path) == growing.find(path) for path in several)


def test_paths_that_would_take_too_much_memory_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_WHOLE", 1_000)
    skeleton = grown([b"/".join([b"deep"] * 100)])
    skeleton.freeze()
    assert skeleton._whole == []
    assert skeleton.path(100) == b"/".join([b"deep"] * 100)

"""A kept merge is the merge, and nothing but Damaged comes from anything else."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.filetype import TYPES
from ocianalyze.errors import LimitExceeded
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.kept import read_merge, written
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import Entry
from ocianalyze.model.facts import LayerFacts
from ocianalyze.store.columns import Damaged
from tests.images import facts, hardlink, symlink
from tests.property.random_layers import Members, layers

MOST = 1 << 24
FACTS = [
    facts({"etc/a": b"1", "etc/b": hardlink("etc/a"), "lib": symlink("usr/lib"), "usr/lib/c": b""}),
    facts({"etc/.wh.a": b"", "usr/lib/d": b"2", "opt/x/y/z": b"3", "b": hardlink("usr/lib/c")}),
]


def _tree(known: Sequence[LayerFacts], data: bytes | None = None) -> MergedTree:
    entries = [one.entries for one in known]
    merged = None if data is None else read_merge(data, entries, DEFAULT, MOST)
    return MergedTree(known, TYPES, DEFAULT, merged)


def _seen(tree: MergedTree, count: int) -> list[list[Entry]]:
    """Return what is seen through the ways that use each column."""
    visible = list(tree.visible())
    return [
        *(list(tree.layer(index)) for index in range(count)),
        visible,
        list(tree.files(mode=0o111)),
        list(tree.left_links()),
        *(tree.versions(entry.path) for entry in visible),
        *(tree.listing(entry.path) for entry in visible),
        [found for entry in visible if (found := tree.resolve(entry.path))],
    ]


@given(layers())
def test_a_kept_merge_is_the_merge(members: list[Members]) -> None:
    known = [facts(layer) for layer in members]
    fresh = _tree(known)
    kept = _tree(known, written(fresh.merged, MOST))
    assert _seen(kept, len(known)) == _seen(fresh, len(known))
    assert list(kept.hard_links()) == list(fresh.hard_links())
    assert written(kept.merged, MOST) == written(fresh.merged, MOST)


@given(st.data())
def test_any_other_byte_is_damaged_or_a_merge(data: st.DataObject) -> None:
    whole = bytearray(written(_tree(FACTS).merged, MOST))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    try:
        tree = _tree(FACTS, bytes(whole))
    except Damaged:
        return
    _seen(tree, len(FACTS))


@pytest.mark.parametrize("size", [0, 8, 23, 24, 60, -1])
def test_a_cut_merge_is_damaged(size: int) -> None:
    with pytest.raises(Damaged):
        _tree(FACTS, written(_tree(FACTS).merged, MOST)[:size])


@pytest.mark.parametrize("known", [FACTS[:1], FACTS * 2, []], ids=["fewer", "more", "none"])
def test_a_merge_of_other_layers_is_damaged(known: list[LayerFacts]) -> None:
    with pytest.raises(Damaged):
        _tree(known, written(_tree(FACTS).merged, MOST))


def test_a_merge_above_the_bound_is_not_kept() -> None:
    with pytest.raises(LimitExceeded):
        written(_tree(FACTS).merged, 100)

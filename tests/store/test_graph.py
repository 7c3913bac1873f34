"""Values of the model as JSON: exact round trips, and nothing but Damaged from anything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model.entry import State
from ocianalyze.model.package import Inventory, Unowned
from ocianalyze.model.unowned import UnownedFiles
from ocianalyze.store.columns import Damaged
from ocianalyze.store.graph import packed, unpacked

Word = Literal["one", "two"]
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=6)


class Pair(NamedTuple):
    """A row."""

    name: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part."""

    text: str
    state: State
    word: Word
    rows: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A value of every kind that a record has."""

    leaves: tuple[Leaf, ...]
    one: Leaf | None
    numbers: dict[str, int]
    names: set[str]
    listed: list[tuple[str, bool]]
    free: dict[str, Any] | None
    alone: Sequence[Leaf]


LEAVES = st.builds(
    Leaf,
    text=TEXT,
    state=st.sampled_from(State),
    word=st.sampled_from(("one", "two")),
    rows=st.lists(st.builds(Pair, TEXT, st.none() | st.integers(-9, 9)), max_size=2).map(tuple),
)
WHOLES = st.builds(
    Whole,
    leaves=st.lists(LEAVES, max_size=3).map(tuple),
    one=st.none() | LEAVES,
    numbers=st.dictionaries(TEXT, st.integers(0, 1 << 62), max_size=2),
    names=st.sets(TEXT, max_size=2),
    listed=st.lists(st.tuples(TEXT, st.booleans()), max_size=2),
    free=st.none() | st.dictionaries(st.sampled_from("ab"), st.integers(0, 9) | st.none()),
    alone=st.lists(LEAVES, max_size=2).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 1) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=8,
)
WHOLE = Whole((Leaf("a", State.VISIBLE, "one", (Pair("b", 1),)),), None, {}, set(), [], None, ())


@given(WHOLES)
def test_values_come_back_exactly(whole: Whole) -> None:
    """Names of files that are not UTF-8 are texts with lone surrogates."""
    assert unpacked(packed(whole), Whole) == whole


@pytest.mark.parametrize("path", ["bin/a", "bin/\udcff"])
def test_columns_are_kept_as_the_sequence_that_they_are(path: str) -> None:
    inventory = Inventory(unowned=UnownedFiles([Unowned(path, "elf", "ab" * 32, 1, 2, "c")]))
    found = unpacked(packed(inventory), Inventory)
    assert found == inventory
    assert type(found.unowned) is tuple


@given(st.sampled_from(Whole.__slots__), JSON)
def test_anything_else_is_damaged(name: str, value: object) -> None:
    document = orjson.loads(packed(WHOLE))
    document[name] = value
    try:
        found = unpacked(orjson.dumps(document), Whole)
    except Damaged:
        return
    assert orjson.loads(packed(found)) == document


@given(st.sampled_from(Leaf.__slots__), JSON)
def test_any_other_part_is_damaged(name: str, value: object) -> None:
    document = orjson.loads(packed(WHOLE))
    document["leaves"][0][name] = value
    try:
        found = unpacked(orjson.dumps(document), Whole)
    except Damaged:
        return
    assert orjson.loads(packed(found)) == document


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"{}", b"\xff", b"[" * 200_000], ids=lambda x: str(x[:4])
)
def test_no_record_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        unpacked(data, Whole)


def test_what_no_record_holds_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Odd:
        data: bytes

    with pytest.raises(TypeError, match="no part of a record"):
        packed(Odd(b"bytes"))

"""Observations as columns: what goes in comes out by entry, in few bytes."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model.observation import Observation, Observations

SEEN = st.builds(
    Observation,
    entry=st.integers(0, 9),
    value=st.sampled_from((b"", b"a", b"b" * 300)) | st.binary(max_size=4),
    complete=st.booleans(),
)


@given(st.lists(SEEN))
def test_they_are_as_the_list_sorted_by_entry(seen: list[Observation]) -> None:
    wanted = sorted(seen, key=lambda one: one.entry)
    made = Observations(seen)
    assert list(made) == wanted
    assert made == tuple(wanted)
    assert made != [*wanted, Observation(0, b"more")]
    assert made != 7
    assert list(made[1:3]) == wanted[1:3]
    assert list(made.values()) == [one.value for one in wanted]
    assert Observations.of(made.entries, made.complete, made.values()) == made


@given(st.lists(SEEN))
def test_the_last_of_an_entry_counts(seen: list[Observation]) -> None:
    """The dictionary is the oracle; what was begun and never seen is nothing."""
    last = {one.entry: one for one in seen}
    told = {at: one.value for at, one in last.items() if one.value or one.complete}
    made = Observations(seen)
    assert dict(made.seen()) == told
    assert {at: made.value(at) for at in range(10)} == {at: told.get(at) for at in range(10)}
    assert sorted(made.cut()) == sorted(one.entry for one in seen if not one.complete)


def test_many_small_values_are_remembered_a_while() -> None:
    """However many differ, each comes back where it was."""
    values = [b"%d" % (number % 1_500) for number in range(4_000)]
    made = Observations(Observation(at, value) for at, value in enumerate(values))
    assert [one.value for one in made] == values


def _taken(count: int, form: bytes) -> float:
    """Return bytes for one observation of many."""
    tracemalloc.start()
    made = Observations(Observation(at, form % at if b"%" in form else form) for at in range(count))
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / len(made)


def test_an_observation_takes_little_beside_its_value() -> None:
    assert _taken(50_000, b"%036d") < 36 + 35


def test_the_same_value_is_kept_once() -> None:
    assert _taken(50_000, b"x" * 70) < 12

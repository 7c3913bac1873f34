"""Laws of the merge: an independent interpreter agrees, and nothing is lost."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ocianalyze.filesystem.index import MergedTree
from ocianalyze.model.entry import Entry, Kind, State
from tests.images import tree
from tests.property.interpreter import Fate, Interpreter
from tests.property.random_layers import Members, layers, members

_MARKS = (Kind.WHITEOUT, Kind.OPAQUE, Kind.UNKNOWN)
Row = tuple[int, int]


def _fates(merged: MergedTree, count: int) -> list[list[Fate]]:
    return [[_fate(merged, entry) for entry in merged.layer(index)] for index in range(count)]


def _fate(merged: MergedTree, entry: Entry) -> Fate:
    row = entry.layer << 32 | entry.member
    inode = merged.merged.inode(row)
    known = None if inode == row else (inode >> 32, inode & 0xFFFFFFFF)
    return Fate(entry.path, entry.state.value, entry.ended_by, known)


def _interpreted(image: list[Members]) -> Interpreter:
    interpreter = Interpreter()
    for layer in image:
        interpreter.run(layer)
    return interpreter


def _rows(entries: list[Entry]) -> list[Row]:
    return [(entry.layer, entry.member) for entry in entries]


def _visible(merged: MergedTree) -> dict[str, Row]:
    """Return what layers have an entry for."""
    entries = (entry for entry in merged.visible() if not entry.is_implicit)
    return {entry.path: (entry.layer, entry.member) for entry in entries}


@settings(max_examples=500)
@given(layers())
def test_an_independent_interpreter_agrees_about_every_entry(image: list[Members]) -> None:
    assert _fates(tree(*image), len(image)) == _interpreted(image).fates


@given(layers())
def test_the_final_tree_is_what_the_interpreter_ends_with(image: list[Members]) -> None:
    expected = {path: (x.layer, x.member) for path, x in _interpreted(image).tree.items()}
    assert _visible(tree(*image)) == expected


@settings(max_examples=500)
@given(layers())
def test_directories_without_an_entry_are_those_that_a_runtime_had_to_make(
    image: list[Members],
) -> None:
    """Where links go in a circle runtimes refuse the layer, and it is open what gives way."""
    merged = tree(*image)
    assume(all(anomaly.code != "merge.link-loop" for _, anomaly in merged.merged.anomalies))
    found = [entry.path for entry in merged.visible() if entry.is_implicit]
    assert set(found) == _interpreted(image).made
    assert sorted(entry.path for entry in merged.implicit()) == sorted(found)


@given(layers(), st.integers(0, 4))
def test_an_empty_layer_changes_nothing(image: list[Members], at: int) -> None:
    at = min(at, len(image))
    merged = tree(*image[:at], [], *image[at:])
    known = {
        path: (layer - (layer > at), member) for path, (layer, member) in _visible(merged).items()
    }
    assert known == _visible(tree(*image))


@given(layers())
def test_every_entry_is_in_exactly_one_state(image: list[Members]) -> None:
    merged = tree(*image)
    visible = _rows([entry for entry in merged.visible() if not entry.is_implicit])
    assert len(visible) == len(set(visible))
    for index in range(len(image)):
        for entry in merged.layer(index):
            is_visible = entry.state is State.VISIBLE and entry.kind not in _MARKS
            assert is_visible == ((entry.layer, entry.member) in visible)
            assert (entry.ended_by is None) == (entry.state is State.VISIBLE)
            assert entry.ended_by is None or entry.layer <= entry.ended_by < len(image)


@given(layers())
def test_visible_paths_are_a_tree_without_duplicates(image: list[Members]) -> None:
    entries = list(tree(*image).visible())
    kinds = {entry.path: entry.kind for entry in entries}
    assert len(kinds) == len(entries)
    for path in kinds:
        for depth in range(1, path.count("/") + 1):
            above = "/".join(path.split("/")[:depth])
            assert kinds[above] is Kind.DIRECTORY


@given(layers())
def test_a_directory_comes_before_its_contents_and_siblings_by_name(image: list[Members]) -> None:
    paths = [entry.path.split("/") for entry in tree(*image).visible()]
    assert paths == sorted(paths)


@given(layers(), st.integers(1, 4))
def test_lower_layers_alone_make_the_versions_alive_by_then(image: list[Members], k: int) -> None:
    merged = tree(*image)
    alive = {
        entry.path: (entry.layer, entry.member)
        for index in range(min(k, len(image)))
        for entry in merged.layer(index)
        if entry.kind not in _MARKS and (entry.ended_by is None or entry.ended_by >= k)
    }
    assert alive == _visible(tree(*image[:k]))


@given(layers(links=False), members(links=False))
def test_where_whiteouts_stand_in_their_layer_does_not_matter(
    lower: list[Members], top: Members
) -> None:
    marks = [member for member in top if ".wh." in member[0]]
    entries = [member for member in top if ".wh." not in member[0]]
    first, last = tree(*lower, [*marks, *entries]), tree(*lower, [*entries, *marks])
    assert _contents(first) == _contents(last)


def _contents(merged: MergedTree) -> list[tuple[str, Kind, int, str]]:
    return [(entry.path, entry.kind, entry.mode, entry.sha256) for entry in merged.visible()]


@given(layers())
def test_get_listing_and_versions_agree_with_the_final_tree(image: list[Members]) -> None:
    merged = tree(*image)
    for entry in merged.visible():
        if entry.is_implicit:
            assert merged.get(entry.path) is None
            continue
        assert merged.get(entry.path) == entry
        assert entry in merged.versions(entry.path)
        directory = entry.path.rpartition("/")[0]
        assert not entry.path or entry in merged.listing(directory)

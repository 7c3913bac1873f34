"""Rules of image-spec "Image Layer Filesystem Changeset", one by one."""

import pytest

from ocianalyze.filesystem.index import MergedTree
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import Kind, State
from tests.images import File, directory, hardlink, symlink, tree

Members = list[tuple[str, File | bytes]]
Fates = list[tuple[str, str, int | None]]
_NEW = b"new"
_OLD = b"old"


def _fates(merged: MergedTree, layer: int = 0) -> Fates:
    """Return what became of a layer's entries: path, first letter of the state, by whom."""
    return [(entry.path, entry.state.value[0], entry.ended_by) for entry in merged.layer(layer)]


def _paths(merged: MergedTree) -> list[str]:
    return [entry.path for entry in merged.visible()]


def _codes(merged: MergedTree) -> list[tuple[int, str, bytes]]:
    return [(layer, anomaly.code, anomaly.path) for layer, anomaly in merged.merged.anomalies]


LOWER: Members = [("d", directory()), ("d/a", _OLD), ("d/s", directory()), ("d/s/b", _OLD)]

RULES: dict[str, tuple[Members, Members, Fates, list[str]]] = {
    "added-file": (LOWER, [("d/c", _NEW)], [], ["d", "d/a", "d/c", "d/s", "d/s/b"]),
    "modified-file": (
        LOWER,
        [("d/a", _NEW)],
        [("d/a", "o", 1)],
        ["d", "d/a", "d/s", "d/s/b"],
    ),
    "whiteout-of-a-file": (LOWER, [("d/.wh.a", b"")], [("d/a", "d", 1)], ["d", "d/s", "d/s/b"]),
    "whiteout-of-a-directory": (
        LOWER,
        [(".wh.d", b"")],
        [("d", "d", 1), ("d/a", "d", 1), ("d/s", "d", 1), ("d/s/b", "d", 1)],
        [],
    ),
    "whiteout-of-any-type": (
        LOWER,
        [("d/.wh.a", directory())],
        [("d/a", "d", 1)],
        ["d", "d/s", "d/s/b"],
    ),
    "whiteout-before-its-sibling": (
        LOWER,
        [("d/.wh.a", b""), ("d/a", _NEW)],
        [("d/a", "d", 1)],
        ["d", "d/a", "d/s", "d/s/b"],
    ),
    "whiteout-after-its-sibling": (
        LOWER,
        [("d/a", _NEW), ("d/.wh.a", b"")],
        [("d/a", "d", 1)],
        ["d", "d/a", "d/s", "d/s/b"],
    ),
    "opaque-before-siblings": (
        LOWER,
        [("d/.wh..wh..opq", b""), ("d/c", _NEW)],
        [("d/a", "d", 1), ("d/s", "d", 1), ("d/s/b", "d", 1)],
        ["d", "d/c"],
    ),
    "opaque-after-siblings": (
        LOWER,
        [("d/c", _NEW), ("d/s/e", _NEW), ("d/.wh..wh..opq", b"")],
        [("d/a", "d", 1), ("d/s", "d", 1), ("d/s/b", "d", 1)],
        ["d", "d/c", "d/s", "d/s/e"],
    ),
    "opaque-root": (
        [(".", directory()), *LOWER],
        [(".wh..wh..opq", b""), ("c", _NEW)],
        [("d", "d", 1), ("d/a", "d", 1), ("d/s", "d", 1), ("d/s/b", "d", 1)],
        ["", "c"],
    ),
    "file-over-directory": (
        LOWER,
        [("d", _NEW)],
        [("d", "o", 1), ("d/a", "d", 1), ("d/s", "d", 1), ("d/s/b", "d", 1)],
        ["d"],
    ),
    "link-over-directory": (
        LOWER,
        [("d/s", symlink("/"))],
        [("d/s", "o", 1), ("d/s/b", "d", 1)],
        ["d", "d/a", "d/s"],
    ),
    "directory-over-file": (
        LOWER,
        [("d/a", directory()), ("d/a/x", _NEW)],
        [("d/a", "o", 1)],
        ["d", "d/a", "d/a/x", "d/s", "d/s/b"],
    ),
    "directory-over-directory-keeps-contents": (
        LOWER,
        [("d", directory(0o700))],
        [("d", "o", 1)],
        ["d", "d/a", "d/s", "d/s/b"],
    ),
    "root-entry": (
        [(".", directory()), *LOWER],
        [("./", directory(0o700))],
        [("", "o", 1)],
        ["", "d", "d/a", "d/s", "d/s/b"],
    ),
    "implicit-directories": (
        LOWER,
        [("x/y/z", _NEW)],
        [],
        [*(x for x, _ in LOWER), "x", "x/y", "x/y/z"],
    ),
    "implicit-directory-that-lost-all": (
        [("x/y", _OLD)],
        [("x/.wh.y", b"")],
        [("x/y", "d", 1)],
        ["x"],
    ),
    "implicit-directory-made-opaque": (
        [("x/y/z", _OLD)],
        [("x/.wh..wh..opq", b"")],
        [("x/y/z", "d", 1)],
        ["x"],
    ),
    "file-over-an-implicit-directory": (
        [("x/y/z", _OLD)],
        [("x/y", _NEW)],
        [("x/y/z", "d", 1)],
        ["x", "x/y"],
    ),
    "entry-of-an-implicit-directory": (
        [("x/y", _OLD)],
        [("x", directory(0o700))],
        [],
        ["x", "x/y"],
    ),
    "whiteout-makes-no-directory": ([], [("x/.wh.y", b"")], [], []),
    "bare-whiteout": (LOWER, [(".wh.", b"")], [], [x for x, _ in LOWER]),
    "whiteout-of-dots": (LOWER, [(".wh..", b""), ("d/.wh...", b"")], [], [x for x, _ in LOWER]),
    "aufs": (LOWER, [(".wh..wh.plnk", b""), (".wh..wh.d", b"")], [], [x for x, _ in LOWER]),
    "whiteout-of-an-implicit-directory": ([("x/y", _OLD)], [(".wh.x", b"")], [("x/y", "d", 1)], []),
    "whiteout-below-a-file": (LOWER, [("d/a/.wh.x", b"")], [], [x for x, _ in LOWER]),
}
"""Lower layer, upper layer, what of the lower one ended, what is visible."""


@pytest.mark.parametrize(("lower", "upper", "ended", "visible"), RULES.values(), ids=RULES)
def test_an_upper_layer_changes_a_lower_one(
    lower: Members, upper: Members, ended: Fates, visible: list[str]
) -> None:
    merged = tree(lower, upper)
    assert [fate for fate in _fates(merged) if fate[2] is not None] == ended
    assert _paths(merged) == visible
    assert all(entry.state is State.VISIBLE for entry in merged.layer(1))


def test_a_file_over_a_directory_and_back_leaves_nothing_of_before() -> None:
    merged = tree(LOWER, {"d": _NEW}, {"d": directory(), "d/new": _NEW})
    assert _paths(merged) == ["d", "d/new"]
    assert _fates(merged, 1) == [("d", "o", 2)]
    assert {ended for _, _, ended in _fates(merged)} == {1}


def test_a_deleted_file_that_comes_back_was_deleted_and_is_visible() -> None:
    merged = tree({"a": _OLD}, {".wh.a": b""}, {"a": _NEW})
    assert _fates(merged, 0) == [("a", "d", 1)]
    assert _fates(merged, 2) == [("a", "v", None)]


def test_of_duplicates_in_a_layer_the_last_counts_and_the_others_are_kept() -> None:
    merged = tree([("a", _OLD), ("a", b"between"), ("a", _NEW)])
    assert _fates(merged) == [("a", "o", 0), ("a", "o", 0), ("a", "v", None)]
    assert _codes(merged) == [(0, "tar.duplicate", b"a")] * 2


def test_a_directory_that_occurs_twice_is_no_anomaly() -> None:
    assert _codes(tree([("d", directory()), ("d/a", b""), ("d", directory(0o700))])) == []


def test_a_file_between_two_spells_as_a_directory_hides_the_first() -> None:
    merged = tree([("d/a", _OLD), ("d", _OLD), ("d", directory()), ("d/b", _NEW)])
    assert _fates(merged) == [("d/a", "d", 0), ("d", "o", 0), ("d", "v", None), ("d/b", "v", None)]


@pytest.mark.parametrize(
    ("upper", "dangling"),
    [
        pytest.param({"d/.wh.no": b""}, [b"d/no"], id="no-such-name"),
        pytest.param({"no/.wh.no": b""}, [b"no/no"], id="no-such-directory"),
        pytest.param({"n/x": b"", ".wh.n": b""}, [b"n"], id="only-in-its-own-layer"),
        pytest.param({".wh.d": b"", "d/.wh.a": b""}, [], id="gone-with-its-directory"),
        pytest.param([("d/.wh.a", b""), ("d/.wh.a", b"")], [], id="twice"),
    ],
)
def test_a_whiteout_of_nothing_is_reported(upper: Members, dangling: list[bytes]) -> None:
    expected = [(1, "merge.dangling-whiteout", path) for path in dangling]
    assert _codes(tree(LOWER, upper)) == expected


def test_a_whiteout_that_some_runtimes_apply_to_its_own_layer_is_reported() -> None:
    assert _codes(tree(LOWER, [("d/a", _NEW), ("d/.wh.a", b"")])) == [
        (1, "merge.odd-whiteout", b"d/a")
    ]


@pytest.mark.parametrize("below", ["d/a/x", "d/a/x/y"], ids=["directly", "deeper"])
def test_a_file_gives_way_to_what_is_written_below_it(below: str) -> None:
    merged = tree(LOWER, {below: _NEW})
    assert _fates(merged)[1] == ("d/a", "o", 1)
    made = ["d/a", "d/a/x"][: below.count("/") - 1]
    assert _paths(merged) == ["d", *made, below, "d/s", "d/s/b"]
    assert _codes(merged) == [(1, "merge.under-file", b"d/a")]


def test_a_file_may_take_the_place_again_that_it_gave_way() -> None:
    merged = tree([("a", _OLD), ("a/x", _OLD), ("a", _NEW), ("a/y", _NEW)])
    assert [ended for _, ended, _ in _fates(merged)] == ["o", "d", "o", "v"]


def test_whiteouts_are_entries_of_their_layer_and_no_files() -> None:
    merged = tree(LOWER, {"d/.wh.a": b"", "d/s/.wh..wh..opq": b""})
    assert [(entry.path, entry.kind) for entry in merged.layer(1)] == [
        ("d/a", Kind.WHITEOUT),
        ("d/s", Kind.OPAQUE),
    ]
    assert list(merged.files()) == []


def test_anomalies_are_kept_up_to_the_limit_of_their_layer_and_counted() -> None:
    merged = tree([(f".wh.{number}", b"") for number in range(1_100)], [(".wh.x", b"")])
    assert len(merged.merged.anomalies) == 1_001
    assert merged.merged.anomalies_dropped == 100


def test_hundreds_of_directories_in_a_path_are_no_recursion() -> None:
    deep = "/".join(["x"] * 2_000)
    merged = tree({"a": _OLD, "b": hardlink(deep), "l": symlink(deep), "l/y": _NEW})
    assert (0, "tar.path-too-long", b"l") in _codes(merged)
    entries = [x for x in merged.visible() if not x.is_implicit]
    assert len(entries) == 4
    assert max(path.count("/") for path in _paths(merged)) == DEFAULT.path_depth

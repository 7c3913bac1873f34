"""Entries below symbolic links lie where runtimes put them (docs/decisions 0002)."""

from dataclasses import replace

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.limits import DEFAULT
from tests.images import File, directory, facts, hardlink, symlink, tree

Members = list[tuple[str, File | bytes]]
_X = b"x"


def _places(merged: MergedTree, layer: int) -> list[str]:
    return [entry.path for entry in merged.layer(layer)]


def _codes(merged: MergedTree) -> list[str]:
    return [anomaly.code for _, anomaly in merged.merged.anomalies]


LOWER: Members = [
    ("usr/bin", directory()),
    ("usr/bin/a", _X),
    ("bin", symlink("usr/bin")),
    ("abs", symlink("/usr")),
    ("one", symlink("abs/bin")),
    ("usr/up", symlink("../../..")),
    ("dead", symlink("not/yet")),
    ("usr/dot", symlink("./bin/../bin/.")),
    ("usr/abs", symlink("/etc")),
]

PLACES: dict[str, tuple[Members, list[str]]] = {
    "relative": ([("bin/x", _X)], ["usr/bin/x"]),
    "absolute": ([("abs/x", _X)], ["usr/x"]),
    "absolute-in-a-directory": ([("usr/abs/x", _X)], ["etc/x"]),
    "used-before-and-after": (
        [("l/x", _X), ("l", symlink("usr")), ("l/y", _X)],
        ["l/x", "l", "usr/y"],
    ),
    "chained": ([("one/x", _X)], ["usr/bin/x"]),
    "deeper": ([("abs/bin/s/x", _X)], ["usr/bin/s/x"]),
    "never-above-the-root": ([("usr/up/etc/x", _X)], ["etc/x"]),
    "to-nothing-yet": ([("dead/x", _X)], ["not/yet/x"]),
    "dots-in-the-target": ([("usr/dot/x", _X)], ["usr/bin/x"]),
    "whiteout": ([("bin/.wh.a", b"")], ["usr/bin/a"]),
    "opaque": ([("bin/.wh..wh..opq", b"")], ["usr/bin"]),
    "made-before-in-the-same-layer": ([("l", symlink("usr")), ("l/x", _X)], ["l", "usr/x"]),
    "made-after-in-the-same-layer": ([("l/x", _X), ("l", symlink("usr"))], ["l/x", "l"]),
    "replaced-by-a-directory": ([("bin", directory()), ("bin/x", _X)], ["bin", "bin/x"]),
    "replaced-by-a-file": ([("bin", _X), ("bin/x", _X)], ["bin", "bin/x"]),
    "removed-before": ([(".wh.bin", b""), ("bin/x", _X)], ["bin", "bin/x"]),
    "removed-after": ([("bin/x", _X), (".wh.bin", b"")], ["usr/bin/x", "bin"]),
    "removed-with-its-directory": ([(".wh.usr", b""), ("usr/up/x", _X)], ["usr", "usr/up/x"]),
    "removed-under-a-file": (
        [("usr", _X), ("usr", directory()), ("usr/up/x", _X)],
        ["usr", "usr", "usr/up/x"],
    ),
    "made-again-after-its-removal": (
        [("l", symlink("usr")), (".wh.l", b""), ("l/x", _X)],
        ["l", "l", "usr/x"],
    ),
    "hard-link-to-a-link": ([("h", hardlink("bin")), ("h/x", _X)], ["h", "usr/bin/x"]),
    "a-link-itself-is-not-followed": ([("bin", _X)], ["bin"]),
}


@pytest.mark.parametrize(("upper", "places"), PLACES.values(), ids=PLACES)
def test_links_above_an_entry_are_followed_as_they_stand(upper: Members, places: list[str]) -> None:
    assert _places(tree(LOWER, upper), 1) == places


def test_an_entry_that_lands_elsewhere_is_reported_once_with_both_paths() -> None:
    merged = tree(LOWER, [("bin/x", _X), ("l", symlink("usr")), ("bin/y", _X)])
    assert [(layer, x.code, x.path, x.detail) for layer, x in merged.merged.anomalies] == [
        (1, "merge.under-symlink", b"bin", "placed in /usr/bin")
    ]


def test_what_is_written_through_a_link_overwrites_what_is_there() -> None:
    merged = tree(LOWER, [("bin/a", b"new")])
    assert [(x.layer, x.ended_by) for x in merged.versions("usr/bin/a")] == [(0, 1), (1, None)]


@pytest.mark.parametrize(
    "loop",
    [
        pytest.param([("l", symlink("l"))], id="itself"),
        pytest.param([("l", symlink("m")), ("m", symlink("l"))], id="each-other"),
        pytest.param([("l", symlink("l/l/l"))], id="growing"),
        pytest.param([("l", symlink("./" * 2_000 + "l"))], id="long"),
    ],
)
def test_a_loop_gives_way_to_a_directory(loop: Members) -> None:
    merged = tree(loop, [("l/x", _X)])
    assert "merge.link-loop" in _codes(merged)
    [file] = merged.files()
    assert merged.get(file.path) == file
    assert merged.get("l/x") == file


def test_a_whiteout_below_a_loop_removes_nothing() -> None:
    merged = tree([("l", symlink("l"))], [("l/.wh.x", b"")])
    assert [entry.path for entry in merged.visible()] == ["l"]
    assert "merge.link-loop" in _codes(merged)


def test_the_deepest_chain_that_the_kernel_follows_is_followed() -> None:
    chain: Members = [(f"l{at}", symlink(f"l{at + 1}")) for at in range(41)]
    assert _places(tree([*chain, ("l1/x", _X)]), 0)[-1] == "l41/x"
    assert "merge.link-loop" in _codes(tree([*chain, ("l0/x", _X)]))


def test_hard_link_targets_are_found_through_links() -> None:
    merged = tree(LOWER, [("h", hardlink("one/a"))])
    assert [entry.sha256 for entry in merged.versions("h")] == [
        merged.versions("usr/bin/a")[0].sha256
    ]
    assert _codes(merged) == []


def test_links_are_followed_only_as_far_as_the_limit_and_that_is_said() -> None:
    lower: Members = [("bin", symlink("usr/bin")), ("abs", symlink("/usr"))]
    layers = [facts(lower), facts([("bin/x", _X), ("abs/bin/y", _X)])]
    merged = MergedTree(layers, filetype.TYPES, replace(DEFAULT, link_steps=2))
    assert _places(merged, 1) == ["usr/bin/x", "abs/bin/y"]
    found = [(layer, anomaly.detail) for layer, anomaly in merged.merged.anomalies]
    assert (1, "limit link_steps (2) reached") in found


def test_what_makes_a_layer_partial_is_told_beyond_every_limit() -> None:
    members: Members = [("l", symlink("l")), ("one/x", _X), ("bin", symlink("one")), ("bin/y", _X)]
    limits = replace(DEFAULT, anomalies=1, link_hops=0)
    merged = MergedTree([facts([*members, ("l/x", _X)])], filetype.TYPES, limits).merged
    assert merged.anomalies[0][1].code == "merge.link-loop"


def test_many_links_and_cuts_take_time_in_proportion() -> None:
    """A quadratic merge would take minutes."""
    members: Members = []
    for number in range(5_000):
        members += [("a", _X), (f"a/{number}", symlink("../b")), (f"a/{number}/x", _X)]
    merged = tree(members)
    assert [entry.path for entry in merged.visible()] == ["a", "a/4999", "b", "b/x"]

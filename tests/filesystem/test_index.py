"""What is asked of the merged tree."""

import tracemalloc
from typing import Any

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import Entry, Kind, State
from tests.images import File, Layer, directory, facts, hardlink, symlink, tree


def _image() -> MergedTree:
    return tree(
        {
            ".": directory(),
            "etc": directory(),
            "etc/passwd": b"root",
            "usr/bin/sh": File(b"sh", mode=0o4755, xattrs={"user.a": b"1"}),
            "bin": symlink("usr/bin"),
            "abs": symlink("/usr/bin/"),
            "empty": directory(),
            "usr/out": symlink("../../../etc"),
            "usr/dead": symlink("nothing"),
            "usr/self": symlink("self"),
            "usr/one": symlink("two"),
            "usr/two": symlink("../bin/sh"),
            "usr/into": symlink("../empty/"),
            "null": File(kind="c", mode=0o666),
        },
        {"etc/passwd": b"new", "etc/caf\udce9": b"latin", "usr/bin/ash": hardlink("usr/bin/sh")},
    )


def _path(entry: Entry | None) -> str | None:
    return None if entry is None else entry.path


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("etc/passwd", "etc/passwd", id="file"),
        pytest.param("/etc//./passwd", "etc/passwd", id="untidy"),
        pytest.param("bin", "bin", id="link-itself"),
        pytest.param("bin/sh", "usr/bin/sh", id="below-a-link"),
        pytest.param("usr/out/passwd", "etc/passwd", id="out-of-the-root"),
        pytest.param("etc/../../etc/passwd", "etc/passwd", id="dots"),
        pytest.param("empty/../etc", "etc", id="out-of-an-empty-directory"),
        pytest.param("etc/.", "etc", id="dot-at-the-end"),
        pytest.param("", "", id="root"),
        pytest.param("..", "", id="above-the-root"),
        pytest.param("usr", None, id="implicit-directory"),
        pytest.param("etc/passwd/x", None, id="below-a-file"),
        pytest.param("no/../etc", None, id="through-nothing"),
        pytest.param("usr/self/x", None, id="below-a-loop"),
        pytest.param("etc/caf\udce9", "etc/caf\udce9", id="no-utf-8"),
    ],
)
def test_get_follows_links_above_the_last_name_only(path: str, found: str | None) -> None:
    assert _path(_image().get(path)) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("usr/one", "usr/bin/sh", id="chain"),
        pytest.param("abs/sh", "usr/bin/sh", id="absolute-with-slash"),
        pytest.param("usr/out", "etc", id="out-of-the-root"),
        pytest.param("usr/into", "empty", id="empty-directory-with-slash"),
        pytest.param("usr/dead", None, id="dead"),
        pytest.param("usr/self", None, id="loop"),
        pytest.param("etc/passwd", "etc/passwd", id="no-link"),
    ],
)
def test_resolve_follows_every_link_inside_the_root(path: str, found: str | None) -> None:
    assert _path(_image().resolve(path)) == found


@pytest.mark.parametrize(
    ("path", "names"),
    [
        pytest.param("etc", ["etc/caf\udce9", "etc/passwd"], id="directory"),
        pytest.param("bin", ["usr/bin/ash", "usr/bin/sh"], id="through-a-link"),
        pytest.param("", ["abs", "bin", "empty", "etc", "null"], id="root"),
        pytest.param("usr", ["dead", "into", "one", "out", "self", "two"], id="implicit"),
        pytest.param("empty", [], id="empty"),
        pytest.param("etc/passwd", [], id="file"),
        pytest.param("no", [], id="nothing"),
    ],
)
def test_listing_gives_what_is_visible_by_name(path: str, names: list[str]) -> None:
    prefix = "usr/" if path == "usr" else ""
    assert [x.path for x in _image().listing(path)] == [prefix + name for name in names]


def test_versions_are_all_that_was_ever_written_there() -> None:
    merged = tree({"a": b"1"}, {".wh.a": b""}, {"a": b"2"}, {"a": b"3"})
    assert [(x.layer, x.state, x.ended_by) for x in merged.versions("a")] == [
        (0, State.DELETED, 1),
        (2, State.OVERWRITTEN, 3),
        (3, State.VISIBLE, None),
    ]
    assert merged.versions("b") == []


def test_versions_know_a_path_from_before_its_directory_became_a_link() -> None:
    merged = tree({"bin/sh": b"1", "usr/bin/sh": b"2"}, {"bin": symlink("usr/bin")})
    assert [(x.path, x.state) for x in merged.versions("bin/sh")] == [
        ("bin/sh", State.DELETED),
        ("usr/bin/sh", State.VISIBLE),
    ]


def test_visible_gives_directories_before_their_contents_and_siblings_by_name() -> None:
    merged = tree({"b": b"", "a/z": b"", "a": directory(), "a-b": b"", "c/d/e": b""})
    assert [x.path for x in merged.visible()] == ["a", "a/z", "a-b", "b", "c", "c/d", "c/d/e"]


def test_a_directory_that_no_layer_has_an_entry_for_is_listed_and_nothing_else() -> None:
    """It has no layer, member or time, and controls, which ask for entries, do not see it."""
    merged = tree({"c/d/e": b""})
    made = [x for x in merged.visible() if x.is_implicit]
    assert [(x.path, x.kind, x.mode, x.uid, x.gid) for x in made] == [
        ("c", Kind.DIRECTORY, 0o755, 0, 0),
        ("c/d", Kind.DIRECTORY, 0o755, 0, 0),
    ]
    assert list(merged.implicit()) == made
    assert merged.get("c") is None
    assert merged.resolve("c/d") is None
    assert merged.listing("") == []
    assert [x.path for x in merged.layer(0)] == ["c/d/e"]


@pytest.mark.parametrize(
    ("target", "dangling"), [("f", False), ("l", False), ("no", True), ("d", True), ("no/x", True)]
)
def test_a_hard_link_to_nothing_or_to_a_directory_is_marked(target: str, *, dangling: bool) -> None:
    members: dict[str, File | bytes] = {"f": b"1", "d": directory(), "l": symlink("f")}
    members["z"] = hardlink(target)
    [*_, entry] = tree(members).visible()
    assert (entry.path, entry.dangling) == ("z", dangling)


def test_hard_links_may_have_lost_the_first_name() -> None:
    files: Layer = {"a": b"1", "b": hardlink("a"), "c": b"2", "d": hardlink("c")}
    image = tree(files, {".wh.a": b""})
    assert [x.path for x in image.hard_links()] == ["b", "d"]
    assert [x.path for x in image.left_links()] == ["b"]


def test_files_are_regular_files_and_their_hard_links() -> None:
    assert sorted(x.path for x in _image().files()) == [
        "etc/caf\udce9",
        "etc/passwd",
        "usr/bin/ash",
        "usr/bin/sh",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"mode": 0o4000}, ["usr/bin/sh"], id="mode"),
        pytest.param({"names": frozenset({b"passwd", b"bin"})}, ["etc/passwd"], id="names"),
        pytest.param({"xattrs": True}, ["usr/bin/sh"], id="xattrs"),
        pytest.param({"mode": 0o4000, "names": frozenset({b"passwd"})}, [], id="all-must-hold"),
        pytest.param({"mode": 0o4000, "xattrs": True}, ["usr/bin/sh"], id="mode-and-xattrs"),
    ],
)
def test_files_may_be_asked_for_by_mode_name_and_attributes(
    wanted: dict[str, Any], found: list[str]
) -> None:
    image = tree(
        {
            "usr/bin/sh": File(b"sh", mode=0o4755, xattrs={"user.a": b"1"}),
            "etc/passwd": b"",
            "bin": symlink("usr/bin"),
        }
    )
    assert [x.path for x in image.files(**wanted)] == found


def test_hard_links_are_found_by_the_mode_and_the_attributes_of_their_inode() -> None:
    target = File(b"sh", mode=0o4755, xattrs={"user.a": b"1"})
    image = tree(
        {"sh": target, "ash": hardlink("sh")}, {"bash": File(kind="h", link="ash", mode=0o4755)}
    )
    assert [x.path for x in image.files(mode=0o4000)] == ["sh", "ash", "bash"]
    assert [x.path for x in image.files(xattrs=True)] == ["sh", "ash", "bash"]


def test_a_layer_lists_its_members_in_tar_order_with_their_fate() -> None:
    merged = tree([("b", b""), ("a", b"")], {".wh.b": b""})
    assert [(x.member, x.path, x.state) for x in merged.layer(0)] == [
        (0, "b", State.DELETED),
        (1, "a", State.VISIBLE),
    ]
    assert [x.kind for x in merged.layer(1)] == [Kind.WHITEOUT]


def test_an_entry_has_what_its_header_says() -> None:
    header = File(kind="c", mode=0o2660, uid=7, gid=8, mtime=-5)
    [entry] = tree({"dev": header}).visible()
    assert (entry.mode, entry.uid, entry.gid, entry.mtime_ns) == (0o2660, 7, 8, -5_000_000_000)
    assert (entry.device, entry.sha256, entry.file_type) == ((0, 0), "", "")


def test_a_layer_that_is_missing_keeps_its_number() -> None:
    merged = MergedTree([None, facts({"a": b"1"}), None], filetype.TYPES, DEFAULT)
    assert [(x.path, x.layer) for x in merged.visible()] == [("a", 1)]
    assert list(merged.layer(0)) == []


def test_states_are_found_by_the_stored_path_and_by_the_place() -> None:
    merged = tree({"bin": symlink("usr/bin"), "bin/x": b"1"}, {"usr/bin/x": b"2"})
    wanted = {(0, b"bin/x"), (0, b"usr/bin/x"), (1, b"usr/bin/x"), (1, b"no")}
    assert merged.states(wanted) == {
        (0, b"bin/x"): State.OVERWRITTEN,
        (0, b"usr/bin/x"): State.OVERWRITTEN,
        (1, b"usr/bin/x"): State.VISIBLE,
    }


def test_what_was_observed_of_an_inode_is_known_of_its_links() -> None:
    merged = tree({"etc/passwd": b"root:x:0:0"}, {"copy": hardlink("etc/passwd")})
    link = merged.get("copy")
    assert link is not None
    assert merged.observed("captured", link) == b"root:x:0:0"
    assert [entry.path for entry, _ in merged.observations("captured")] == ["etc/passwd"]
    assert [entry.path for entry in merged.cut("captured")] == ["copy"]


def test_children_are_all_versions_of_what_is_in_a_directory() -> None:
    """A directory without an entry stands for what is below it; marks are no children."""
    merged = tree(
        {"s/a": directory(), "s/a/x": b"1", "s/b/deep/y": b"2", "other/s/z": b""},
        {"s/a": directory(0o700), "s/.wh.b": b"", "s/c": symlink("a")},
    )
    told = [(name, entry.path, entry.layer, entry.ended_by) for name, entry in merged.children("s")]
    assert sorted(told) == [
        ("a", "s/a", 0, 1),
        ("a", "s/a", 1, None),
        ("b", "s/b/deep/y", 0, 1),
        ("c", "s/c", 1, None),
    ]
    assert list(merged.children("nowhere")) == []
    assert merged.names("s") == sorted({name for name, _ in merged.children("s")})


@pytest.mark.parametrize(
    "wanted",
    [{"mode": 0o100}, {"xattrs": True}, {"types": frozenset({"application/x-elf"})}],
    ids=["mode", "xattrs", "types"],
)
def test_files_are_found_in_few_bytes(wanted: dict[str, Any]) -> None:
    """All of a million may be what is asked for."""
    file = File(b"\x7fELF" + bytes(60), mode=0o755, xattrs={"user.a": b"1"})
    image = tree({f"f{number:04d}": file for number in range(3_000)})
    tracemalloc.start()
    found = sum(1 for _ in image.files(**wanted))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 3_000
    assert peak / found < 40
